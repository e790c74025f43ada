/**
 * All that a verification followed, as data: a tree of branches, each a row of steps; what each step changed; where a branch
 * ended because an older one covers it; which numbers were found to matter. It can be walked in both directions.
 */
import { REGISTER_COUNT } from "../isa/constants.ts";
import { formatRegister, formatSlot, type Known } from "./format-state.ts";
import { SLOT_WORDS, SLOTS } from "./frame-words.ts";
import type { Words } from "./int64.ts";
import { REGISTER_WORDS, TYPE, TYPES } from "./registers.ts";
import { slotAt } from "./state.ts";

/** How a branch ended. `cut`: the record was full, or the verification stopped elsewhere. */
export type BranchEnd = "exit" | "covered" | "refused" | "cut";

/** A way through the program from where it parted from another one to its end. */
export interface Branch {
  /** Index in `Exploration.branches`. */
  readonly number: number;
  /** The step (a conditional jump, or a call that may go two ways) at which it parted; -1 for the first branch. */
  readonly fork: number;
  /** The instruction that it begins with. */
  readonly insn: number;
  /** Its steps are `first`, `first + 1`, ..., `first + count - 1`. */
  readonly first: number;
  count: number;
  end: BranchEnd;
  /** The instruction where it ended: with `covered`, the one that was not followed any more. */
  at: number;
  /** The step whose state (before it) covers this one. */
  coveredBy?: number;
  /** What was known at its beginning: the words of each frame, registers then stack slots. */
  readonly entry: readonly Words[];
  readonly callsites: readonly number[];
}

/** One instruction of one branch. */
export interface Step {
  readonly insn: number;
  readonly branch: number;
  /** Frames after it. */
  readonly frames: number;
  /** Its changes are `Exploration.changes[from..to]`. */
  readonly from: number;
  readonly to: number;
  /** The state before it was kept, to compare later paths with it. */
  readonly checkpoint: boolean;
}

/** The exact value of a number in a checkpoint was found to decide something. */
export interface PrecisionMark {
  /** The step that asked. */
  readonly by: number;
  /** The step before which the checkpoint was taken. */
  readonly at: number;
  readonly frame: number;
  /** `r3` or `fp-8`. */
  readonly name: string;
}

export interface Exploration {
  /** What values are spelled with: maps, Linux's types. */
  readonly known: Known;
  readonly branches: readonly Branch[];
  readonly steps: readonly Step[];
  /** Changes behind each other: a place (frame * 128 + register, or + 16 + stack slot), then the new words of it. */
  readonly changes: Words;
  readonly marks: readonly PrecisionMark[];
  /** Why the record ends before the verification did; undefined if it is whole. */
  readonly truncated?: string;
}

/** Places in `changes`. */
export const PLACES_PER_FRAME = 128;
export const FIRST_SLOT = 16;

/** The words of one frame, with room for all slots. */
export const FULL_FRAME: number = SLOTS + 64 * SLOT_WORDS;

/** One place that a step changed, with the value after it as the log spells it. */
export interface Change {
  readonly frame: number;
  readonly name: string;
  readonly value: string;
}

/** Registers and stack of one frame by name, as the log spells them; what holds nothing is left out. */
export type FrameText = Readonly<Record<string, string>>;

function placeText(w: Words, place: number, frame: number, known: Known): string | undefined {
  if (place >= FIRST_SLOT) return formatSlot(w, slotAt(place - FIRST_SLOT), frame, known);
  const r = place * REGISTER_WORDS;
  return w[r + TYPE] === TYPES.NOT_INIT ? undefined : formatRegister(w, r, frame, known);
}

const placeName = (place: number): string => (place >= FIRST_SLOT ? `fp-${8 * (place - FIRST_SLOT + 1)}` : `R${place}`);

/** Where the words of a place are in those of a frame. */
const placeStart = (place: number): number =>
  place >= FIRST_SLOT ? slotAt(place - FIRST_SLOT) : place * REGISTER_WORDS;
const placeLength = (place: number): number => (place >= FIRST_SLOT ? SLOT_WORDS : REGISTER_WORDS);

/** The step before this one on its path, across the fork of its branch; -1 at the beginning. */
export function stepBefore({ branches, steps }: Exploration, step: number): number {
  const branch = branches[steps[step].branch];
  return step > branch.first ? step - 1 : branch.fork;
}

/**
 * Stands before or after steps of an exploration. Going to a step replays its branch from its beginning, or from where the
 * cursor stands.
 *
 * @example
 * const cursor = new ExplorationCursor(verify(spec, { record: true }).exploration!);
 * cursor.goTo(3);
 * cursor.frames()[0].R0; // "scalar()": what was known before step 3
 */
