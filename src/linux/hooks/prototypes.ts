import type { Btf } from "../../btf/btf.ts";
import { sizeOf } from "../../btf/size.ts";
import type { Arg } from "../task.ts";

/** What a function takes and gives back, in bytes. */
export interface Prototype {
  readonly params: readonly number[];
  /** 0 for `void`. */
  readonly result: number;
}

/** The prototype of a function of Linux; undefined where its types do not have it. */
export function prototypeOf(btf: Btf, name: string): Prototype | undefined {
  const func = btf.byName(name, "func");
  const proto = func && btf.type(func.type);
  if (proto?.kind !== "func_proto") return undefined;
  return { params: proto.params.map(({ type }) => sizeOf(btf, type) ?? 8), result: sizeOf(btf, proto.type) ?? 0 };
}

/** A value in a register: one narrower than the register leaves its upper half 0, as code of x86-64 does. */
export function inRegister(value: Arg, bytes: number | undefined): Arg {
  if (typeof value !== "number" || value >= 0 || bytes === undefined || bytes >= 8 || bytes === 0) return value;
  return Number(BigInt.asUintN(8 * bytes, BigInt(Math.trunc(value))));
}

/** Whether some value would look different in a register that is wider than it. */
export const needsPrototype = (values: readonly Arg[]): boolean =>
  values.some((value) => typeof value === "number" && value < 0);
