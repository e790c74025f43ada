/** What the verifier knows at one point of one path: the frames of nested calls, each with registers and stack. */
import { REGISTER_COUNT } from "../isa/constants.ts";
import { capacityFor, giveWords, SLOT_WORDS, SLOTS, takeWords } from "./frame-words.ts";
import type { Words } from "./int64.ts";
import type { LoopVisit } from "./loops.ts";
import { NO_WORDS, packWords, unpackWords } from "./packed-words.ts";
import { FRAME, markNotInit, markPointer, PRECISE, REGISTER_WORDS, TYPE, TYPES } from "./registers.ts";
import { NOTHING_HELD, type Resources } from "./resources.ts";

export { MAX_STACK, SLOT_WORDS, SLOTS } from "./frame-words.ts";

/** In a slot: the types of its 8 bytes, 4 bits each; byte 7 is the one at the lowest address. */
export const BYTES = REGISTER_WORDS;

/** What a byte of the stack holds. */
export const BYTE = { INVALID: 0, SPILL: 1, MISC: 2, ZERO: 3, DYNPTR: 4, ITER: 5, IRQ_FLAG: 6 } as const;
export const ALL_SPILL = 0x1111_1111;
export const ALL_MISC = 0x2222_2222;

/** Nested calls, the main function included. */
export const MAX_FRAMES = 8;
/** `callsite` of the outermost frame. */
export const MAIN = -1;

/** How a function came to run: it was called, a helper calls it back, or it runs later on its own (a timer's). */
export type FrameKind = "called" | "callback" | "async";

/** What a callback may return. */
export interface ReturnRange {
  readonly min: number;
  readonly max: number;
}

/** One function that is being executed. */
export class Frame {
  /** Registers, then stack slots. */
  words: Words;
  /** How many stack slots have been touched; the rest is invalid. */
  slots: number;
  /** 0 for the main function. */
  readonly index: number;
  /** Instruction that called, or `MAIN`. */
  readonly callsite: number;
  readonly subprogram: number;
  kind: FrameKind = "called";
  /** Of a callback. */
  returns: ReturnRange | undefined;
  /** How often the helper at the current instruction has called back so far. */
  callbackDepth = 0;
  /** Of what runs later: it may wait. */
  sleepable = false;
  /** Of what runs later: how many such functions, one started by the other, led here. */
  asyncEntries = 0;

  constructor(index: number, callsite: number, subprogram: number, words: Words, slots: number) {
    this.index = index;
    this.callsite = callsite;
    this.subprogram = subprogram;
    this.words = words;
    this.slots = slots;
  }

  copy(): Frame {
    // Same capacity, so the copy is one move of memory; what lies behind the last slot does not matter.
    const words = takeWords(this.words.length);
    words.set(this.words);
    const copied = new Frame(this.index, this.callsite, this.subprogram, words, this.slots);
    copied.kind = this.kind;
    copied.returns = this.returns;
    copied.callbackDepth = this.callbackDepth;
    copied.asyncEntries = this.asyncEntries;
    copied.sleepable = this.sleepable;
    return copied;
  }

  /** Makes room for `slots` stack slots. */
  grow(slots: number): void {
    if (slots <= this.slots) return;
    const needed = SLOTS + slots * SLOT_WORDS;
    if (needed > this.words.length) {
      const words = takeWords(capacityFor(slots));
      words.set(this.words);
      giveWords(this.words);
      this.words = words;
    }
    this.words.fill(0, SLOTS + this.slots * SLOT_WORDS, needed);
    this.slots = slots;
  }
}

/** A function's registers before its first instruction: none is set but the frame pointer. */
export function enterFrame(index: number, callsite: number, subprogram: number): Frame {
  const words = takeWords(capacityFor(1));
  for (let register = 0; register < REGISTER_COUNT; register++) markNotInit(words, register * REGISTER_WORDS);
  const fp = (REGISTER_COUNT - 1) * REGISTER_WORDS;
  markPointer(words, fp, TYPES.STACK);
  words[fp + FRAME] = index;
  return new Frame(index, callsite, subprogram, words, 0);
}

/** First word of stack slot `slot`. */
export const slotAt = (slot: number): number => SLOTS + slot * SLOT_WORDS;

export const byteType = (w: Words, slot: number, byte: number): number => (w[slot + BYTES] >>> (byte * 4)) & 15;

export function setByteType(w: Words, slot: number, byte: number, type: number): void {
  w[slot + BYTES] = (w[slot + BYTES] & ~(15 << (byte * 4))) | (type << (byte * 4));
}

/** The slot holds a register or an object of Linux. */
export const isSpecial = (w: Words, slot: number): boolean => {
  const type = w[slot + BYTES] >>> 28;
  return type === BYTE.SPILL || type > BYTE.ZERO;
};

