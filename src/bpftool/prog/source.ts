import type { LineInfo } from "../../btf/ext.ts";
import type { BtfType } from "../../btf/type.ts";
import { encode } from "../../isa/encode.ts";
import type { LinuxProgram } from "../../linux/bpf/program.ts";
import { typeText } from "../btf/type-text.ts";
import { sha256 } from "./digest.ts";
import type { LinuxXlated } from "./linux-xlated.ts";

/** What stands beside an xlated program's instructions. */
export interface ProgramSource {
  /** The prototype of the function that begins at a slot: `int xdp_pass(struct xdp_md * ctx)`. */
  prototypeAt(slot: number): string | undefined;
  /** The line of C that begins at a slot. */
  lineAt(slot: number): LineInfo | undefined;
  /** A function's name as Linux lists it: `bpf_prog_TAG_NAME`. */
  functionAt(slot: number): string | undefined;
}

/** Lines and prototypes of a program, moved to where its instructions are after the verifier's rewriting. */
export function sourceOf({ spec }: LinuxProgram, xlated: LinuxXlated): ProgramSource {
  const { btf, functions = [], lineInfo = [] } = spec;
  const first = new Map<number, number>();
  for (const [slot, at] of xlated.origin.entries()) if (!first.has(at)) first.set(at, slot);
  // A line of dead code begins at what follows it, if that is still of the line.
  const lines = new Map<number, LineInfo>();
  const ends = lineInfo.map((_, index) => lineInfo[index + 1]?.insn ?? spec.insns.length);
  for (const [index, line] of lineInfo.entries())
    for (let at = line.insn; at < ends[index]!; at++) {
      const slot = first.get(at);
      if (slot === undefined) continue;
      lines.set(slot, line);
      break;
    }
  const prototypes = new Map<number, BtfType>();
  for (const { insn, type } of functions) {
    const slot = first.get(insn);
    if (slot !== undefined && btf !== undefined) prototypes.set(slot, btf.type(type));
  }
  const nameOf = (slot: number): string => {
    const own = prototypes.get(slot)?.name;
    return own ?? (slot === 0 ? spec.name : "F");
  };
  return {
    lineAt: (slot) => lines.get(slot),
    prototypeAt(slot) {
      const func = prototypes.get(slot);
      return func === undefined || btf === undefined ? undefined : typeText(btf, func.id);
    },
    functionAt(slot) {
      const index = xlated.functions.indexOf(slot);
      if (index < 0) return undefined;
      const end = xlated.functions[index + 1] ?? xlated.insns.length;
      // Linux digests a function's own instructions, with addresses of its own: the digits differ from any other machine's.
      const digest = sha256(encode(xlated.insns.slice(slot, end)));
      const tag = Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
      return `bpf_prog_${tag}_${nameOf(slot)}`;
    },
  };
}
