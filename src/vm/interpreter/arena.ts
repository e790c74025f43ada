import { CROSSING, locateInArena, scatter } from "../arena.ts";
import { executeAtomicAt } from "./atomic.ts";
import type { Linked, RunState } from "./run-state.ts";

/**
 * A load, store or atomic operation through a 32-bit address of the program's arena. Where the page is not there a load
 * gives 0, a store does nothing, and an atomic operation (also an acquiring load) neither reads nor writes: what Linux's
 * JIT for x86 makes of the page fault.
 */
export function executeArena(linked: Linked, state: RunState, pc: number): void {
  const { arena, environment } = linked;
  const o = linked.operations[pc]!;
  if (arena === undefined || (o.kind !== "load" && o.kind !== "store" && o.kind !== "atomic")) return;
  const { r, halves, unsigned } = state;
  const address = unsigned[2 * o.base]! + o.offset;
  const at = locateInArena(arena, address, o.bytes);
  const { view } = environment.memory;
  if (at < 0) {
    if (o.kind === "load" && !o.acquire) r[o.dst] = 0n;
    return;
  }
  switch (o.kind) {
    case "load": {
      const value = view.getBigUint64(at, true);
      r[o.dst] = o.signed ? BigInt.asIntN(8 * o.bytes, value) : BigInt.asUintN(8 * o.bytes, value);
      return;
    }
    case "store": {
      const s = linked.code.src[pc]!;
      if (o.bytes === 8) view.setBigInt64(at, r[s]!, true);
      else if (o.bytes === 4) view.setInt32(at, halves[2 * s]!, true);
      else if (o.bytes === 2) view.setInt16(at, halves[2 * s]!, true);
      else view.setInt8(at, halves[2 * s]!);
      break;
    }
    case "atomic":
      executeAtomicAt(state, view, o, at);
  }
  if (at === CROSSING) scatter(arena, address, o.bytes);
}
