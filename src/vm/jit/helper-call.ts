import type { Passing } from "../../helpers/row.ts";
import { REG } from "../../isa/constants.ts";
import { DIRECT_MAP, RETURN_HIGH } from "../../memory/memory.ts";
import type { CallTarget } from "../call.ts";
import type { FrameBuilder } from "./frame.ts";

/** Upper half of every direct-map address, in place. */
const HIGH = DIRECT_MAP;

/** Emits the call of a helper that was imported as function `index`. */
export function emitHelperCall(frame: FrameBuilder, target: CallTarget, index: number): void {
  const { f } = frame;
  for (const { register, half } of target.args) {
    if (half === "low") frame.getLow(register);
    else {
      frame.get(register);
      f.i64(32n).op("i64.shr_u", "i32.wrap_i64");
    }
  }
  f.call(index);
  emitResult(frame, target.passing);
}

function emitResult(frame: FrameBuilder, passing: Passing): void {
  const { f } = frame;
  switch (passing) {
    case "void":
      return;
    case "i32":
      f.op("i64.extend_i32_s");
      break;
    case "u64":
      f.op("i64.extend_i32_u").i32(0).memory("i64.load32_u", RETURN_HIGH).i64(32n).op("i64.shl", "i64.or");
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
 * Emits the lookup in an array whose place is known, without leaving WebAssembly. `constantKey` is a key that the verifier
 * proved to be that and in range. True if it could be done.
 */
export function emitArrayLookup(frame: FrameBuilder, target: CallTarget, constantKey: number | undefined): boolean {
  const elements = target.map?.elements;
  if (target.name !== "map_lookup_elem" || elements === undefined) return false;
  const { f } = frame;
  const first = HIGH + BigInt(elements.base);
  if (constantKey !== undefined) {
    f.i64(first + BigInt(constantKey * elements.stride));
  } else {
    const key = frame.scratch("key", "i32");
    frame.getLow(REG.R2);
    f.memory("i32.load", 0).tee(key).op("i64.extend_i32_u");
    f.i64(BigInt(elements.stride)).op("i64.mul").i64(first).op("i64.add");
    f.i64(0n).get(key).i32(target.map!.spec.maxEntries).op("i32.lt_u", "select");
  }
  frame.set(REG.R0);
  return true;
}
