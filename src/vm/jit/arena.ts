import type { ArenaPlace } from "../../maps/runtime.ts";
import { CROSSING } from "../arena.ts";
import type { ModuleBuilder } from "../wasm/module.ts";
import type { FrameBuilder } from "./frame.ts";
import { ZEROES } from "./guard.ts";

/** What accesses to an arena call. */
export interface ArenaFunctions {
  /** Function of the module: (sum of address and offset, bytes) -> the offset in memory, `CROSSING`, or `ZEROES`: not there. */
  readonly locate: number;
  /** Import: (address, bytes), for what was stored at `CROSSING`. */
  readonly scatter: number;
}

/** Defines the function that looks pages up. `cross` is the import for accesses that run over the end of a page. */
export function defineArena(module: ModuleBuilder, arena: ArenaPlace, cross: number): number {
  const f = module.function(["i64", "i32"], ["i32"]);
  const [address, bytes] = [0, 1];
  const page = f.local("i64");
  const at = f.local("i32");
  const inPage = f.local("i32");
  f.get(address).i64(BigInt.asUintN(32, arena.start)).op("i64.sub").i64(12n).op("i64.shr_u").tee(page);
  f.i64(BigInt(arena.pages)).op("i64.ge_u").begin("if").i32(ZEROES).op("return", "end");
  f.get(page).op("i32.wrap_i64").i32(4).op("i32.mul").memory("i32.load", arena.table).tee(at);
  f.op("i32.eqz").begin("if").i32(ZEROES).op("return", "end");
  f.get(address).op("i32.wrap_i64").i32(4095).op("i32.and").tee(inPage);
  f.get(bytes).op("i32.add").i32(4096).op("i32.gt_u").begin("if");
  f.get(address).op("i32.wrap_i64").get(bytes).call(cross).op("return", "end");
  f.get(at).get(inPage).op("i32.add");
  return f.index;
}

/** Pushes where an access through an arena's address is, or `ZEROES`. */
export function emitArenaAddress(
  frame: FrameBuilder,
  { locate }: ArenaFunctions,
  { base, offset, bytes }: { base: number; offset: number; bytes: number },
): void {
  frame.getLow(base);
  frame.f.op("i64.extend_i32_u").i64(BigInt(offset)).op("i64.add").i32(bytes).call(locate);
}

/**
 * Emits what writes to an arena: `write` stores at the offset in the local that it is given, and is left out where the page is
 * not there.
 */
export function emitArenaWrite(
  frame: FrameBuilder,
  functions: ArenaFunctions,
  place: { base: number; offset: number; bytes: number },
  write: (at: number) => void,
): void {
  const { f } = frame;
  const at = frame.scratch("arena_at", "i32");
  // The operation may replace the base register.
  const address = frame.scratch("arena_address", "i32");
  frame.getLow(place.base);
  f.i32(place.offset).op("i32.add").set(address);
  emitArenaAddress(frame, functions, place);
  f.tee(at).i32(ZEROES).op("i32.ne").begin("if");
  write(at);
  f.get(at)
    .i32(CROSSING)
    .op("i32.eq")
    .begin("if")
    .get(address)
    .i32(place.bytes)
    .call(functions.scatter)
    .op("end", "end");
}

/** Emits a cast to the process's address space: 0 stays 0, anything else gets the arena's upper half. */
export function emitCast(frame: FrameBuilder, { dst, src }: { dst: number; src: number }, upper: bigint): void {
  const { f } = frame;
  frame.getLow(src);
  f.op("i64.extend_i32_u").i64(upper).op("i64.or").i64(0n);
  frame.getLow(src);
  f.op("select");
  frame.set(dst);
}
