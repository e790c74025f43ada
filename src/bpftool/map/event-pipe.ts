import { PerfEventArrayMap } from "../../maps/perf-event-array.ts";
import type { Arguments } from "../arguments.ts";
import { BpftoolError } from "../error.ts";
import { hexByte, type Json, object } from "../json.ts";
import type { Reply, Tool } from "../tool.ts";
import { hexText } from "./entry.ts";
import { readMap } from "./find.ts";

/** bpftool goes on until Ctrl-C; here the machine runs so long, in slices after which records are taken. */
const SPAN = 1_000_000_000;
const SLICE = 10_000_000;

/** `bpftool map event_pipe MAP [cpu N index M]`: lets the machine run, and prints what programs send. */
export async function eventPipe(tool: Tool, args: Arguments): Promise<Reply> {
  const map = readMap(tool, args);
  if (!(map instanceof PerfEventArrayMap)) throw new BpftoolError("map is not a perf event array");
  let [cpu, index]: [number | undefined, number | undefined] = [undefined, undefined];
  while (args.left > 0) {
    if (args.take("cpu")) cpu = args.number("cpu");
    else if (args.take("index")) index = args.number("index");
    else throw new BpftoolError(`unknown arg ${args.word}`);
  }
  if ((cpu === undefined) !== (index === undefined)) throw new BpftoolError("cpu and index must be specified together");
  const { linux } = tool.machine;
  map.open();
  const [lines, json]: [string[], Json[]] = [[], []];
  const take = (): void => {
    for (let at = 0; at < Math.min(map.spec.maxEntries, linux.cpus.length); at++) {
      if (cpu !== undefined && at !== cpu) continue;
      map.buffer(at)?.consume(
        (data) => {
          const now = linux.ktimeNs();
          const [seconds, rest] = [Math.floor(now / 1e9), String(now % 1e9).padStart(9, "0")];
          lines.push(`== @${seconds}.${rest} CPU: ${at} index: ${index ?? at} =====\n${hexText(data)}\n`);
          json.push(
            object(
              ["type", 9],
              ["cpu", at],
              ["index", index ?? at],
              ["timestamp", now],
              ["data", [...data].map(hexByte)],
            ),
          );
        },
        (lost) => {
          lines.push(`lost ${lost} events\n`);
          json.push(object(["type", 2], ["lost", object(["id", 0], ["count", Number(lost)])]));
        },
      );
    }
  };
  take();
  for (let past = 0; past < SPAN; past += SLICE) {
    await linux.run(SLICE);
    take();
  }
  return { text: lines.join(""), json };
}
