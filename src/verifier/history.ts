/**
 * The way back along a path: between checkpoints instructions follow each other, except where the history says otherwise.
 *
 * ```
 * flags of an entry:  11 SRC_ON_STACK  10 DST_ON_STACK  9 STACK_ACCESS  8..3 stack slot  2..0 frame
 * ```
 */
import type { HistoryEntry, State } from "./state.ts";

export const STACK_ACCESS = 1 << 9;
export const DST_ON_STACK = 1 << 10;
export const SRC_ON_STACK = 1 << 11;

export const stackAccess = (frame: number, slot: number): number => STACK_ACCESS | (slot << 3) | frame;
export const accessedFrame = (flags: number): number => flags & 7;
export const accessedSlot = (flags: number): number => (flags >> 3) & 63;

/** Walks one state's instructions backwards, from the one at `from`. */
export class Walk {
  index: number;
  readonly #state: State;
  #left: number;

  constructor(state: State, from: number) {
    this.#state = state;
    this.#left = state.history.length;
    this.index = from;
  }

  /** What was noted about the instruction. */
  get entry(): HistoryEntry | undefined {
    const entry = this.#state.history[this.#left - 1];
    return entry?.index === this.index ? entry : undefined;
  }

  /** Goes to the instruction before; false at the state's first one. */
  back(): boolean {
    const { history, first } = this.#state;
    if (this.index === first) {
      if (this.#left === 0) return false;
      if (this.#left === 1 && history[0].index === this.index) return false;
    }
    const entry = this.entry;
    if (entry) {
      this.index = entry.previous;
      this.#left--;
    } else this.index--;
    return true;
  }
}
