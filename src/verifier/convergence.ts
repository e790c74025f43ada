/**
 * Loops that end by themselves: at `may_goto`, at a call that calls back and at an iterator's `_next` a state that is within an unfinished one of the same path need not be
 * followed, because each round can only do what the rounds before may do. To get there, numbers on which nothing depends
 * are forgotten from round to round.
 */
import { REGISTER_COUNT } from "../isa/constants.ts";
import { CALLS_CALLBACK, type Environment, ITERATES, MAY_GOTO } from "./environment.ts";
import { covers, forgetIds, isExact, WITHIN } from "./equality.ts";
import type { Words } from "./int64.ts";
import { iteratorIsActive } from "./iterators.ts";
import { markUnknown, PRECISE, REGISTER_WORDS, TYPE, TYPES } from "./registers.ts";
import { isSpilled, type State, sameCallsites, slotAt } from "./state.ts";

/** What an unfinished checkpoint means to a path that comes by again. */
export const JOINED = 1;
/** Not the same, and an ordinary endless loop cannot be told here. */
export const APART = 2;
/** An ordinary instruction: the same state again is an endless loop. */
export const ORDINARY = 3;

/** Whether the path has converged with the unfinished checkpoint `old` at the current instruction. */
export function convergence(env: Environment, old: State): typeof JOINED | typeof APART | typeof ORDINARY {
  const { state } = env;
  const flags = env.flags[env.index];
  if (flags & ITERATES) return covers(env, old, state, WITHIN) && iteratorIsActive(env) ? JOINED : APART;
  if (flags & CALLS_CALLBACK) return covers(env, old, state, WITHIN) ? JOINED : APART;
  if (flags & MAY_GOTO && old.mayGotoDepth !== state.mayGotoDepth && covers(env, old, state, WITHIN)) return JOINED;
  return ORDINARY;
}

/** The state of the round before, among the checkpoints of an instruction (newest first). */
export function previousRound(bucket: readonly State[], index: number, before: State): State | undefined {
  return bucket.find(
    (old) => old.index === index && old.branches > 0 && sameCallsites(old, before) && old.depth < before.depth,
  );
}

/** Forgets the numbers of `now` that differ from `old` and on which nothing depends. */
export function widenImprecise(env: Environment, old: State, now: State): void {
  forgetIds(env);
  for (let index = old.frames.length - 1; index >= 0; index--) {
    const before = old.frames[index];
    const after = now.frames[index];
    for (let register = 0; register < REGISTER_COUNT; register++)
      widen(before.words, after.words, register * REGISTER_WORDS);
    const slots = Math.min(before.slots, after.slots);
    for (let slot = 0; slot < slots; slot++) {
      const r = slotAt(slot);
      if (isSpilled(before.words, r) && isSpilled(after.words, r)) widen(before.words, after.words, r);
    }
  }
}

function widen(w: Words, v: Words, r: number): void {
  if (w[r + TYPE] !== TYPES.SCALAR || v[r + TYPE] !== TYPES.SCALAR) return;
  if ((w[r + PRECISE] | v[r + PRECISE]) !== 0 || isExact(w, r, v, r)) return;
  markUnknown(v, r);
}
