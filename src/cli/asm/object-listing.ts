import { linkProgram } from "../../elf/link.ts";
import type { ObjectFunction, ProgramRelocation } from "../../elf/object.ts";
import { openObject } from "../../elf/open.ts";
import { CALL } from "../../isa/constants.ts";
import type { Instruction } from "../../isa/instruction.ts";
import { UsageError } from "../usage.ts";

/** How notes on calls of kfuncs begin. */
const KFUNC = "kfunc ";

/** Instructions that are listed together: of a file of bytes all, of an object file those of one function. */
export interface Listed {
  readonly insns: readonly Instruction[];
  /** Where they come from in an object file. */
  readonly place?: { readonly name: string; readonly section: string; readonly start: number };
  /** What the instruction at a slot refers to by name. */
  readonly note?: (slot: number) => string | undefined;
}

/**
 * The functions of an object file in the order of its sections, or one program with the functions that it calls behind it.
 * Throws `ElfError` for what is no object file of eBPF, and for a program that it does not have.
 */
export function readObject(bytes: Uint8Array, program: string | undefined): Listed[] {
  const object = openObject(bytes);
  if (program !== undefined) {
    if (!object.programs.some(({ name }) => name === program)) {
      const names = object.programs.map(({ name }) => name).join(", ");
      throw new UsageError(`--program ${program}: there is no such program. There is ${names || "none"}`);
    }
    const { name, section, insns, relocations } = linkProgram(object, program);
    return [{ insns, place: { name, section, start: 0 }, note: notesOf(relocations) }];
  }
  const functions: readonly ObjectFunction[] = [...object.subprograms, ...object.programs];
  const sections = [...new Set(functions.map(({ section }) => section))];
  return sections.flatMap((section) =>
    functions
      .filter((each) => each.section === section)
      .sort((a, b) => a.start - b.start)
      .map(({ name, start, insns, relocations }) => ({
        insns,
        place: { name, section, start },
        note: notesOf(relocations),
      })),
  );
}

function notesOf(relocations: readonly ProgramRelocation[]): (slot: number) => string | undefined {
  const notes = new Map(relocations.map((relocation) => [relocation.insn, noteOf(relocation)]));
  return (slot) => notes.get(slot);
}

function noteOf(relocation: ProgramRelocation): string {
  switch (relocation.kind) {
    case "map":
      return `map ${relocation.map}`;
    case "data":
      return `${relocation.section}+${relocation.offset}`;
    case "call":
    case "function":
      return `function ${relocation.function}`;
    case "extern":
      return `extern ${relocation.extern}`;
    case "extern call":
      return KFUNC + relocation.extern;
  }
}

/** Calls of kfuncs as such: a file has calls of nowhere there, which the relocation names. */
export function withKfuncs({ insns, note, ...rest }: Listed): Listed {
  const named = insns.map((insn, slot) =>
    note?.(slot)?.startsWith(KFUNC) ? { ...insn, src: CALL.KFUNC, imm: 0 } : insn,
  );
  return { insns: named, note, ...rest };
}

/** What stands above a function: its section where that begins, as llvm-objdump says it, and its name where no symbol does. */
export function headingOf(listed: Listed, all: readonly Listed[], form: string): string {
  const { place } = listed;
  if (place === undefined) return "";
  const before = all[all.indexOf(listed) - 1]?.place;
  const gap = before === undefined ? "" : "\n";
  if (form === "objdump") {
    return before?.section === place.section ? gap : `${gap}Disassembly of section ${place.section}:\n\n`;
  }
  return `${gap}// section ${place.section}, function ${place.name}\n`;
}
