import type { BpfLink } from "../linux/bpf/link.ts";
import type { Arguments } from "./arguments.ts";
import { usageError } from "./error.ts";
import { type Json, object } from "./json.ts";
import { hookParts, linksOf } from "./link.ts";
import type { Reply, Subcommand, Tool } from "./tool.ts";

/** Programs of a machine are held by no process of it: bpftool shows them as the first one's. */
const HOLDER = 1;
/** Descriptors below are a process's own input and output. */
const FIRST_FD = 3;

/** What a perf event is: its type, and the members that tell more. */
function eventOf({ hook }: BpfLink): readonly [string, readonly (readonly [string, Json])[]] | undefined {
  const [kind, target] = hookParts(hook);
  switch (kind) {
    case "tracepoint":
      return ["tracepoint", [["tracepoint", target.slice(target.indexOf(":") + 1)]]];
    case "rawtracepoint":
      return ["raw_tracepoint", [["tracepoint", target]]];
    case "kprobe":
    case "kretprobe":
      return [
        kind,
        [
          ["func", target],
          ["offset", 0],
        ],
      ];
    case "uprobe":
    case "uretprobe": {
      const [filename = "", symbol = ""] = target.split(":");
      return [
        kind,
        [
          ["filename", filename],
          ["offset", symbol],
        ],
      ];
    }
    default:
      return undefined;
  }
}

function show(tool: Tool, args: Arguments): Reply {
  if (args.left > 0) throw usageError("perf");
  const [lines, json]: [string[], Json[]] = [[], []];
  for (const link of linksOf(tool)) {
    const event = eventOf(link);
    if (event === undefined) continue;
    const [type, members] = event;
    const fd = FIRST_FD + link.id;
    const shown = members
      .map(([name, value]) => (name === "tracepoint" ? String(value) : `${name} ${value}`))
      .join("  ");
    lines.push(`pid ${HOLDER}  fd ${fd}: prog_id ${link.program.id}  ${type}  ${shown}\n`);
    json.push(object(["pid", HOLDER], ["fd", fd], ["prog_id", link.program.id], ["fd_type", type], ...members));
  }
  return { text: lines.join(""), json };
}

/** `bpftool perf ...`. */
export const PERF_COMMANDS: readonly Subcommand[] = [
  { name: "show", run: show },
  { name: "list", run: show },
];
