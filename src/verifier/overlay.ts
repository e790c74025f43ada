/**
 * A concrete run laid over an exploration: which step each instruction of the run is, and whether every value lies within
 * what the verifier knew there. One value outside, on a path that no older one covered, is a mistake of the verifier.
 */
import { REGISTER_COUNT } from "../isa/constants.ts";
import { type Branch, type Exploration, ExplorationCursor, stepBefore } from "./exploration.ts";
import { holds, type Surroundings } from "./holds.ts";
import type { Words } from "./int64.ts";
import { REGISTER_WORDS } from "./registers.ts";
import { BYTE, BYTES, byteType, slotAt } from "./state.ts";

/** A run before one instruction. */
export interface ConcreteStep {
  /** Slot of the program as it was written. */
  readonly insn: number;
  /** r0..r10, unsigned. */
  readonly registers: readonly bigint[];
  /** Functions that run, outermost first: r10, registers as they will be on return, the 512 bytes below r10. */
  readonly frames: readonly {
    readonly pointer: bigint;
    readonly registers: readonly bigint[];
    readonly stack: Uint8Array;
  }[];
}

/** A run with what its pointers may point to. */
export interface ConcreteRun {
  readonly steps: Iterable<ConcreteStep>;
  readonly surroundings: Omit<Surroundings, "stacks">;
}

/** One instruction of the run on the map of the exploration. */
export interface OverlayStep {
  readonly insn: number;
  /** The step of the exploration; -1 where the record has none (it was cut). */
  readonly step: number;
  /** Registers and slots whose values are not within what was known: `R3`, `fp-8`, with `[frame]` of callers. */
  readonly outside: readonly string[];
  /**
   * False from where an older path covered this one: there the verifier followed that one, whose numbers may be others
   * where nothing depends on them.
   */
  readonly claimed: boolean;
}

export interface Overlay {
  readonly steps: readonly OverlayStep[];
  /** Steps that are claimed and have values outside: none, unless the verifier is wrong. */
  readonly breaches: readonly OverlayStep[];
  /** The run went where no recorded step leads, on a path that is claimed. */
  readonly lost?: { readonly insn: number; readonly after: number };
}

/** Longer runs are laid over up to here. */
const MAX_RUN = 100_000;

/**
 * Lays a run over an exploration of the same program.
 *
 * @example overlay(verify(spec, { record: true }).exploration!, run).breaches // []
 */
export function overlay(exploration: Exploration, { steps, surroundings }: ConcreteRun): Overlay {
  const forks = forksOf(exploration);
  const cursor = new ExplorationCursor(exploration);
  const found: OverlayStep[] = [];
  let here: Position = { at: -1, claimed: true, base: 0 };
  /** Where callers of functions that were followed on their own stand. */
  const callers: Position[] = [];
  for (const concrete of steps) {
    if (found.length === MAX_RUN) break;
    while (concrete.frames.length <= here.base) here = callers.pop()!;
    let { candidates, cut } = reach(exploration, forks, here.at, concrete.insn);
    if (candidates.length === 0) {
      const own = ownBranch(exploration, concrete.insn);
      if (own !== undefined) {
        callers.push(here);
        here = { ...here, base: concrete.frames.length - 1 };
        candidates = [{ step: own.first, joined: false }];
      }
    }
    let best: OverlayStep | undefined;
    for (const { step, joined } of candidates) {
      const outside = outsideOf(cursor.goTo(step).words, concrete, here.base, surroundings);
      if (best === undefined || outside.length < best.outside.length)
        best = { insn: concrete.insn, step, outside, claimed: here.claimed && !joined };
    }
    if (best === undefined) {
      // Where an older path stands for this one, its numbers are others, and which way the run took is a guess.
      if (cut || !here.claimed) break;
      return finish(found, { insn: concrete.insn, after: here.at });
    }
    here = { at: best.step, claimed: best.claimed, base: here.base };
    found.push(best);
  }
  return finish(found);
}

/** Where a run stands in an exploration; `base` functions of the run are not part of what was followed there. */
interface Position {
  readonly at: number;
  readonly claimed: boolean;
  readonly base: number;
}

/** The beginning of a function that was followed on its own: a global one, or one that catches or runs later. */
const ownBranch = ({ branches }: Exploration, insn: number): Branch | undefined =>
  branches.find((branch) => branch.number > 0 && branch.fork < 0 && branch.insn === insn && branch.count > 0);

type Place =
  | { readonly branch: number; readonly joined: boolean }
  | { readonly step: number; readonly joined: boolean };

const finish = (steps: OverlayStep[], lost?: Overlay["lost"]): Overlay => ({
  steps,
  breaches: steps.filter(({ claimed, outside }) => claimed && outside.length > 0),
  ...(lost === undefined ? {} : { lost }),
});

