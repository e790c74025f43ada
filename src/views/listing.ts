/** A program's instructions beside the source lines they were written as. */
import { formatInstruction } from "../asm/format-instruction.ts";
import { helperName } from "../helpers/names.ts";
import { LD_IMM64_CODE } from "../isa/constants.ts";
import { grouped, plural } from "../plot/format.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { fewLines } from "./few-lines.ts";
import { type Html, type HtmlValue, html } from "./html.ts";
import { anyVaries, FIRST_VISIT, knownHtml, knownText, LEGEND } from "./known-note.ts";
import type { KnownState } from "./log-states.ts";
import { STYLE } from "./style.ts";
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
  /** What is known after an instruction, by index. */
  readonly known?: ReadonlyMap<number, KnownState>;
  /** What the verifier says of each slot: names of kernel functions. */
  readonly facts?: Facts;
  /** The line of `historyLane`, by index; drawn in HTML only. */
  readonly lane?: ReadonlyMap<number, string>;
}

/** Of the verifier's facts, what names functions of Linux. */
export type Facts = readonly { readonly symbol?: string }[];

/** Rows of one listing: a longer program is shown around its wrong instruction, else from its start. */
const MAX_ROWS = 250;

/** All instructions, those of two slots once. */
export function listInstructions({ insns, lines, maps }: ProgramSpec, facts?: Facts): ListedInstruction[] {
  const listed: ListedInstruction[] = [];
  let last: number | undefined;
  for (let index = 0; index < insns.length; index++) {
    // Line 0 is what the compiler made up.
    const line = lines?.[index]?.line === 0 ? undefined : lines?.[index];
    const source = line && line.line !== last ? { line: line.line, text: squeeze(line.text) } : undefined;
    if (line) last = line.line;
    listed.push({ index, text: instructionText(insns, maps, index, facts), source });
    if (insns[index].code === LD_IMM64_CODE) index++;
  }
  return listed;
}

/** A source line without indentation, and with a gap of two spaces where a comment was pushed to the right. */
export function squeeze(text: string): string {
  return text.trim().replace(/\s{3,}/g, "  ");
}

/** Linux's form, but with a map's name instead of its address, as no address exists before loading. */
function instructionText(insns: ProgramSpec["insns"], maps: ProgramSpec["maps"], index: number, facts?: Facts): string {
  const { code, src, dst, imm } = insns[index];
  const map = code === LD_IMM64_CODE && (src === 1 || src === 2) ? maps[imm] : undefined;
  const symbol = facts?.[index]?.symbol;
  if (!map) return formatInstruction(insns, index, { helperName, ...(symbol ? { kfuncName: () => symbol } : {}) });
  const offset = src === 2 ? `[0]+${insns[index + 1]?.imm ?? 0}` : "";
  return `(18) r${dst} = map[${map.name}]${offset}`;
}

/**
 * As bpftool prints: each source line as a comment over its instructions. Assembly has one instruction a line: there the
 * source stands behind, where no note does. The wrong instruction has `-->` in front.
 *
 * ```
 * ; return XDP_PASS;
 *    0: (b7) r0 = 2
 *    1: (95) exit
 * ```
 */
export function listingText(program: ProgramSpec, { at, known, facts }: ListingNotes = {}): string {
  const { instructions, rest } = cut(listInstructions(program, facts), at);
  const assembly = isAssembly(instructions);
  const rows = instructions.map(({ index, text }) => {
    const pointer = at === undefined ? "" : index === at ? "--> " : "    ";
    return `${pointer}${String(index).padStart(4)}: ${text}`;
  });
  const width = Math.max(0, ...rows.map((row) => row.length));
  const lines = instructions.flatMap(({ index, source }, i) => {
    const note = known ? knownText(known.get(index)) : assembly ? source?.text : undefined;
    const row = note === undefined ? rows[i] : `${rows[i].padEnd(width)}  ; ${note}`;
    return source && !assembly ? [`; ${source.text}`, row] : [row];
  });
  const legend = known ? [`; ${FIRST_VISIT}${anyVaries(known) ? `; ${LEGEND}` : ""}`] : [];
  return [...lines, ...rest, ...legend].join("\n");
}

/**
 * Source beside instructions, and a column for what is known where notes are given. Compiled code is read from its
 * source, which stands first; assembly says the same twice, so there it is what a narrow page may cut off.
 */
export function listingTable(program: ProgramSpec, { at, known, lane, facts }: ListingNotes = {}): Html {
  const all = listInstructions(program, facts);
  const { instructions, rest } = cut(all, at);
  const mark: Part = {
    columns: at === undefined ? [] : [{ title: "", kind: "code" }],
    cells: ({ index }) =>
      at === undefined ? [] : [[lane?.get(index), index === at && "✗ here"].filter(Boolean).join(" ")],
  };
  const code: Part = {
    columns: [
      { title: "insn", kind: "number" },
      { title: "instruction", kind: "code" },
      ...(known ? [{ title: FIRST_VISIT, kind: "note" } as const] : []),
    ],
    cells: ({ index, text }) => [index, text, ...(known ? [knownHtml(known.get(index))] : [])],
  };
  const written: Part = {
    columns: [
      { title: "line", kind: "number" },
      { title: "source", kind: "source" },
    ],
    cells: ({ source }) => [source?.line, source && fewLines(source.text.split(/(?<= )(?! )/))],
  };
  const parts = [mark, ...(isAssembly(all) ? [code, written] : [written, code])];
  const rows = instructions.map((instruction) => ({
    mark: instruction.index === at,
    cells: parts.flatMap(({ cells }) => cells(instruction)),
  }));
  const columns = parts.flatMap((part) => part.columns);
  const below = [...rest, ...(known && anyVaries(known) ? [LEGEND] : [])];
  return html`${table(plural(all.length, "instruction"), columns, rows)}${below.map((line) => html`<p style="${STYLE.headline}">${line}</p>`)}`;
}

/** Columns that belong together. */
interface Part {
  readonly columns: readonly Column[];
  readonly cells: (instruction: ListedInstruction) => readonly HtmlValue[];
}

/** Each instruction has a line of its own. */
function isAssembly(instructions: readonly ListedInstruction[]): boolean {
  return instructions.every(({ source }) => source);
}

/** At most so many instructions as fit; then `rest` says which of how many. */
function cut(all: readonly ListedInstruction[], at: number | undefined) {
  if (all.length <= MAX_ROWS) return { instructions: all, rest: [] };
  const wrong = all.findIndex(({ index }) => index === at);
  // More of what was before the error than after it, as that led there.
  const start = Math.max(0, Math.min(wrong - (MAX_ROWS * 3) / 4, all.length - MAX_ROWS)) | 0;
  const instructions = all.slice(start, start + MAX_ROWS);
  const [first, last] = [instructions[0], instructions[MAX_ROWS - 1]];
  return {
    instructions,
    rest: [`instructions ${first.index} to ${last.index}, ${MAX_ROWS} of ${grouped(all.length)}`],
  };
}
