/** Variables and functions of Linux whose address a 64-bit constant is (`ksym`), by the id that Linux's BTF has for them. */
import type { Btf } from "../btf/btf.ts";
import { resolveSize } from "../btf/struct-walk.ts";
import { isComposite, type VarType } from "../btf/type.ts";
import type { Instruction } from "../isa/instruction.ts";
import { type Environment, registerAt } from "./environment.ts";
import { AUX, markPointer, PERCPU, RDONLY, TYPES } from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";

/** What the register holds: its type, and its `AUX`. */
interface SymbolPointer {
  readonly type: number;
  readonly aux: number;
}

const EINVAL = -22;

/** Checks what a constant names, before any path is followed. */
export function checkSymbol(env: Environment, insn: Instruction, second: Instruction): void {
  if (second.imm !== 0) reject("symbol_module");
  symbolPointer(env, insn.imm);
}

/** Sets a register to the address. */
export function loadSymbol(env: Environment, insn: Instruction): void {
  const { type, aux } = symbolPointer(env, insn.imm);
  const r = registerAt(insn.dst);
  markPointer(env.words, r, type);
  env.words[r + AUX] = aux;
}

function symbolPointer({ kernel }: Environment, id: number): SymbolPointer {
  if (kernel === undefined) return reject("not_modelled", "kernel symbols without Linux's BTF");
  if (id <= 0 || id >= kernel.count) {
    if (id === 0) reject("symbol_kind", id);
    throw new Rejection("symbol_unknown", [id], "ENOENT");
  }
  const type = kernel.type(id);
  if (type.kind === "func") return { type: TYPES.MEM | RDONLY, aux: 0 };
  if (type.kind !== "var") return reject("symbol_kind", id);
  if (isPerCpu(kernel, type)) return { type: TYPES.BTF_ID | PERCPU, aux: type.type };
  const target = kernel.resolve(type.type);
  if (isComposite(target)) return { type: TYPES.BTF_ID, aux: type.type };
  const size = resolveSize(kernel, target.id)?.size;
  return size === undefined ? reject("symbol_size", target.name, EINVAL) : { type: TYPES.MEM | RDONLY, aux: size };
}

/** Each CPU has its own. A BTF that does not say which variables these are has no others. */
function isPerCpu(kernel: Btf, { id }: VarType): boolean {
  const section = kernel.byName(".data..percpu", "datasec");
  return section === undefined || section.vars.some((each) => each.type === id);
}
