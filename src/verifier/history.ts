/**
 * How a path came along since its last checkpoint, for the way back: between checkpoints instructions follow each other,
 * except where the history says otherwise. It is a list of numbers, `ENTRY` an entry:
 *
 * ```
 * INDEX  PREVIOUS  FLAGS  LINKED  LINKED + 1
 * flags:  11 SRC_ON_STACK  10 DST_ON_STACK  9 STACK_ACCESS  8..3 stack slot  2..0 frame
 * linked: three places of 10 bits in each word; 0 is none
 * place:  9..7 frame  6..0 one more than the stack slot, or than 64 + the register
 * ```
 */

export const INDEX = 0;
export const PREVIOUS = 1;
export const FLAGS = 2;
export const LINKED = 3;
export const ENTRY = 5;

export const STACK_ACCESS = 1 << 9;
export const DST_ON_STACK = 1 << 10;
export const SRC_ON_STACK = 1 << 11;

export const stackAccess = (frame: number, slot: number): number => STACK_ACCESS | (slot << 3) | frame;
export const accessedFrame = (flags: number): number => flags & 7;
export const accessedSlot = (flags: number): number => (flags >> 3) & 63;

/** How many places Linux remembers at a jump. */
export const MAX_LINKED = 6;
const PLACE_BITS = 10;
const PLACE_MASK = (1 << PLACE_BITS) - 1;
const FIRST_REGISTER = 64;

export const registerPlace = (frame: number, register: number): number =>
  (frame << 7) | (FIRST_REGISTER + register + 1);
export const slotPlace = (frame: number, slot: number): number => (frame << 7) | (slot + 1);
export const placeFrame = (place: number): number => place >> 7;
/** The register of a place, or a negative number if it is a stack slot. */
export const placeRegister = (place: number): number => (place & 127) - 1 - FIRST_REGISTER;
export const placeSlot = (place: number): number => (place & 127) - 1;

/** Registers and stack slots that were equal when a branch was decided, so that precision passes from one to all. */
export class Places {
  readonly #places = new Int32Array(MAX_LINKED);
  count = 0;

  clear(): void {
    this.count = 0;
  }

  /** False if there is no room for another one. */
  add(place: number): boolean {
    if (this.count === MAX_LINKED) return false;
    this.#places[this.count++] = place;
    return true;
  }

  at(index: number): number {
    return this.#places[index];
  }

  /** The word of an entry for the first (0) or the last (1) three places. */
  packed(half: 0 | 1): number {
    let word = 0;
    for (let k = Math.min(this.count, 3 * half + 3) - 1; k >= 3 * half; k--)
      word = (word << PLACE_BITS) | this.#places[k];
    return word;
  }
}

/** The place of number `k` in an entry that begins at `entry`; 0 for none. */
export const linkedPlace = (history: readonly number[], entry: number, k: number): number =>
  k < 3
    ? (history[entry + LINKED] >> (k * PLACE_BITS)) & PLACE_MASK
    : (history[entry + LINKED + 1] >> ((k - 3) * PLACE_BITS)) & PLACE_MASK;