/** The slot holds a register, whole or its lower part. */
export const isSpilled = (w: Words, slot: number): boolean => w[slot + BYTES] >>> 28 === BYTE.SPILL;
export const isSpilledScalar = (w: Words, slot: number): boolean =>
  isSpilled(w, slot) && w[slot + TYPE] === TYPES.SCALAR;

/** A point of a path. The states at checkpoints form a tree through `parent`. */
export class State {
  #frames: Frame[];
  /** The words of the frames while nobody looks at them. */
  #packed: readonly Words[] | undefined;
  /** Somebody looked at the frames since `rest` was called last. */
  #looked = true;
  /** What must be given back. Replaced, never changed. */
  resources: Resources = NOTHING_HELD;
  /** Callbacks that were entered on this path, and checkpoints that it passed: how rounds of a loop are told apart. */
  callbackRounds = 0;
  depth = 0;
  /** The checkpoint that this path passed last. */
  parent: State | undefined;
  /** Paths from here that are not finished. */
  branches = 1;
  /** Where the state is; of a checkpoint, where it was taken. */
  index = 0;
  /** First instruction since the parent. */
  first = 0;
  /** The instruction before `index` on this path. */
  last = -1;
  /** How instructions since the parent were reached and what they did, see history.ts. */
  history: number[] = [];
  /** Only of checkpoints: how often it helped and how often it did not, and whether dead registers were cleared. */
  hits = 0;
  misses = 0;
  cleaned = false;
  /** Dropped from the list of checkpoints; kept while paths depend on it. */
  dropped = false;
  /** Of checkpoints: the step before which it was taken, if explorations are recorded. */
  recordedAt = -1;
  /** Of checkpoints in a loop: the pass through the loop that they belong to. */
  visit: LoopVisit | undefined;
  /** How often this path has taken `may_goto`'s way into the loop. */
  mayGotoDepth = 0;
  /** Only a processor that mispredicts a branch gets here. */
  speculative = false;

  constructor(frames: Frame[]) {
    this.#frames = frames;
  }

  /** Outermost first. */
  get frames(): Frame[] {
    if (this.#packed !== undefined) {
      unpackWords(this.#packed, this.#frames);
      this.#packed = undefined;
      this.#looked = true;
    }
    return this.#frames;
  }

  get frame(): Frame {
    const { frames } = this;
    return frames[frames.length - 1];
  }

  /**
   * Takes less memory until somebody looks, unless it was looked at since this was called last. What is as in `like`, a
   * state that rests, is shared with it. False when the state was released.
   */
  rest(like: State | undefined): boolean {
    if (this.#frames.length === 0) return false;
    if (this.#packed === undefined && !this.#looked) {
      this.#packed = packWords(this.#frames, like === undefined ? undefined : like.#packed);
      for (const frame of this.#frames) {
        giveWords(frame.words);
        frame.words = NO_WORDS;
      }
    }
    this.#looked = false;
    return true;
  }

  copy(): State {
    const frames: Frame[] = [];
    for (let index = 0; index < this.frames.length; index++) frames.push(this.frames[index].copy());
    const copied = new State(frames);
    copied.resources = this.resources;
    copied.callbackRounds = this.callbackRounds;
    copied.parent = this.parent;
    copied.index = this.index;
    copied.first = this.first;
    copied.last = this.last;
    copied.history = this.history.slice();
    copied.depth = this.depth;
    copied.mayGotoDepth = this.mayGotoDepth;
    copied.speculative = this.speculative;
    return copied;
  }

  /** Nobody looks at this state any more: its memory serves another. */
  release(): void {
    if (this.#packed === undefined) for (const frame of this.#frames) giveWords(frame.words);
    this.#packed = undefined;
    this.#frames = [];
  }
}

/** Calls `visit` with the words and place of each register and each spilled register of all frames. */
export function forEachRegister(state: State, visit: (w: Words, r: number) => void): void {
  for (const { words, slots } of state.frames) {
    for (let register = 0; register < REGISTER_COUNT; register++) visit(words, register * REGISTER_WORDS);
    for (let slot = 0; slot < slots; slot++) if (isSpilled(words, slotAt(slot))) visit(words, slotAt(slot));
  }
}

/** Forgets which numbers must be compared exactly: a new checkpoint collects its own. */
export function forgetPrecision(state: State): void {
  forEachRegister(state, (w, r) => {
    if (w[r + TYPE] === TYPES.SCALAR) w[r + PRECISE] = 0;
  });
}

/** Both states are reached by the same chain of calls. */
export function sameCallsites(a: State, b: State): boolean {
  if (a.frames.length !== b.frames.length) return false;
  for (let frame = 0; frame < a.frames.length; frame++)
    if (a.frames[frame].callsite !== b.frames[frame].callsite) return false;
  return true;
}

/** The instruction at which a frame of a state stands: where it is, or the call that it waits for. */
export const frameIndex = (state: State, frame: number): number =>
  frame === state.frames.length - 1 ? state.index : state.frames[frame + 1].callsite;
