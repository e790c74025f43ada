/** Functions of Linux whose address a 64-bit constant is (`ksym`), by the id that Linux's BTF has for them. */
import type { Btf } from "../btf/btf.ts";
import type { BtfType } from "../btf/type.ts";
import type { Instruction } from "../isa/instruction.ts";
import { type Environment, registerAt } from "./environment.ts";
import { markPointer, RDONLY, TYPES } from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";

/**
 * Checks what a constant names, before any path is followed. Functions have an address; variables have one only where Linux
 * was built to know it (`CONFIG_KALLSYMS_ALL`), which the Linux of the machines was not.
 */
export function checkSymbol({ kernel }: Environment, { imm: id }: Instruction, second: Instruction): void {
  if (second.imm !== 0) reject("symbol_module");
  const type = symbolType(kernel, id);
  if (type.kind !== "func" && type.kind !== "var") reject("symbol_kind", id);
  if (type.kind === "var") throw new Rejection("symbol_address", [type.name], "ENOENT");
}

function symbolType(kernel: Btf | undefined, id: number): BtfType {
  if (kernel === undefined) return reject("not_modelled", "kernel symbols without Linux's BTF");
  if (id < 0 || id >= kernel.count) throw new Rejection("symbol_unknown", [id], "ENOENT");
  return kernel.type(id);
}

/** Sets a register to the address of a function: memory of no size. */
export const loadSymbol = (env: Environment, insn: Instruction): void =>
  markPointer(env.words, registerAt(insn.dst), TYPES.MEM | RDONLY);
