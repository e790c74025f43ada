import { REG } from "../../isa/constants.ts";
import { TAIL_CALLS } from "../../memory/memory.ts";
import type { CallTarget } from "../call.ts";
import { MAX_TAIL_CALLS } from "../types.ts";
import type { FrameBuilder } from "./frame.ts";
import { emitArguments, emitWholeResult } from "./helper-call.ts";

/** What a tail call needs of the module. */
export interface TailCallModule {
  /** The global that holds the end of the free stack, and whether a main function has moved it. */
  readonly stackPointer: number;
  readonly reserves: boolean;
  /** The program's own slot, and its entry, if that is known and the function is the entry: a direct jump reaches it. */
  readonly self: { readonly slot: number; readonly entry: number } | undefined;
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
  { stackPointer, reserves, self, entryType, find }: TailCallModule,
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
  const count = frame.scratch("count", "i32");
  f.i32(0).memory("i32.load", TAIL_CALLS).tee(count).i32(MAX_TAIL_CALLS).op("i32.lt_u");
  f.i32(0).get(slot).op("i32.ne", "i32.and");
  f.begin("if");
  f.i32(0).get(count).i32(1).op("i32.add").memory("i32.store", TAIL_CALLS);
  if (place === "main") {
    if (reserves) {
      frame.top();
      f.indexed("global.set", stackPointer);
    }
    if (self !== undefined) {
      // Engines take 1.5 ns to an entry that they know and 5 ns through the table.
      f.get(slot).i32(self.slot).op("i32.eq").begin("if");
      frame.getLow(REG.R1);
      f.call(self.entry, "return_call").op("end");
    }
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
