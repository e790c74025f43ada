import { REG } from "../../isa/constants.ts";
import type { CallTarget } from "../call.ts";
import { MAX_TAIL_CALLS } from "../types.ts";
import type { FrameBuilder } from "./frame.ts";
import { emitArguments, emitWholeResult } from "./helper-call.ts";

/** What a tail call needs of the module. */
export interface TailCallModule {
  /** Globals: tail calls that the run has made; the end of the free stack. */
  readonly count: number;
  readonly stackPointer: number;
  /** The type of entries: (context) -> low half of r0. */
  readonly entryType: number;
  /** The import that finds the program where the map is not known before the run. */
  readonly find: number | undefined;
}

/**
 * Emits a tail call: if the array has a program at the index and the limit is not reached, that program goes on in place of
 * this function, on its piece of stack. Otherwise control comes out behind it.
 */
export function emitTailCall(
  frame: FrameBuilder,
  target: CallTarget,
  { count, stackPointer, entryType, find }: TailCallModule,
  place: "main" | "subprogram",
): void {
  const { f } = frame;
  const slot = frame.scratch("slot", "i32");
  const { programs } = target;
  if (programs === undefined) {
    emitArguments(frame, target.args);
    f.call(find!).set(slot);
  } else {
    f.i32(0).set(slot);
    frame.getLow(REG.R3);
    f.i32(programs.maxEntries).op("i32.lt_u").begin("if");
    frame.getLow(REG.R3);
    f.i32(programs.stride).op("i32.mul").memory("i32.load", programs.base).set(slot).op("end");
  }
  f.get(slot).op("i32.eqz", "i32.eqz").indexed("global.get", count).i32(MAX_TAIL_CALLS).op("i32.lt_u", "i32.and");
  f.begin("if");
  f.indexed("global.get", count).i32(1).op("i32.add").indexed("global.set", count);
  if (place === "main") {
    frame.top();
    f.indexed("global.set", stackPointer);
    frame.getLow(REG.R1);
    f.get(slot).callIndirect("return_call_indirect", entryType);
  } else {
    // A subprogram's type differs from an entry's, so this one waits for the other's result and hands it on.
    const reserved = frame.scratch("reserved", "i32");
    f.indexed("global.get", stackPointer).set(reserved);
    frame.top();
    f.indexed("global.set", stackPointer);
    frame.getLow(REG.R1);
    f.get(slot).callIndirect("call_indirect", entryType);
    f.get(reserved).indexed("global.set", stackPointer);
    emitWholeResult(f);
    f.op("return");
  }
  f.op("end");
}
