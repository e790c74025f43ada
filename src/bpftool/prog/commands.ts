import type { Arguments } from "../arguments.ts";
import { BpftoolError, exitOf, usageError } from "../error.ts";
import { pinObject } from "../pin.ts";
import { type Reply, SILENT, type Subcommand, type Tool } from "../tool.ts";
import { traceLog } from "../trace-log.ts";
import { dumpProgram } from "./dump.ts";
import { readProgram } from "./find.ts";
import { loadPrograms } from "./load.ts";
import { profileProgram } from "./profile.ts";
import { runProgram } from "./run.ts";
import { showPrograms } from "./show.ts";

/** Where `prog attach` attaches to. */
const ATTACH_TYPES = [
  "sk_msg_verdict",
  "sk_skb_verdict",
  "sk_skb_stream_verdict",
  "sk_skb_stream_parser",
  "flow_dissector",
];

/** `bpftool prog { attach | detach } PROG ATTACH_TYPE [MAP]`: maps of sockets and flow dissectors, which this machine has not. */
function attachProgram(tool: Tool, args: Arguments, verb: "attach" | "detach"): Reply {
  args.require(3, "EINVAL");
  readProgram(tool, args);
  if (!ATTACH_TYPES.includes(args.next()))
    throw new BpftoolError("invalid attach/detach type", { exitCode: exitOf("EINVAL") });
  throw new BpftoolError(`failed prog ${verb} ${verb === "attach" ? "to" : "from"} map`, {
    exitCode: exitOf("EINVAL"),
  });
}

function pinProgram(tool: Tool, args: Arguments): Reply {
  args.require(3, "EINVAL");
  const program = readProgram(tool, args);
  if (args.left !== 1) throw usageError("prog");
  pinObject(tool, args.next(), { kind: "program", program });
  return SILENT;
}

/** `bpftool prog ...`. */
export const PROG_COMMANDS: readonly Subcommand[] = [
  { name: "show", run: showPrograms },
  { name: "list", run: showPrograms },
  { name: "dump", run: dumpProgram },
  { name: "pin", run: pinProgram },
  { name: "load", run: (tool, args) => loadPrograms(tool, args, false) },
  { name: "loadall", run: (tool, args) => loadPrograms(tool, args, true) },
  { name: "attach", run: (tool, args) => attachProgram(tool, args, "attach") },
  { name: "detach", run: (tool, args) => attachProgram(tool, args, "detach") },
  { name: "tracelog", run: traceLog },
  { name: "run", run: runProgram },
  { name: "profile", takesTime: true, run: profileProgram },
];
