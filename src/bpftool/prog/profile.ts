import type { Arguments } from "../arguments.ts";
import { BpftoolError } from "../error.ts";
import { object } from "../json.ts";
import type { Reply, Tool } from "../tool.ts";
import { readProgram } from "./find.ts";

/** What bpftool counts, of which this machine's CPUs count none while a program runs: its instructions are WebAssembly's. */
const METRICS = ["cycles", "instructions", "l1d_loads", "llc_misses", "itlb_misses", "dtlb_misses"];

/** Without a duration bpftool goes on until Ctrl-C. */
const USUAL_SECONDS = 1;
const MOST_SECONDS = 3600;

/** `bpftool prog profile PROG [duration SECONDS] METRICs`: lets the machine run, and says how often the program ran. */
export async function profileProgram(tool: Tool, args: Arguments): Promise<Reply> {
  args.require(3);
  const program = readProgram(tool, args);
  let seconds = USUAL_SECONDS;
  if (args.take("duration")) {
    const word = args.value();
    seconds = Number(word);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > MOST_SECONDS)
      throw new BpftoolError(`can't parse duration: ${word}`);
  }
  const metrics = args.rest();
  const unknown = metrics.find((word) => !METRICS.includes(word));
  if (unknown !== undefined) throw new BpftoolError(`unknown metric: ${unknown}`);
  if (metrics.length === 0) throw new BpftoolError("no metric is given");
  const { bpf, linux } = tool.machine;
  const stop = bpf.countRuns(program);
  await linux.run(seconds * 1_000_000_000);
  const runs = stop();
  const none = metrics.map((word) => `${"-".padStart(19)} ${word}\n`).join("");
  return {
    text: `\n${String(runs).padStart(19)} run_cnt\n${none}`,
    errors:
      "the machine's CPUs count nothing of one program: `bpfbook bpftrace` with hardware: probes counts per CPU\n",
    json: [
      object(["metric", "run_cnt"], ["value", runs]),
      ...metrics.map((metric) => object(["metric", metric], ["run_cnt", runs], ["value", null])),
    ],
  };
}
