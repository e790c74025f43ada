import type { Passing } from "../../helpers/row.ts";
import { REG } from "../../isa/constants.ts";
import { CURRENT_CPU, DIRECT_MAP, RETURN_HIGH } from "../../memory/memory.ts";
import type { Argument, ArrayPlace, CallTarget } from "../call.ts";
import type { StackSlot } from "../flow/stack-slots.ts";
import type { FunctionBuilder } from "../wasm/function.ts";
import type { FrameBuilder } from "./frame.ts";

/** Upper half of every direct-map address, in place. */
const HIGH = DIRECT_MAP;

/** Emits the call of a helper that was imported as function `index`. */
export function emitHelperCall(frame: FrameBuilder, target: CallTarget, index: number): void {
  emitArguments(frame, target.args);
  frame.f.call(index);
  emitResult(frame, target.passing);
}

/** Pushes halves of registers as i32. */
export function emitArguments(frame: FrameBuilder, args: readonly Argument[]): void {
  const { f } = frame;
  for (const { register, half } of args) {
    if (half === "low") frame.getLow(register);
    else {
      frame.get(register);
      f.i64(32n).op("i64.shr_u", "i32.wrap_i64");
    }
  }
}

/** Pops the low half of a 64-bit result whose upper half is at `RETURN_HIGH`, and pushes the whole. */
export function emitWholeResult(f: FunctionBuilder): void {
  f.op("i64.extend_i32_u").i32(0).memory("i64.load32_u", RETURN_HIGH).i64(32n).op("i64.shl", "i64.or");
}

function emitResult(frame: FrameBuilder, passing: Passing): void {
  const { f } = frame;
  switch (passing) {
    case "void":
      return;
    case "i32":
      f.op("i64.extend_i32_s");
      break;
    case "u32":
      f.op("i64.extend_i32_u");
      break;
    case "u64":
      emitWholeResult(f);
      break;
    case "pointer": {
      const offset = frame.scratch("offset", "i32");
      f.tee(offset).op("i64.extend_i32_u").i64(HIGH).i64(0n).get(offset).op("select", "i64.or");
      break;
    }
  }
  frame.set(REG.R0);
}

/**
 * Emits the lookup in an array whose place is known, without leaving WebAssembly. `slot` is the piece of the stack that
 * holds the key, if that lives in a local.
 */
export function emitArrayLookup(frame: FrameBuilder, array: ArrayPlace, slot: StackSlot | undefined): void {
  const { f } = frame;
  const { base, stride, maxEntries, constantKey, perCpu } = array;
  const first = HIGH + BigInt(base);
  /** Adds the distance to the area of the CPU that runs. */
  const addCpu = (): void => {
    if (perCpu === undefined) return;
    f.i32(0).memory("i64.load32_u", CURRENT_CPU).i64(BigInt(perCpu)).op("i64.mul", "i64.add");
  };
  if (constantKey !== undefined) {
    f.i64(first + BigInt(constantKey * stride));
    addCpu();
  } else {
    const key = slot === undefined ? frame.scratch("key", "i32") : frame.slot(slot);
    if (slot === undefined) {
      frame.getLow(REG.R2);
      f.memory("i32.load", 0).set(key);
    }
    f.get(key).op("i64.extend_i32_u").i64(BigInt(stride)).op("i64.mul").i64(first).op("i64.add");
    addCpu();
    f.i64(0n).get(key).i32(maxEntries).op("i32.lt_u", "select");
  }
  frame.set(REG.R0);
}
