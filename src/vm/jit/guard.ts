import { DIRECT_MAP_HIGH, FIRST_OFFSET } from "../../memory/memory.ts";
import { CHECKED_STACK } from "../types.ts";
import type { FunctionBuilder } from "../wasm/function.ts";
import type { ModuleBuilder } from "../wasm/module.ts";

/** Eight bytes below 64 KiB that nobody writes: where a probing load reads its zero. */
export const ZEROES = 0x20;

/** The function that probing loads call: (address, bytes) -> the address's offset, or `ZEROES` where it is not good. */
export function defineProbe(module: ModuleBuilder): number {
  const f = module.function(["i64", "i32"], ["i32"]);
  const [address, bytes] = [0, 1];
  pushHigh(f, address);
  f.i32(DIRECT_MAP_HIGH).op("i32.eq");
  f.get(address).op("i32.wrap_i64").i32(FIRST_OFFSET).op("i32.ge_u", "i32.and");
  // offset + bytes <= pages * 64 KiB, in 64 bits so that nothing wraps
  pushOffset(f, address);
  f.get(bytes).op("i64.extend_i32_u", "i64.add");
  f.indexed("memory.size", 0).op("i64.extend_i32_u").i64(16n).op("i64.shl", "i64.le_u", "i32.and");
  f.begin("if", "i32").get(address).op("i32.wrap_i64", "else").i32(ZEROES).op("end");
  return f.index;
}

/** The globals that bound what one run of an unverified program may touch, set before it. */
export interface Bounds {
  readonly memoryStart: number;
  readonly memorySize: number;
  readonly stackStart: number;
}

/**
 * The function that unverified accesses call: (address, bytes, slot) -> the address's offset. It knows memory and stack;
 * about anything else it asks `fault`, an import (low, high, bytes, slot) that answers or throws.
 */
export function defineCheck(module: ModuleBuilder, bounds: Bounds, fault: number): number {
  const f = module.function(["i64", "i32", "i32"], ["i32"]);
  const [address, bytes, slot] = [0, 1, 2];
  pushHigh(f, address);
  f.i32(DIRECT_MAP_HIGH).op("i32.eq").begin("if");
  emitWithin(f, address, bytes, bounds.memoryStart, () => f.indexed("global.get", bounds.memorySize));
  emitWithin(f, address, bytes, bounds.stackStart, () => f.i32(CHECKED_STACK));
  f.op("end");
  f.get(address).op("i32.wrap_i64");
  pushHigh(f, address);
  f.get(bytes).get(slot).call(fault);
  return f.index;
}

/** Returns the offset if `bytes` bytes at `address` lie within the area: offset - start + bytes <= size, without wrapping. */
function emitWithin(f: FunctionBuilder, address: number, bytes: number, start: number, size: () => void): void {
  f.get(address).op("i32.wrap_i64").indexed("global.get", start).op("i32.sub", "i64.extend_i32_u");
  f.get(bytes).op("i64.extend_i32_u", "i64.add");
  size();
  f.op("i64.extend_i32_u", "i64.le_u");
  f.begin("if").get(address).op("i32.wrap_i64", "return", "end");
}

function pushHigh(f: FunctionBuilder, address: number): void {
  f.get(address).i64(32n).op("i64.shr_u", "i32.wrap_i64");
}

function pushOffset(f: FunctionBuilder, address: number): void {
  f.get(address).op("i32.wrap_i64", "i64.extend_i32_u");
}
