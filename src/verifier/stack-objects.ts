/**
 * Objects of Linux that lie on the program's stack, in whole slots: iterators, dynptrs, saved interrupt states. Their slots
 * hold no data that may be read or written; the register part of a slot says which object it is.
 *
 * ```
 * iterator:  AUX BTF id of its struct  EXTRA state  FRAME depth  REF reference (first slot only)
 * dynptr:    AUX kind  EXTRA 1 in the first slot  ID, REF
 * irq flag:  REF
 * ```
 */
import { type Environment, registerAt } from "./environment.ts";
import { toNumber } from "./int64.ts";
import { markNotInit, markPointer, OFF, TYPES, VALUE } from "./registers.ts";
import { stackOf } from "./stack.ts";
import { BYTES, type Frame, MAX_STACK, slotAt } from "./state.ts";
import { tnumIsConst } from "./tnum.ts";

/** Where an object lies: `slot` is its first one, at the lowest address; the others have lower numbers. */
export interface StackObject {
  readonly frame: Frame;
  readonly slot: number;
  readonly slots: number;
}

/** The place that a register points to cannot hold an object, though it may once the stack has grown. */
export const OUTSIDE = "outside";

/** The place cannot hold an object: it is not in whole slots, or not at a constant offset. The log says so. */
export const INVALID = "invalid";

/** The slots that a register points to, for an object of so many. */
export function findStackObject(
  env: Environment,
  register: number,
  kind: string,
  slots: number,
): StackObject | typeof OUTSIDE | typeof INVALID {
  const w = env.words;
  const r = registerAt(register);
  if (!tnumIsConst(w, r + VALUE)) {
    env.log.write(`${kind} has to be at a constant offset\n`);
    return INVALID;
  }
  const offset = w[r + OFF] + toNumber(w, r + VALUE);
  // Linux divides towards 0, so that the place above the stack counts as its first slot until it is accessed.
  const slot = Math.trunc((-offset - 1) / 8);
  if (offset % 8 !== 0 || slot + 1 < slots) {
    env.log.write(`cannot pass in ${kind} at an offset=${offset}\n`);
    return INVALID;
  }
  const frame = stackOf(env, w, r);
  if (slot >= frame.slots || slot >= MAX_STACK / 8) return OUTSIDE;
  return { frame, slot, slots };
}

/** Whether all bytes of the object's slots are of one type, or with `some` any is. */
export function hasBytes({ frame, slot, slots }: StackObject, type: number, some = false): boolean {
  for (let k = 0; k < slots; k++) {
    const types = frame.words[slotAt(slot - k) + BYTES];
    for (let byte = 0; byte < 8; byte++) {
      const is = ((types >>> (4 * byte)) & 15) === type;
      if (is === some) return some;
    }
  }
  return !some;
}

/** Makes the slots an object's; `describe` fills the register part of each, `k` counted from the first. */
export function placeStackObject(
  env: Environment,
  { frame, slot, slots }: StackObject,
  byte: number,
  describe: (w: Int32Array, r: number, k: number) => void,
): void {
  for (let k = 0; k < slots; k++) {
    const r = slotAt(slot - k);
    markPointer(frame.words, r, TYPES.STACK);
    frame.words[r + BYTES] = byte * 0x1111_1111;
    describe(frame.words, r, k);
    env.stacks.wrote(frame, -8 * (slot - k + 1), 8);
    env.touchSlot(slot - k);
  }
}

/** The object is gone; its slots hold nothing. */
export function removeStackObject(env: Environment, { frame, slot, slots }: StackObject): void {
  for (let k = 0; k < slots; k++) {
    const r = slotAt(slot - k);
    markNotInit(frame.words, r);
    frame.words[r + BYTES] = 0;
    env.stacks.wrote(frame, -8 * (slot - k + 1), 8);
    env.touchSlot(slot - k);
  }
}

/** A function of Linux reads the object. */
export function readStackObject(env: Environment, { frame, slot, slots }: StackObject): void {
  for (let k = 0; k < slots; k++) {
    env.stacks.read(frame, slot - k);
    env.touchSlot(slot - k);
  }
}
