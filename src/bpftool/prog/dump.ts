import { encode } from "../../isa/encode.ts";
import type { LinuxProgram } from "../../linux/bpf/program.ts";
import { jitedListingOf } from "../../loader/jited.ts";
import { isCompiled } from "../../vm/jit/jit.ts";
import type { Arguments } from "../arguments.ts";
import { BpftoolError, usageError } from "../error.ts";
import { type Json, object } from "../json.ts";
import { type Reply, SILENT, type Tool } from "../tool.ts";
import { writeTo } from "../write.ts";
import { readProgram } from "./find.ts";
import { linuxXlated } from "./linux-xlated.ts";
import { type ListingOptions, listingDot, listingJson, listingText } from "./listing.ts";
import { sourceOf } from "./source.ts";

/** `bpftool prog dump { xlated | jited } PROG [...]`. */
export function dumpProgram(tool: Tool, args: Arguments): Reply {
  const jited = args.is("jited");
  if (!jited && !args.is("xlated"))
    throw new BpftoolError(`expected 'xlated' or 'jited', got: ${args.word ?? "(null)"}`);
  args.next();
  if (args.left < 2) throw usageError("prog");
  const program = readProgram(tool, args);
  let [file, visual, opcodes, linum]: [string | undefined, boolean, boolean, boolean] = [
    undefined,
    false,
    false,
    false,
  ];
  if (args.take("file")) {
    if (args.left === 0) throw new BpftoolError("expected file path");
    file = args.next();
  } else if (!jited && args.take("visual")) visual = true;
  else if (args.take("opcodes")) opcodes = true;
  else if (args.take("linum")) linum = true;
  // bpftool 7.1 takes one of them; both together, as newer ones do, are taken here.
  if (opcodes && args.take("linum")) linum = true;
  else if (linum && args.take("opcodes")) opcodes = true;
  if (args.left > 0) throw usageError("prog");
  const options = { opcodes, linum };
  if (file !== undefined) {
    writeTo(tool, file, jited ? jitedBytes(program) : encode(linuxXlated(program, tool.machine.linux.release).insns));
    return SILENT;
  }
  if (jited) return jitedReply(tool, program, options);
  const { release } = tool.machine.linux;
  if (visual) {
    if (tool.options.json) throw new BpftoolError("'visual' is not compatible with JSON output");
    return { text: listingDot(program, release) };
  }
  return { text: listingText(program, release, options), json: listingJson(program, release, options) };
}

function jitedBytes({ runnable }: LinuxProgram): Uint8Array {
  if (!isCompiled(runnable)) throw new BpftoolError("no instructions returned");
  return runnable.module.bytes;
}

/**
 * The machine's native code is WebAssembly: its text, each piece behind the source line or instruction that it came from. `opcodes`
 * shows the eBPF instructions, too.
 */
function jitedReply(
  { machine: { bpf, linux } }: Tool,
  program: LinuxProgram,
  { opcodes, linum }: ListingOptions,
): Reply {
  if (!isCompiled(program.runnable)) throw new BpftoolError("no instructions returned");
  const { rows } = jitedListingOf(bpf, program);
  const xlated = linuxXlated(program, linux.release);
  const source = sourceOf(program, xlated);
  const slotOf = new Map<number, number>();
  for (const [slot, at] of xlated.origin.entries()) if (!slotOf.has(at)) slotOf.set(at, slot);
  const starts = new Set(program.runnable.xlated.subprograms.map(({ start }) => start));
  const lines: string[] = [];
  const functions: { name: string; insns: Json[] }[] = [];
  let pc = 0;
  for (const { at, text, wat } of rows) {
    const slot = slotOf.get(program.runnable.xlated.origin[at]!);
    if (starts.has(at)) {
      pc = 0;
      const index = [...starts].indexOf(at);
      const start = xlated.functions[index] ?? 0;
      const name = source.functionAt(start) ?? `bpf_prog_${program.spec.name}`;
      const prototype = source.prototypeAt(start);
      if (functions.length > 0) lines.push("");
      if (prototype !== undefined) lines.push(`${prototype}:`);
      lines.push(`${name}:`);
      functions.push({ name, insns: [] });
    }
    const line = slot === undefined ? undefined : source.lineAt(slot);
    if (line !== undefined)
      lines.push(
        `; ${line.text.trimStart()}${linum ? ` [file:${line.file} line_num:${line.line} line_col:${line.column}]` : ""}`,
      );
    if (opcodes || line === undefined) lines.push(`;; ${at}: ${text}`);
    for (const each of wat) {
      lines.push(`${pc.toString(16).padStart(4)}:\t${each}`);
      const [operation = "", ...operands] = each.trim().split(" ");
      functions
        .at(-1)
        ?.insns.push(
          object(
            ["src", line?.text.trimStart()],
            ["pc", `0x${pc.toString(16)}`],
            ["operation", operation],
            ["operands", operands],
          ),
        );
      pc++;
    }
  }
  return {
    text: lines.map((each) => `${each}\n`).join(""),
    json: functions.map(({ name, insns }) => object(["name", name], ["insns", insns])),
  };
}