/** Branches by the step at which they part. */
function forksOf({ branches }: Exploration): ReadonlyMap<number, readonly number[]> {
  const forks = new Map<number, number[]>();
  for (const { fork, number } of branches) {
    const known = forks.get(fork);
    if (known) known.push(number);
    else forks.set(fork, [number]);
  }
  return forks;
}

/** Steps that are looked at to find where a run goes on. */
const MAX_SKIPPED = 4096;

/**
 * The steps at `insn` that a path may come to after step `after` (-1: at the beginning). Jumps that always go one way are
 * not there when the program runs, so steps that changed nothing may be passed; a callback returns to its call, which is
 * followed once more and is not run once more. `cut`: the record ends on the way.
 */
function reach(
  exploration: Exploration,
  forks: ReadonlyMap<number, readonly number[]>,
  after: number,
  insn: number,
): { candidates: { step: number; joined: boolean }[]; cut: boolean } {
  const { steps } = exploration;
  const candidates: { step: number; joined: boolean }[] = [];
  const passed = new Set<number>();
  let cut = false;
  let returned = after >= 0 && returns(exploration, after);
  let waiting: Place[] = after < 0 ? [{ branch: 0, joined: false }] : next(exploration, forks, after);
  while (waiting.length > 0 && passed.size < MAX_SKIPPED) {
    const further: Place[] = [];
    for (const place of waiting) {
      const found = resolve(exploration, place);
      if (found === "cut") {
        cut = true;
        continue;
      }
      if (passed.has(found.step)) continue;
      passed.add(found.step);
      const { insn: recorded, from, to } = steps[found.step];
      if (recorded === insn) candidates.push(found);
      else if (from === to || returned)
        for (const more of next(exploration, forks, found.step))
          further.push({ ...more, joined: found.joined || more.joined });
    }
    waiting = further;
    returned = false;
  }
  return { candidates, cut };
}

/** Whether a step leaves a function. */
function returns(exploration: Exploration, step: number): boolean {
  const before = stepBefore(exploration, step);
  return before >= 0 && exploration.steps[step].frames < exploration.steps[before].frames;
}

/** Where a path may go on after a step. */
function next({ branches, steps }: Exploration, forks: ReadonlyMap<number, readonly number[]>, step: number): Place[] {
  const branch = branches[steps[step].branch];
  const places: Place[] = (forks.get(step) ?? []).map((number) => ({ branch: number, joined: false }));
  if (step < branch.first + branch.count - 1) places.push({ step: step + 1, joined: false });
  else if (branch.end === "covered" && branch.coveredBy !== undefined)
    places.push({ step: branch.coveredBy, joined: true });
  return places;
}

/** The step that a place is; a branch without steps was covered at once. */
function resolve({ branches }: Exploration, place: Place): { readonly step: number; readonly joined: boolean } | "cut" {
  if ("step" in place) return place;
  const { count, first, end, coveredBy } = branches[place.branch];
  if (count > 0) return { step: first, joined: place.joined };
  return end === "covered" && coveredBy !== undefined ? { step: coveredBy, joined: true } : "cut";
}

/** Names of what does not lie within the abstract state. */
function outsideOf(
  words: readonly Words[],
  { registers, frames: running }: ConcreteStep,
  base: number,
  surroundings: ConcreteRun["surroundings"],
): string[] {
  const frames = running.slice(base);
  const where: Surroundings = { ...surroundings, stacks: frames.map(({ pointer }) => pointer) };
  const outside: string[] = [];
  if (words.length !== frames.length) return [`${words.length} frames instead of ${frames.length}`];
  words.forEach((w, frame) => {
    const top = frame === words.length - 1;
    const suffix = top ? "" : `[${frame}]`;
    // Of a function that waits, r6 to r10 are its own.
    for (let register = top ? 0 : 6; register < REGISTER_COUNT; register++) {
      const value = top ? registers[register] : frames[frame].registers[register - 1];
      if (!holds(w, register * REGISTER_WORDS, value, where)) outside.push(`R${register}${suffix}`);
    }
    for (let slot = 0; slot < 64; slot++)
      if (w[slotAt(slot) + BYTES] !== 0 && !holdsSlot(w, slotAt(slot), frames[frame].stack, slot, where))
        outside.push(`fp-${8 * (slot + 1)}${suffix}`);
  });
  return outside;
}

/** A slot: spilled whole it is checked as a register is; bytes known to be zero are zero. */
function holdsSlot(w: Words, at: number, stack: Uint8Array, slot: number, where: Surroundings): boolean {
  const start = stack.length - 8 * (slot + 1);
  let value = 0n;
  let spilled = 0;
  // Byte 7 of the types is the one at the lowest address.
  for (let byte = 7; byte >= 0; byte--) {
    const type = byteType(w, at, byte);
    const content = stack[start + 7 - byte];
    value |= BigInt(content) << BigInt(8 * (7 - byte));
    if (type === BYTE.ZERO && content !== 0) return false;
    if (type === BYTE.SPILL) spilled++;
  }
  return spilled !== 8 || holds(w, at, value, where);
}
