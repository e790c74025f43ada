/** Changes of a program: made on its instructions, and shown as a diff of the text that it was written in. */

import { instructionTexts } from "../asm/disassemble.ts";
import { formatInstruction } from "../asm/format-instruction.ts";
import { helperName } from "../helpers/names.ts";
import { LD_IMM64, LD_IMM64_CODE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { insertBefore } from "./insert.ts";

/** One place that changes: instructions are put in front of `at`, or one stands in its place. */
export interface Edit {
  readonly at: number;
  readonly added: readonly Instruction[];
  readonly replaces?: boolean;
  /** Nothing stands in its place but an instruction that does nothing, which the diff leaves out. */
  readonly removes?: boolean;
}

/** The program with all edits made. Edits of one program are at different instructions. */
export function applyEdits(program: ProgramSpec, edits: readonly Edit[]): ProgramSpec {
  let changed = program;
  for (const { at, added, replaces } of [...edits].sort((a, b) => b.at - a.at)) {
    changed = replaces ? { ...changed, insns: changed.insns.with(at, added[0]) } : insertBefore(changed, at, added);
  }
  return changed;
}

/** What a program was written in, as far as its lines tell. */
export type SourceForm = "llvm" | "mnemonic" | "c" | "none";

/** Clang gives types with its lines; the assembler gives none. */
export function sourceForm({ lines, btf }: ProgramSpec): SourceForm {
  const texts = (lines ?? []).flatMap((line) => (line && line.text.trim() !== "" ? [line.text] : []));
  if (texts.length === 0) return "none";
  if (btf !== undefined) return "c";
  return texts.some((text) => /%r\d|^\s*(?:\w+:\s*)?(?:mov|ldx\w*|lddw|stx\w*|ja|j\w+)\s/.test(text)) &&
    !texts.some((text) => text.includes("="))
    ? "mnemonic"
    : "llvm";
}

/**
 * The edits as a diff: `+` in front of new lines, `-` of old ones, two spaces in front of the lines around them. A program
 * without lines is shown as Linux lists it.
 */
export function diffOf(program: ProgramSpec, edits: readonly Edit[], symbols: Symbols = []): string {
  const form = sourceForm(program);
  const labels = freshLabels(program);
  const shown = new Set(edits.flatMap(({ at, replaces }) => (replaces ? [at] : [])));
  const context = (slot: number): string[] => {
    // The second slot of a constant shows nothing.
    const at = program.insns[slot - 1]?.code === LD_IMM64_CODE ? slot - 1 : slot;
    if (shown.has(at) || at < 0 || at >= program.insns.length) return [];
    shown.add(at);
    return [`  ${lineText(program, at, symbols)}`];
  };
  return [...edits]
    .sort((a, b) => a.at - b.at)
    .flatMap(({ at, added, replaces, removes }) => {
      const before = context(at - 1);
      if (replaces) {
        return [
          ...before,
          `- ${lineText(program, at, symbols)}`,
          ...(removes ? [] : [`+ ${changedText(program, at, added[0], form)}`]),
          ...context(at + 1),
        ];
      }
      const { texts, behind } = addedTexts(added, form, labels);
      if (at >= program.insns.length) return [...before, ...texts.map((text) => `+ ${text}`)];
      // `out: exit`: the new lines belong between the label and the instruction.
      const labelled = form === "llvm" ? /^(\w+:)\s*(\S.*)$/.exec(lineText(program, at)) : null;
      const plus = texts.map((text) => `+ ${text}`);
      const after = behind === undefined ? [] : [`+ ${behind}`];
      if (!labelled) return [...before, ...plus, ...context(at), ...after];
      shown.add(at);
      return [...before, `- ${labelled[0]}`, `+ ${labelled[1]}`, ...plus, `+ ${labelled[2]}`, ...after];
    })
    .join("\n");
}

/** The line with its number, or its comparison, changed; the instruction where the line does not show it. */
function changedText(program: ProgramSpec, at: number, insn: Instruction, form: SourceForm): string {
  const old = program.insns[at];
  const line = lineText(program, at);
  if (form === "llvm" && old.imm !== insn.imm && old.code === insn.code) {
    const changed = line.replace(new RegExp(`(?<![\\w+-])${old.imm}\\b(?!.*//)`), String(insn.imm));
    if (changed !== line) return changed;
  }
  if (form === "llvm" && old.src !== insn.src) {
    const changed = line.replace(new RegExp(`\\br${old.src}\\b(?!\\s*=)`), `r${insn.src}`);
    if (changed !== line) return changed;
  }
  if (form === "llvm" && old.code !== insn.code) {
    const changed = line.replace(/==|!=/, (sign) => (sign === "==" ? "!=" : "=="));
    if (changed !== line) return changed;
  }
  return instructionTexts([insn], { form: form === "mnemonic" ? "mnemonic" : "llvm", helperName }).get(0)!;
}

/** Names of kernel functions, by the slot that calls one. */
export type Symbols = readonly { readonly symbol?: string }[];

/** A line as it was written, or the instruction where there is none. */
export function lineText(program: ProgramSpec, at: number, symbols: Symbols = []): string {
  const form = sourceForm(program);
  const written = program.lines?.[at]?.text.trim();
  if (written && form !== "c") return written;
  const { code, dst, src, imm } = program.insns[at];
  const map = code === LD_IMM64_CODE && src === LD_IMM64.MAP_FD ? program.maps[imm]?.name : undefined;
  if (map !== undefined) return `r${dst} = map[${map}]`;
  const symbol = symbols[at]?.symbol;
  const names = { helperName, ...(symbol === undefined ? {} : { kfuncName: () => symbol }) };
  return formatInstruction(program.insns, at, names).replace(/^\([0-9a-f]{2}\) /, "");
}

/**
 * New instructions in the program's own form. In LLVM's form a jump behind the last of them gets a label, and so does one
 * that skips the instruction that follows: `behind` is what stands after that.
 */
function addedTexts(
  added: readonly Instruction[],
  form: SourceForm,
  [here, there]: readonly [string, string],
): { readonly texts: readonly string[]; readonly behind?: string } {
  const texts = [...instructionTexts(added, { form: form === "mnemonic" ? "mnemonic" : "llvm", helperName }).values()];
  if (form !== "llvm") return { texts };
  const used = new Set<string>();
  const named = texts.map((text, k) =>
    text.replace(/goto \+(\d+)$/, (whole, distance: string) => {
      const beyond = k + 1 + Number(distance) - texts.length;
      if (beyond !== 0 && beyond !== 1) return whole;
      const label = beyond === 0 ? here : there;
      used.add(label);
      return `goto ${label}`;
    }),
  );
  return {
    texts: used.has(here) ? [...named, `${here}:`] : named,
    ...(used.has(there) ? { behind: `${there}:` } : {}),
  };
}

/** Labels that the text does not use. */
function freshLabels({ lines = [] }: ProgramSpec): [string, string] {
  const used = new Set(lines.flatMap((line) => line?.text.match(/\w+/g) ?? []));
  const fresh = (word: string): string => {
    let label = word;
    for (let n = 2; used.has(label); n++) label = `${word}${n}`;
    return label;
  };
  return [fresh("checked"), fresh("skipped")];
}
