import { DIRECT_MAP_HIGH, type LinearMemory } from "../../memory/memory.ts";
import type { Arg } from "../task.ts";

/**
 * Writes an integer or an address in `size` bytes (1, 2, 4 or 8). `offsetOf` tells where an object of the simulation lies as
 * a struct; 0: nowhere, which is shown as NULL.
 */
export function writeWord(
  memory: LinearMemory,
  at: number,
  size: number,
  value: Arg,
  offsetOf: (object: object) => number,
): void {
  if (size === 8) writeLong(memory, at, value, offsetOf);
  else {
    const low =
      typeof value === "bigint"
        ? Number(BigInt.asUintN(32, value))
        : typeof value === "object"
          ? 0
          : Number(value ?? 0);
    if (size === 4) memory.i32[at >> 2] = low;
    else if (size === 2) memory.u16[at >> 1] = low;
    else memory.u8[at] = low;
  }
}

/** Writes 8 bytes: an integer, or the address of an object. */
export function writeLong(memory: LinearMemory, at: number, value: Arg, offsetOf: (object: object) => number): void {
  const word = at >> 2;
  if (typeof value === "number") {
    memory.i32[word] = value;
    memory.i32[word + 1] = Math.floor(value / 2 ** 32);
  } else if (typeof value === "bigint") {
    memory.i32[word] = Number(BigInt.asIntN(32, value));
    memory.i32[word + 1] = Number(BigInt.asIntN(32, value >> 32n));
  } else if (typeof value === "boolean") {
    memory.i32[word] = value ? 1 : 0;
    memory.i32[word + 1] = 0;
  } else {
    // Before it is written: making room for an object may renew memory's views.
    const offset = typeof value === "object" && value !== null ? offsetOf(value) : 0;
    memory.i32[word] = offset;
    memory.i32[word + 1] = offset === 0 ? 0 : DIRECT_MAP_HIGH;
  }
}