export class ExplorationCursor {
  readonly #exploration: Exploration;
  #branch = -1;
  /** Steps of the branch that have been applied. */
  #applied = 0;
  #words: Words[] = [];
  #frames = 0;

  constructor(exploration: Exploration) {
    this.#exploration = exploration;
  }

  /** Words of the frames, outermost first, where the cursor stands; to be read only. */
  get words(): readonly Words[] {
    return this.#words.slice(0, this.#frames);
  }

  /** Stands before a step: what is known is what that instruction meets. */
  goTo(step: number): this {
    const { branch } = this.#exploration.steps[step];
    return this.#stand(branch, step - this.#exploration.branches[branch].first);
  }

  /** Stands after a step. */
  goAfter(step: number): this {
    const { branch } = this.#exploration.steps[step];
    return this.#stand(branch, step - this.#exploration.branches[branch].first + 1);
  }

  /** Stands at the beginning of a branch, which may have no step. */
  goToBranch(branch: number): this {
    return this.#stand(branch, 0);
  }

  /** What is known where the cursor stands, frame by frame. */
  frames(): FrameText[] {
    const { known } = this.#exploration;
    return this.words.map((w, frame) => {
      const text: Record<string, string> = {};
      for (let place = 0; place < FIRST_SLOT + 64; place++) {
        if (place >= REGISTER_COUNT && place < FIRST_SLOT) continue;
        const value = placeText(w, place, frame, known);
        if (value !== undefined) text[placeName(place)] = value;
      }
      return text;
    });
  }

  #stand(branch: number, steps: number): this {
    const { branches, steps: all, changes } = this.#exploration;
    const { first, entry } = branches[branch];
    if (branch !== this.#branch || steps < this.#applied) {
      this.#words = entry.map((words) => {
        const full = new Int32Array(FULL_FRAME);
        full.set(words);
        return full;
      });
      this.#frames = entry.length;
      this.#branch = branch;
      this.#applied = 0;
    }
    for (; this.#applied < steps; this.#applied++) {
      const step = all[first + this.#applied];
      for (let at = step.from; at < step.to; ) {
        const place = changes[at] % PLACES_PER_FRAME;
        const frame = Math.floor(changes[at] / PLACES_PER_FRAME);
        const length = placeLength(place);
        this.#words[frame] ??= new Int32Array(FULL_FRAME);
        this.#words[frame].set(changes.subarray(at + 1, at + 1 + length), placeStart(place));
        at += 1 + length;
      }
      // What a function left behind is not there when the next one is called.
      for (let frame = step.frames; frame < this.#words.length; frame++) this.#words[frame].fill(0);
      this.#frames = step.frames;
    }
    return this;
  }
}

/** What a step changed, in the log's words. */
export function changesOf({ steps, changes, known }: Exploration, step: number): Change[] {
  const found: Change[] = [];
  const w = new Int32Array(FULL_FRAME);
  for (let at = steps[step].from; at < steps[step].to; ) {
    const place = changes[at] % PLACES_PER_FRAME;
    const frame = Math.floor(changes[at] / PLACES_PER_FRAME);
    const length = placeLength(place);
    w.set(changes.subarray(at + 1, at + 1 + length), placeStart(place));
    found.push({ frame, name: placeName(place), value: placeText(w, place, frame, known) ?? "?" });
    at += 1 + length;
  }
  return found;
}

/** An exploration as JSON: branches with their steps, values in the log's words. */
export interface ExplorationJson {
  readonly branches: readonly {
    readonly fork: number;
    readonly insn: number;
    readonly first: number;
    readonly end: BranchEnd;
    readonly at: number;
    readonly coveredBy?: number;
    /** What was known at its beginning. */
    readonly entry: readonly FrameText[];
    readonly steps: readonly {
      readonly insn: number;
      readonly checkpoint?: true;
      readonly changed: readonly Change[];
    }[];
  }[];
  readonly marks: readonly PrecisionMark[];
  readonly truncated?: string;
}

/** For `--json`; steps are numbered through all branches, from each branch's `first`. */
export function explorationJson(exploration: Exploration): ExplorationJson {
  const { branches, steps, marks, truncated } = exploration;
  const cursor = new ExplorationCursor(exploration);
  return {
    branches: branches.map(({ number, fork, insn, first, count, end, at, coveredBy }) => ({
      ...{ fork, insn, first, end, at },
      ...(coveredBy === undefined ? {} : { coveredBy }),
      entry: cursor.goToBranch(number).frames(),
      steps: steps.slice(first, first + count).map((step, k) => ({
        insn: step.insn,
        ...(step.checkpoint ? { checkpoint: true as const } : {}),
        changed: changesOf(exploration, first + k),
      })),
    })),
    marks,
    ...(truncated === undefined ? {} : { truncated }),
  };
}
