/**
 * Memory for the registers and stack slots of frames. Each state that waits or is remembered has its own copy, so a
 * verification makes as many as a hundred thousand; making a typed array costs several times what filling one does. So they
 * are cut from larger ones, and used again when a state is finished.
 */
import { REGISTER_COUNT } from "../isa/constants.ts";
import type { Words } from "./int64.ts";
import { REGISTER_WORDS } from "./registers.ts";

/** Where stack slots begin in a frame's words: after the registers. Slot i is the 8 bytes at fp-8*(i+1). */
export const SLOTS = REGISTER_COUNT * REGISTER_WORDS;
/** A slot is the spilled register and one word of byte types. */
export const SLOT_WORDS = REGISTER_WORDS + 1;
/** Bytes of stack of one frame. */
export const MAX_STACK = 512;

/** Slots are added in steps of this many, so that memory fits the next frame that needs some. */
const SLOT_STEP = 4;
/** Frames in one piece of memory. */
const PIECE = 32;
const MAX_FREE = 512;

interface Size {
  /** Words of finished frames. */
  readonly free: Words[];
  piece: Words;
  /** Frames that have been cut from the piece. */
  used: number;
}

/** By steps of slots. */
const SIZES: readonly Size[] = Array.from({ length: MAX_STACK / 8 / SLOT_STEP + 1 }, () => ({
  free: [],
  piece: new Int32Array(0),
  used: PIECE,
}));

/** Words for a frame with at least `slots` stack slots. */
export const capacityFor = (slots: number): number => SLOTS + Math.ceil(slots / SLOT_STEP) * SLOT_STEP * SLOT_WORDS;

const sizeOf = (length: number): Size => SIZES[(length - SLOTS) / (SLOT_STEP * SLOT_WORDS)];

/** Words with any content; `length` is a capacity. */
export function takeWords(length: number): Words {
  const size = sizeOf(length);
  const known = size.free.pop();
  if (known !== undefined) return known;
  if (size.used === PIECE) {
    size.piece = new Int32Array(PIECE * length);
    size.used = 0;
  }
  return new Int32Array(size.piece.buffer, 4 * length * size.used++, length);
}

/** Nobody uses the words any more. */
export function giveWords(words: Words): void {
  const { free } = sizeOf(words.length);
  if (free.length < MAX_FREE) free.push(words);
}
