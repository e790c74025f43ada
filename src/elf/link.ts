import type { CoreRelocation, FuncInfo, LineInfo } from "../btf/ext.ts";
import type { Instruction } from "../isa/instruction.ts";
import { ElfError } from "./error.ts";
import type { ObjectFile, ObjectFunction, ProgramRelocation } from "./object.ts";

/** A program with all functions that it needs behind it, as bpf(2) takes it. */
export interface LinkedProgram {
  readonly name: string;
  readonly section: string;
  /** Calls and addresses of functions are resolved; maps, data and externs are not. */
  readonly insns: readonly Instruction[];
  /** Where each function starts, the program itself first. */
  readonly functions: readonly { readonly name: string; readonly start: number }[];
  readonly relocations: readonly Exclude<ProgramRelocation, { readonly kind: "call" | "function" }>[];
  readonly funcInfo: readonly FuncInfo[];
  readonly lineInfo: readonly LineInfo[];
  readonly coreRelocations: readonly CoreRelocation[];
}

/** `src` of an `ld_imm64` of a function's address. */
const PSEUDO_FUNC = 4;

/**
 * Puts the functions that a program calls behind it, each once, in the order in which libbpf does: depth first, as the
 * calls appear. Throws {@link ElfError} for a name that is no program of the object.
 *
 * @example
 * linkProgram(object, "trace_execve").functions; // [{ name: "trace_execve", start: 0 }, { name: "fill", start: 41 }]
 */
export function linkProgram(object: ObjectFile, name: string): LinkedProgram {
  const byName = new Map([...object.programs, ...object.subprograms].map((each) => [each.name, each]));
  const main = object.programs.find((each) => each.name === name);
  if (main === undefined) throw new ElfError(`there is no program '${name}'`, { section: ".symtab", offset: 0 });
  const starts = new Map<ObjectFunction, number>();
  const order: ObjectFunction[] = [];
  let size = 0;
  const append = (own: ObjectFunction) => {
    starts.set(own, size);
    order.push(own);
    size += own.insns.length;
  };
  append(main);
  // Depth first without recursion: a chain of calls may be as long as the object.
  const stack = [calledBy(main, byName)];
  while (stack.length > 0) {
    const next = stack.at(-1)!.next();
    if (next.done) stack.pop();
    else if (!starts.has(next.value)) {
      append(next.value);
      stack.push(calledBy(next.value, byName));
    }
  }
  const insns: Instruction[] = [];
  const relocations: LinkedProgram["relocations"][number][] = [];
  for (const own of order) {
    const start = starts.get(own)!;
    for (const insn of own.insns) insns.push(insn);
    for (const relocation of own.relocations) {
      const insn = start + relocation.insn;
      if (relocation.kind !== "call" && relocation.kind !== "function") {
        relocations.push({ ...relocation, insn });
        continue;
      }
      const imm = starts.get(byName.get(relocation.function)!)! - insn - 1;
      insns[insn] = { ...insns[insn], imm, ...(relocation.kind === "function" ? { src: PSEUDO_FUNC } : {}) };
      if (relocation.kind === "function") insns[insn + 1] = { ...insns[insn + 1], imm: 0 };
    }
  }
  const moved = <T extends { readonly insn: number }>(of: (own: ObjectFunction) => readonly T[]): T[] =>
    order.flatMap((own) => of(own).map((record) => ({ ...record, insn: starts.get(own)! + record.insn })));
  return {
    name,
    section: main.section,
    insns,
    functions: order.map((own) => ({ name: own.name, start: starts.get(own)! })),
    relocations,
    funcInfo: moved((own) => own.funcInfo),
    lineInfo: moved((own) => own.lineInfo),
    coreRelocations: moved((own) => own.coreRelocations),
  };
}

function* calledBy(own: ObjectFunction, byName: ReadonlyMap<string, ObjectFunction>): Generator<ObjectFunction> {
  for (const relocation of own.relocations)
    if (relocation.kind === "call" || relocation.kind === "function") yield byName.get(relocation.function)!;
}
