/** A program's instructions beside the source lines they were written as. */
import { formatInstruction } from "../asm/format-instruction.ts";
import { helperName } from "../helpers/names.ts";
import { LD_IMM64_CODE } from "../isa/constants.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { Html } from "./html.ts";
import { type Column, table } from "./table.ts";

/** One instruction of a listing. */
export interface ListedInstruction {
  /** Linux's instruction index: that of its first slot. */
  readonly index: number;
  /** In the form of Linux's verifier log. */
  readonly text: string;
  /** The source line, where this instruction is the first one of it. */
  readonly source?: { readonly line: number; readonly text: string };
}

/** Notes on single instructions. */
export interface ListingNotes {
  /** The instruction that is wrong. */
  readonly at?: number;
  /** What to print beside an instruction, by index. */
  readonly known?: ReadonlyMap<number, string>;
}

/** All instructions, those of two slots once. */
export function listInstructions({ insns, lines, maps }: ProgramSpec): ListedInstruction[] {
  const listed: ListedInstruction[] = [];
  let last: number | undefined;
  for (let index = 0; index < insns.length; index++) {
    const line = lines?.[index];
    const source = line && line.line !== last ? { line: line.line, text: line.text.trim() } : undefined;
    if (line) last = line.line;
    listed.push({ index, text: instructionText(insns, maps, index), source });
    if (insns[index].code === LD_IMM64_CODE) index++;
  }
  return listed;
}

/** Linux's form, but with a map's name instead of its address, as no address exists before loading. */
function instructionText(insns: ProgramSpec["insns"], maps: ProgramSpec["maps"], index: number): string {
  const { code, src, dst, imm } = insns[index];
  const map = code === LD_IMM64_CODE && (src === 1 || src === 2) ? maps[imm] : undefined;
  if (!map) return formatInstruction(insns, index, { helperName });
  const offset = src === 2 ? `[0]+${insns[index + 1]?.imm ?? 0}` : "";
  return `(18) r${dst} = map[${map.name}]${offset}`;
}

/**
 * As bpftool prints: each source line as a comment over its instructions. The wrong one has `-->` in front.
 *
 * ```
 * ; r0 = 2
 *    0: (b7) r0 = 2
 * ```
 */
export function listingText(program: ProgramSpec, { at, known }: ListingNotes = {}): string {
  const instructions = listInstructions(program);
  const width = Math.max(0, ...instructions.map(({ text }) => text.length));
  return instructions
    .flatMap(({ index, text, source }) => {
      const note = known?.get(index);
      const row = `${index === at ? "-->" : "   "}${String(index).padStart(4)}: ${text}`;
      return [
        ...(source ? [`; ${source.text}`] : []),
        note === undefined ? row : `${row.padEnd(width + 9)}  ; ${note}`,
      ];
    })
    .join("\n");
}

/** Source on the left, instructions on the right, and a third column for what is known where notes are given. */
export function listingTable(caption: string, program: ProgramSpec, { at, known }: ListingNotes = {}): Html {
  const columns: Column[] = [
    ...(at === undefined ? [] : [{ title: "" }]),
    { title: "line", kind: "number" },
    { title: "source", kind: "code" },
    { title: "insn", kind: "number" },
    { title: "instruction", kind: "code" },
    ...(known ? [{ title: "known after it", kind: "code" } as const] : []),
  ];
  const rows = listInstructions(program).map(({ index, text, source }) => ({
    mark: index === at,
    cells: [
      ...(at === undefined ? [] : [index === at ? "✗ here" : ""]),
      source ? source.line : "",
      source?.text ?? "",
      index,
      text,
      ...(known ? [known.get(index) ?? ""] : []),
    ],
  }));
  return table(caption, columns, rows);
}
