/** What a call of a kernel function calls: its row, its signature in Linux's BTF, found once for each instruction. */
import type { FuncProtoType } from "../btf/type.ts";
import { type KfuncRow, kfuncByName } from "../helpers/kfuncs.ts";
import { CALL } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { kfuncAllowed } from "../programs/kfunc-sets.ts";
import type { Environment } from "./environment.ts";
import { CALL_CODE } from "./structure.ts";

/** A kernel function as one call sees it. */
export interface Kfunc {
  readonly id: number;
  readonly name: string;
  readonly proto: FuncProtoType;
  /** Undefined for a function that programs may not call, or that is not known here. */
  readonly row: KfuncRow | undefined;
}

export const isKfuncCall = (insn: Instruction): boolean => insn.code === CALL_CODE && insn.src === CALL.KFUNC;

/** The function with a BTF id; undefined where there is no such function in Linux's BTF. */
export function findKfunc({ kernel }: Environment, id: number): Kfunc | undefined {
  if (kernel === undefined || id <= 0 || id >= kernel.count) return undefined;
  const type = kernel.type(id);
  if (type.kind !== "func") return undefined;
  const proto = kernel.type(type.type);
  return proto.kind === "func_proto" ? { id, name: type.name, proto, row: kfuncByName(type.name) } : undefined;
}

/** The row of the function that an instruction calls, where the program may call it. */
export function allowedKfunc(env: Environment, insn: Instruction): Kfunc | undefined {
  if (insn.offset !== 0) return undefined;
  const kfunc = findKfunc(env, insn.imm);
  return kfunc?.row && kfuncAllowed(kfunc.row, env.type, env.attachType) ? kfunc : undefined;
}
