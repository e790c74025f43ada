import { RETURN_HIGH } from "../../memory/memory.ts";
import { FRAME_SIZE, FRAMES, STACK_SIZE } from "../types.ts";
import type { FunctionBuilder } from "../wasm/function.ts";
import type { ModuleBuilder } from "../wasm/module.ts";
import type { ValueType } from "../wasm/opcodes.ts";

/** What the entry of a callback of an unverified program checks. */
export interface CallbackBounds {
  /** Globals: where the stack that the run may use begins, and the frames that calls may use now. */
  readonly stackStart: number;
  readonly framesStart: number;
  /** The import (slot) that throws. */
  readonly depth: number;
}

/**
 * Defines the function by which helpers call a subprogram: (halves of r1..r5) -> low half of r0, the upper half at
 * `RETURN_HIGH`. It runs on the free stack below the program that called the helper.
 */
export function defineCallback(
  module: ModuleBuilder,
  subprogram: FunctionBuilder,
  stackPointer: number,
  bounds: CallbackBounds | undefined,
  start: number,
): FunctionBuilder {
  const f = module.function(new Array<ValueType>(10).fill("i32"), ["i32"]);
  const top = f.local("i32");
  const frames = f.local("i32");
  const result = f.local("i64");
  f.indexed("global.get", stackPointer).tee(top).i32(FRAMES).op("i32.sub").indexed("global.set", stackPointer);
  if (bounds !== undefined) {
    const { stackStart, framesStart, depth } = bounds;
    f.indexed("global.get", stackPointer).indexed("global.get", stackStart).op("i32.lt_u");
    f.begin("if").i32(start).call(depth).op("end");
    f.indexed("global.get", framesStart).set(frames);
    f.indexed("global.get", stackPointer).indexed("global.set", framesStart);
  }
  for (let register = 0; register < 5; register++) {
    f.get(2 * register).op("i64.extend_i32_u");
    f.get(2 * register + 1)
      .op("i64.extend_i32_u")
      .i64(32n)
      .op("i64.shl", "i64.or");
  }
  // The subprogram subtracts a frame from what it takes for its caller's bottom.
  f.get(top)
    .i32(FRAME_SIZE - STACK_SIZE)
    .op("i32.add")
    .call(subprogram.index)
    .set(result);
  if (bounds !== undefined) f.get(frames).indexed("global.set", bounds.framesStart);
  f.get(top).indexed("global.set", stackPointer);
  f.i32(0).get(result).i64(32n).op("i64.shr_u").memory("i64.store32", RETURN_HIGH);
  f.get(result).op("i32.wrap_i64");
  return f;
}
