import { DIRECT_MAP_HIGH, FIRST_OFFSET } from "../../memory/memory.ts";
import { originOfAddress } from "../regions.ts";
import type { Linked, RunState } from "./run-state.ts";

/** Offset of an access that is not proved: -1 for a probe that fails; throws `ExecutionError` for a checked one. */
export function locate(linked: Linked, state: RunState, pc: number, base: number, bytes: number): number {
  const { code, environment, regions, xlated } = linked;
  const address = state.r[base]! + BigInt(code.aux[pc]!);
  const low = Number(BigInt.asIntN(32, address));
  const high = Number(BigInt.asIntN(32, address >> 32n));
  if (code.access[pc] !== 1) {
    return regions.offset(low, high, bytes, xlated.origin[pc]!, originOfAddress(linked.operations[pc]!));
  }
  const start = low >>> 0;
  const good = high === DIRECT_MAP_HIGH && start >= FIRST_OFFSET && start + bytes <= environment.memory.view.byteLength;
  return good ? start : -1;
}
