import { requireInstructions } from "../isa/argument.ts";
import { SLOT_BYTES } from "../isa/encode.ts";
import type { Instruction } from "../isa/instruction.ts";
import {
  type DisassembleOptions,
  instructionTexts,
  labelTargets,
  noteText,
  type PlacedRow,
  place,
} from "./disassemble.ts";
import { hexBytes } from "./xlated.ts";

/** What a listing of llvm-objdump's form calls things. */
export interface ObjdumpOptions extends Omit<DisassembleOptions, "form"> {
  /** The symbol at the first instruction; default `main`. */
  readonly name?: string;
  /** The slot of its section that the program begins at; default 0. */
  readonly start?: number;
}

/**
 * A program as `llvm-objdump -d` lists it: index, raw bytes, LLVM's text, symbols with their byte address above the
 * blocks that jumps lead to. Assembling the text part of it gives the same program.
 *
 * ```
 * 0000000000000000 <main>:
 *        0:	b7 00 00 00 01 00 00 00	r0 = 1
 *        1:	05 00 ff ff 00 00 00 00	goto -1 <L1>
 * ```
 *
 * @example
 * objdumpListing(insns, { name: "drop_udp" });
 */
export function objdumpListing(
  insns: readonly Instruction[],
  { name = "main", start = 0, ...names }: ObjdumpOptions = {},
): string {
  requireInstructions("insns", insns);
  const placed = place(insns);
  const symbols = labelTargets(placed).set(0, name);
  const texts = instructionTexts(insns, names);
  const lines = placed.map((item) => {
    const symbol = symbols.get(item.index);
    const address = ((start + item.index) * SLOT_BYTES).toString(16).padStart(16, "0");
    const heading = symbol === undefined ? "" : `${item.index === 0 ? "" : "\n"}${address} <${symbol}>:\n`;
    const bytes = hexBytes(item.next ? [item.insn, item.next] : [item.insn]);
    const note = names.note?.(item.index);
    // A call that a relocation names goes nowhere yet.
    const target = note === undefined ? symbols.get(targetOf(item) ?? -1) : undefined;
    const text = `${texts.get(item.index)}${target === undefined ? "" : ` <${target}>`}${noteText(note)}`;
    return `${heading}${String(start + item.index).padStart(8)}:\t${bytes}\t${text}\n`;
  });
  return lines.join("");
}

/** The slot that a jump or call goes to, where the text ends with it. */
function targetOf({ row, insn, index }: PlacedRow): number | undefined {
  if (row?.text[0].endsWith("{near}")) return index + 1 + insn.offset;
  return row?.text[0].endsWith("{far}") ? index + 1 + insn.imm : undefined;
}
