/**
 * Pruning: at instructions where paths meet, states are kept as checkpoints. A path that reaches a finished checkpoint with
 * a state that it covers need not be followed; one that reaches its own checkpoint with the same state loops forever.
 */
import type { Environment } from "./environment.ts";
import { JUMP_POINT } from "./environment.ts";
import { covers, mayLoop } from "./equality.ts";
import { loopOf } from "./loops.ts";
import { propagatePrecision } from "./precision.ts";
import { markNotInit, REGISTER_WORDS } from "./registers.ts";
import { reject } from "./rejection.ts";
import { BYTES, forgetPrecision, frameIndex, type State, slotAt } from "./state.ts";

/** Misses that a checkpoint may have more than hits before it is dropped. */
const PATIENCE = 3;
/** A path's history is cut by a checkpoint when it gets longer. */
const MAX_HISTORY = 40;

/** All checkpoints, and the counters that the last line of the log shows. */
export class Checkpoints {
  /** Bucket by instruction and call site; the newest first. */
  readonly #buckets: (State[] | undefined)[];
  /** Entry of each loop that is being followed. */
  readonly #loops = new Map<string, State>();
  #processed = 0;
  #jumps = 0;
  #live = 0;
  /** Dropped ones that unfinished paths still stand on. */
  #waiting = 0;
  total = 0;
  peak = 0;
  maxPerInstruction = 0;

  constructor(count: number) {
    this.#buckets = new Array(count);
  }

  /** At a prune point: true if the current path ends here because an older one covers it. */
  visit(env: Environment): boolean {
    const { state } = env;
    const forced = state.history.length > MAX_HISTORY;
    const jumps = env.jumps - this.#jumps;
    const processed = env.processed - this.#processed;
    let adds = forced || (jumps >= 2 && processed >= 8);
    const key = (env.index ^ state.frame.callsite) >>> 0;
    const bucket = (this.#buckets[key % env.insns.length] ??= []);
    this.#cleanFinished(env, bucket);

    const seen = bucket.length;
    let kept = 0;
    for (let k = 0; k < seen; k++) {
      const old = bucket[k];
      bucket[kept++] = old;
      if (old.index !== env.index) continue;
      if (old.branches > 0) {
        if (mayLoop(old, state) && covers(env, old, state, true)) rejectLoop(env, old);
        if (!forced && jumps < 20 && processed < 100) adds = false;
      } else if (covers(env, old, state, false)) {
        old.hits++;
        if (env.flags[env.index] & JUMP_POINT) env.recordHistory(0);
        propagatePrecision(env, old, state);
        for (let rest = k + 1; rest < seen; rest++) bucket[kept++] = bucket[rest];
        bucket.length = kept;
        return true;
      }
      if (adds) old.misses++;
      if (old.misses > old.hits * PATIENCE + PATIENCE) {
        kept--;
        this.#drop(old);
      }
    }
    bucket.length = kept;
    if (seen > this.maxPerInstruction) this.maxPerInstruction = seen;
    if (adds) this.#add(env, bucket);
    return false;
  }

  #add(env: Environment, bucket: State[]): void {
    const { state } = env;
    this.total++;
    this.#live++;
    this.peak = Math.max(this.peak, this.#live + this.#waiting);
    this.#jumps = env.jumps;
    this.#processed = env.processed;
    forgetPrecision(state);
    const checkpoint = state.copy();
    checkpoint.index = env.index;
    state.parent = checkpoint;
    state.first = env.index;
    state.history = [];
    bucket.unshift(checkpoint);
    if (env.log.full) this.#enterLoop(env, checkpoint);
  }

  /** The first checkpoint in a loop: the log says that it is entered, and left when all its paths are finished. */
  #enterLoop(env: Environment, checkpoint: State): void {
    const loop = loopOf(env, checkpoint);
    if (loop === undefined || this.#loops.has(loop)) return;
    this.#loops.set(loop, checkpoint);
    env.log.write(`SCC enter ${loop}\n`);
  }

  #leaveLoop(env: Environment, state: State): void {
    const loop = loopOf(env, state);
    if (loop === undefined || this.#loops.get(loop) !== state) return;
    this.#loops.delete(loop);
    env.log.write(`SCC exit ${loop}\n`);
  }

  #drop(old: State): void {
    old.dropped = true;
    this.#live--;
    if (old.branches > 0) this.#waiting++;
  }

  /** The current path is finished: so is every checkpoint from which no other path is left. */
  finishPath(env: Environment): void {
    const { state } = env;
    for (let at: State | undefined = state; at; at = at.parent) {
      if (--at.branches > 0) return;
      if (env.log.full) this.#leaveLoop(env, at);
      if (at !== state && at.dropped) this.#waiting--;
    }
  }

  /** In finished checkpoints, what no path went on to read is forgotten: it does not matter. */
  #cleanFinished(env: Environment, bucket: readonly State[]): void {
    for (const old of bucket) {
      if (old.branches > 0 || old.cleaned || old.index !== env.index) continue;
      if (!sameCallsites(old, env.state)) continue;
      old.cleaned = true;
      cleanState(env, old);
    }
  }
}

function sameCallsites(a: State, b: State): boolean {
  return a.frames.length === b.frames.length && a.frames.every((frame, k) => frame.callsite === b.frames[k].callsite);
}

function cleanState(env: Environment, state: State): void {
  const isAlive = env.stacks.query(state);
  state.frames.forEach((frame, index) => {
    const live = env.live[frameIndex(state, index)];
    const { words } = frame;
    for (let register = 0; register < 10; register++)
      if (((live >>> register) & 1) === 0) markNotInit(words, register * REGISTER_WORDS);
    for (let slot = 0; slot < frame.slots; slot++) {
      if (isAlive(index, slot)) continue;
      markNotInit(words, slotAt(slot));
      words[slotAt(slot) + BYTES] = 0;
    }
  });
}

function rejectLoop(env: Environment, old: State): never {
  const { log, state } = env;
  log.write(`infinite loop detected at insn ${env.index}\n`);
  log.write("cur state:");
  env.printState(state, state.frames.length - 1);
  log.write("old state:");
  env.printState(old, state.frames.length - 1);
  return reject("infinite_loop", env.index);
}
