import type { Arguments } from "../arguments.ts";
import { BpftoolError, usageError } from "../error.ts";
import type { Json } from "../json.ts";
import type { Reply, Tool } from "../tool.ts";
import { programFacts, programJson, programText } from "./facts.ts";
import { readPrograms } from "./find.ts";

/** `bpftool prog { show | list } [PROG]`. */
export function showPrograms(tool: Tool, args: Arguments): Reply {
  const { bpffs } = tool.options;
  if (args.left === 0) {
    const all = [...tool.machine.bpf.programs.values()].map((program) => programFacts(tool, program));
    return {
      text: all.map((facts) => programText(facts, bpffs)).join(""),
      json: all.map((facts) => programJson(facts, bpffs)),
    };
  }
  if (args.left !== 2) {
    if (args.left === 1) {
      readPrograms(tool, args);
      throw usageError("prog");
    }
    // bpftool reads the first pair, and asks for more of what is left.
    const [first] = args.rest();
    throw new BpftoolError(`what is '${first}'?`);
  }
  const byName = !args.is("id") && !args.is("pinned");
  const found = readPrograms(tool, args);
  if (found.length === 0) throw new BpftoolError("");
  const all = found.map((program) => programFacts(tool, program));
  const json: Json[] = all.map((facts) => programJson(facts, bpffs));
  return {
    text: all.map((facts) => programText(facts, bpffs)).join(""),
    json: byName && json.length > 1 ? json : json[0]!,
  };
}
