import type { Operation } from "../operation.ts";
import { locate } from "./locate.ts";
import type { Linked, RunState } from "./run-state.ts";

/** Simulated CPUs interleave between programs, so an atomic is a load, an operation and a store. */
export function executeAtomic(linked: Linked, state: RunState, pc: number): void {
  const o = linked.operations[pc]!;
  if (o.kind !== "atomic") return;
  const proved = linked.code.access[pc] === 0;
  const at = proved ? state.unsigned[2 * o.base]! + o.offset : locate(linked, state, pc, o.base, o.bytes);
  executeAtomicAt(state, linked.environment.memory.view, o, at);
}

/** The same where the place is known. */
export function executeAtomicAt(
  { r, unsigned }: RunState,
  view: DataView,
  o: Operation & { kind: "atomic" },
  at: number,
): void {
  const wide = o.bytes === 8;
  const old = wide ? view.getBigInt64(at, true) : BigInt(view.getUint32(at, true));
  const operand = wide ? r[o.src]! : BigInt(unsigned[2 * o.src]!);
  const expected = wide ? r[0]! : BigInt(unsigned[0]!);
  let value: bigint;
  switch (o.op) {
    case "add":
      value = old + operand;
      break;
    case "or":
      value = old | operand;
      break;
    case "and":
      value = old & operand;
      break;
    case "xor":
      value = old ^ operand;
      break;
    case "xchg":
      value = operand;
      break;
    case "cmpxchg":
      value = old === expected ? operand : old;
      break;
  }
  if (wide) view.setBigInt64(at, value, true);
  else view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
  if (o.op === "cmpxchg") r[0] = old;
  else if (o.fetch) r[o.src] = old;
}
