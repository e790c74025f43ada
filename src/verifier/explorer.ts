/** Writes down an exploration while it happens. The words of the current path are kept to see what each step changes. */
import { REGISTER_COUNT } from "../isa/constants.ts";
import {
  type Branch,
  type BranchEnd,
  type Exploration,
  FIRST_SLOT,
  FULL_FRAME,
  PLACES_PER_FRAME,
  type PrecisionMark,
  type Step,
} from "./exploration.ts";
import type { Known } from "./format-state.ts";
import { SLOT_WORDS } from "./frame-words.ts";
import type { Words } from "./int64.ts";
import { REGISTER_WORDS } from "./registers.ts";
import { MAX_FRAMES, type State, slotAt } from "./state.ts";

/** Bounds of what is kept: about 100 MB at most. */
const MAX_STEPS = 200_000;
const MAX_BRANCHES = 20_000;
const MAX_CHANGED_WORDS = 16_000_000;
const MAX_MARKS = 200_000;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export class Explorer {
  readonly #branches: Branch[] = [];
  readonly #steps: Writable<Step>[] = [];
  readonly #marks: PrecisionMark[] = [];
  #changes: Words = new Int32Array(1 << 12);
  #length = 0;
  #branch: Branch | undefined;
  #truncated: string | undefined;
  /** The path's words as far as they have been written down. */
  readonly #known: Words[] = Array.from({ length: MAX_FRAMES }, () => new Int32Array(FULL_FRAME));
  #frames = 0;
  #checkpoint = false;

  /** The step that is being followed, or was last. */
  get step(): number {
    return this.#steps.length - 1;
  }

  /** The step before that one on its path. */
  get stepBefore(): number {
    const branch = this.#branch;
    return branch === undefined || this.step > branch.first ? this.step - 1 : branch.fork;
  }

  /** A branch begins at an instruction, parting from another at step `fork`. */
  begin(state: State, insn: number, fork: number): void {
    this.#branch = undefined;
    if (this.#branches.length === MAX_BRANCHES) this.#truncated ??= `more than ${MAX_BRANCHES} branches`;
    if (this.#truncated !== undefined) return;
    this.#know(state);
    this.#branch = {
      number: this.#branches.length,
      ...{ fork, insn, first: this.#steps.length, count: 0, end: "cut", at: insn },
      entry: state.frames.map(({ words, slots }) => words.slice(0, slotAt(slots))),
      callsites: state.frames.map(({ callsite }) => callsite),
    };
    this.#branches.push(this.#branch);
  }

  /** The state before the next step is kept as a checkpoint. */
  checkpoint(state: State): void {
    if (this.#branch === undefined) return;
    this.#checkpoint = true;
    state.recordedAt = this.#steps.length;
  }

  /** The instruction is about to be followed. */
  enter(insn: number): void {
    if (this.#steps.length === MAX_STEPS) this.#stop(`more than ${MAX_STEPS} steps`);
    const branch = this.#branch;
    if (branch === undefined) return;
    const from = this.#length;
    this.#steps.push({ insn, branch: branch.number, frames: 0, from, to: from, checkpoint: this.#checkpoint });
    this.#checkpoint = false;
    branch.count++;
    branch.at = insn;
  }

  /** The instruction has been followed: what it changed is written down. */
  leave(state: State): void {
    if (this.#branch === undefined) return;
    const step = this.#steps[this.#steps.length - 1];
    for (let frame = this.#frames; frame < state.frames.length; frame++) this.#known[frame].fill(0);
    state.frames.forEach(({ words, slots }, frame) => {
      const known = this.#known[frame];
      for (let register = 0; register < REGISTER_COUNT; register++)
        this.#compare(known, words, register * REGISTER_WORDS, REGISTER_WORDS, frame * PLACES_PER_FRAME + register);
      for (let slot = 0; slot < slots; slot++)
        this.#compare(known, words, slotAt(slot), SLOT_WORDS, frame * PLACES_PER_FRAME + FIRST_SLOT + slot);
    });
    this.#frames = state.frames.length;
    step.frames = this.#frames;
    step.to = this.#length;
    if (this.#length > MAX_CHANGED_WORDS) this.#stop("more changes than are kept");
  }

  /** The branch ends. */
  end(end: BranchEnd, insn: number, coveredBy?: State): void {
    const branch = this.#branch;
    if (branch === undefined) return;
    branch.end = end;
    branch.at = insn;
    if (coveredBy !== undefined && coveredBy.recordedAt >= 0) branch.coveredBy = coveredBy.recordedAt;
  }

  /** A number in a checkpoint was found to matter to the current instruction. */
  mark(checkpoint: State, frame: number, name: string): void {
    if (checkpoint.recordedAt < 0 || this.#marks.length === MAX_MARKS) return;
    this.#marks.push({ by: this.step, at: checkpoint.recordedAt, frame, name });
  }

  finish(known: Known): Exploration {
    return {
      known,
      branches: this.#branches,
      steps: this.#steps,
      changes: this.#changes.slice(0, this.#length),
      marks: this.#marks,
      ...(this.#truncated === undefined ? {} : { truncated: this.#truncated }),
    };
  }

  #stop(reason: string): void {
    this.#truncated ??= reason;
    this.#branch = undefined;
  }

  #know(state: State): void {
    this.#frames = state.frames.length;
    state.frames.forEach(({ words, slots }, frame) => {
      this.#known[frame].fill(0);
      this.#known[frame].set(words.subarray(0, slotAt(slots)));
    });
  }

  #compare(known: Words, now: Words, at: number, length: number, place: number): void {
    let same = true;
    for (let k = 0; k < length && same; k++) same = known[at + k] === now[at + k];
    if (same) return;
    if (this.#length + 1 + length > this.#changes.length) {
      const larger = new Int32Array(2 * this.#changes.length);
      larger.set(this.#changes);
      this.#changes = larger;
    }
    this.#changes[this.#length] = place;
    for (let k = 0; k < length; k++) this.#changes[this.#length + 1 + k] = known[at + k] = now[at + k];
    this.#length += 1 + length;
  }
}
