import { requireInstructions } from "../isa/argument.ts";
import { LD_IMM64, LD_IMM64_CODE } from "../isa/constants.ts";
import { encode } from "../isa/encode.ts";
import type { Instruction } from "../isa/instruction.ts";
import { opcodeOf, slotsOf } from "../isa/opcodes.ts";
import { callDistance } from "./call-distance.ts";
import { formatInstruction, isPercpuMove, type LogNames } from "./format-instruction.ts";
import { signed } from "./spelling.ts";

/** What a listing of bpftool's form calls things. */
export interface XlatedNames extends Pick<LogNames, "helperName" | "kfuncName"> {
  /** A map's id by what the instruction holds: its index before the program is loaded; default: that number. */
  readonly mapId?: (map: number) => number | undefined;
  /** A subprogram's name by its first slot. */
  readonly subprogName?: (slot: number) => string | undefined;
}

/** What a listing has beside the instructions. */
export interface XlatedListing extends XlatedNames {
  /** A line of hexadecimal bytes under each instruction (`bpftool ... opcodes`). */
  readonly opcodes?: boolean;
  /** The source line that begins at a slot: printed above it, behind `; ` (bpftool's default where there is BTF). */
  readonly sourceOf?: (slot: number) => string | undefined;
}

/**
 * One instruction as `bpftool prog dump xlated` prints it: the verifier log's form, with maps by id, subprograms by
 * name, and the address space of constants told apart.
 *
 * @example
 * formatXlated(asm({ type: "xdp" })`r0 = 2; exit`.insns, 0); // "(b7) r0 = 2"
 */
export function formatXlated(insns: readonly Instruction[], index: number, names: XlatedNames = {}): string {
  const insn = insns[index];
  const { code, dst, src } = insn;
  if (code === LD_IMM64_CODE && src !== LD_IMM64.IMM && opcodeOf(insn) !== undefined) {
    const wide = wideOperand(insn, insns[index + 1]?.imm ?? 0, names);
    if (wide !== undefined) return `(18) r${dst} = ${wide}`;
  }
  if (opcodeOf(insn)?.name === "call_subprog") {
    const distance = callDistance(insn);
    const name = names.subprogName?.(index + 1 + distance);
    return `(85) call pc${signed(distance)}${name === undefined ? "" : `#${name}`}`;
  }
  // bpftool 7.1 does not know addresses of per-CPU memory yet, which Linux's log tells apart.
  if (isPercpuMove(insn)) return `(bf) r${dst} = r${src}`;
  return formatInstruction(insns, index, names);
}

function wideOperand({ src, imm }: Instruction, next: number, { mapId }: XlatedNames): string | undefined {
  const id = mapId?.(imm) ?? imm >>> 0;
  switch (src) {
    case LD_IMM64.MAP_FD:
      return `map[id:${id}]`;
    case LD_IMM64.MAP_VALUE:
      return `map[id:${id}][0]+${next >>> 0}`;
    case LD_IMM64.MAP_IDX:
      return `map[idx:${imm >>> 0}]`;
    case LD_IMM64.MAP_IDX_VALUE:
      return `map[idx:${imm >>> 0}]+${next >>> 0}`;
    case LD_IMM64.FUNC:
      return `subprog[${signed(imm)}]`;
    default:
      return undefined;
  }
}

/**
 * A program as `bpftool prog dump xlated` lists it.
 *
 * @example
 * xlatedListing(decode(fromHex("b7000000010000009500000000000000"))); // "   0: (b7) r0 = 1\n   1: (95) exit\n"
 */
export function xlatedListing(insns: readonly Instruction[], options: XlatedListing = {}): string {
  requireInstructions("insns", insns);
  const lines: string[] = [];
  for (let slot = 0; slot < insns.length; slot += slotsOf(insns[slot])) {
    const source = options.sourceOf?.(slot);
    if (source !== undefined) lines.push(`; ${source}\n`);
    lines.push(`${String(slot).padStart(4)}: ${formatXlated(insns, slot, options)}\n`);
    if (options.opcodes) lines.push(`       ${hexBytes(insns.slice(slot, slot + slotsOf(insns[slot])))}\n`);
  }
  return lines.join("");
}

/** Bytes as two digits each, with blanks between. */
export function hexBytes(insns: readonly Instruction[]): string {
  return Array.from(encode(insns), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
