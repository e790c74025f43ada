/**
 * Pruning: at instructions where paths meet, states are kept as checkpoints. A path that reaches a finished checkpoint with
 * a state that it covers need not be followed; one that reaches its own checkpoint with the same state loops forever.
 */
import { convergence, JOINED, ORDINARY, previousRound } from "./convergence.ts";
import { CALLS_CALLBACK, type Environment, FORCE_CHECKPOINT, JUMP_POINT } from "./environment.ts";
import { covers, EXACT, LOOSE, mayLoop, WITHIN } from "./equality.ts";
import { ENTRY } from "./history.ts";
import { iteratorDepthsDiffer } from "./iterators.ts";
import { type LoopVisit, loopOf } from "./loops.ts";
import { beginStretch, markAllPrecise, propagatePrecision } from "./precision.ts";
import { markNotInit, REGISTER_WORDS } from "./registers.ts";
import { reject } from "./rejection.ts";
import { BYTES, forgetPrecision, frameIndex, type State, sameCallsites, slotAt } from "./state.ts";

/** Misses that a checkpoint may have more than hits before it is dropped. */
const PATIENCE = 3;
/** The same for unfinished ones where loops converge. */
const LOOP_PATIENCE = 64;
/** How often precision is carried around a loop before everything counts as precise. */
const MAX_ROUNDS = 64;
/** From so many checkpoints on those that nobody looks at are made small, whenever as many have come as the second says. */
const MANY = 8192;
const REST_EVERY = 4096;
/** A path's history is cut by a checkpoint when it gets longer. */
const MAX_HISTORY = 40;

/** All checkpoints, and the counters that the last line of the log shows. */
export class Checkpoints {
  /** Bucket by instruction and call site; the newest first. */
  readonly #buckets: (State[] | undefined)[];
  /** Passes through loops, by name. */
  readonly #visits = new Map<string, LoopVisit>();
  #backEdges = 0;
  /** What the checkpoint that was looked at last needs precisely is not all known yet. */
  #incomplete = false;
  /** Some path joined an unfinished one: then finished states may still be walked through. */
  #keepsStates = false;
  #processed = 0;
  #jumps = 0;
  #live = 0;
  /** All that were made and not released, in order. */
  #made: State[] = [];
  /** Dropped ones that unfinished paths still stand on. */
  #waiting = 0;
  total = 0;
  peak = 0;
  maxPerInstruction = 0;

  constructor(count: number) {
    this.#buckets = new Array(count);
  }

  /** Another function is followed on its own: its states have nothing to do with those of before. Counters go on. */
  startOver(): void {
    this.#buckets.fill(undefined);
    this.#visits.clear();
  }

  /** At a prune point: true if the current path ends here because an older one covers it. */
  visit(env: Environment): boolean {
    const { state, index } = env;
    const checkpoint = (env.flags[index] & FORCE_CHECKPOINT) !== 0;
    const forced = checkpoint || state.history.length > MAX_HISTORY * ENTRY;
    const jumps = env.jumps - this.#jumps;
    const processed = env.processed - this.#processed;
    let adds = forced || (jumps >= 2 && processed >= 8);
    const bucket = this.#bucketOf(env, state);
    this.#incomplete = false;
    this.#cleanFinished(env, bucket);

    const seen = bucket.length;
    let kept = 0;
    for (let k = 0; k < seen; k++) {
      const old = bucket[k];
      bucket[kept++] = old;
      if (old.index !== index) continue;
      if (this.#joins(env, old)) {
        for (let rest = k + 1; rest < seen; rest++) bucket[kept++] = bucket[rest];
        shorten(bucket, kept);
        return true;
      }
      const unfinished = old.branches > 0;
      if (unfinished && !forced && jumps < 20 && processed < 100) adds = false;
      if (adds) old.misses++;
      const patience = checkpoint && unfinished ? LOOP_PATIENCE : PATIENCE;
      if (old.misses > old.hits * patience + patience) {
        kept--;
        this.#drop(old);
      }
    }
    shorten(bucket, kept);
    if (seen > this.maxPerInstruction) this.maxPerInstruction = seen;
    if (adds) this.#add(env, bucket);
    return false;
  }

  #bucketOf(env: Environment, { frame }: State, index = env.index): State[] {
    const key = (index ^ frame.callsite) >>> 0;
    return (this.#buckets[key % env.insns.length] ??= []);
  }

  /** Whether the path ends at a checkpoint of its instruction. */
  #joins(env: Environment, old: State): boolean {
    const { state } = env;
    if (old.branches > 0) {
      // A timer's function that starts the timer again is another run of it, not a round of a loop.
      if (old.frame.kind === "async" && old.frame.asyncEntries !== state.frame.asyncEntries) return false;
      const found = convergence(env, old);
      if (found === ORDINARY && isEndless(env, old)) rejectLoop(env, old);
      if (found !== JOINED) return false;
      // A round of a callback is taken as the checkpoint was that was looked at before.
      if ((env.flags[env.index] & CALLS_CALLBACK) === 0) this.#incomplete = true;
    } else {
      this.#incomplete = isIncomplete(old);
      if (!env.prunes || !covers(env, old, state, this.#incomplete ? WITHIN : LOOSE)) return false;
    }
    old.hits++;
    env.explorer?.end("covered", env.index, old);
    if (env.flags[env.index] & JUMP_POINT) env.recordHistory(0);
    propagatePrecision(env, old, state);
    if (this.#incomplete) this.#addBackEdge(env, old);
    return true;
  }

  /**
   * The newest unfinished checkpoint of an instruction on the way to `before`, by default to the checkpoint that the
   * current path has just left: the round of a loop before this one.
   */
  previousRound(env: Environment, before = env.state.parent, index = env.index): State | undefined {
    return before && previousRound(this.#bucketOf(env, before, index), index, before);
  }

  #add(env: Environment, bucket: State[]): void {
    const { state } = env;
    this.total++;
    this.#live++;
    this.#updatePeak();
    this.#jumps = env.jumps;
    this.#processed = env.processed;
    forgetPrecision(state);
    beginStretch();
    const { history } = state;
    // The checkpoint keeps the history, the path begins a new one.
    state.history = [];
    const checkpoint = state.copy();
    checkpoint.history = history;
    env.explorer?.checkpoint(checkpoint);
    checkpoint.index = env.index;
    state.parent = checkpoint;
    state.first = env.index;
    state.depth++;
    bucket.unshift(checkpoint);
    this.#made.push(checkpoint);
    if (this.total % REST_EVERY === 0 && this.#live > MANY) this.#rest();
    this.#enterLoop(env, checkpoint);
  }

  /** Those that nobody looks at take less memory. */
  #rest(): void {
    const made: State[] = [];
    for (const each of this.#made) if (each.rest(made.at(-1))) made.push(each);
    this.#made = made;
  }

  #updatePeak(): void {
    const now = this.#live + this.#waiting + this.#backEdges;
    if (now > this.peak) this.peak = now;
  }

  /** The first checkpoint in a loop: the log says that it is entered, and left when all its paths are finished. */
  #enterLoop(env: Environment, checkpoint: State): void {
    const name = loopOf(env, checkpoint);
    if (name === undefined) return;
    let visit = this.#visits.get(name);
    if (visit === undefined) {
      visit = { name, entry: undefined, backEdges: [] };
      this.#visits.set(name, visit);
    }
    checkpoint.visit = visit;
    if (visit.entry !== undefined) return;
    visit.entry = checkpoint;
    if (env.log.full) env.log.write(`SCC enter ${name}\n`);
  }

  /** What `joined` will turn out to need, this path needs too: kept until all paths of the loop are finished. */
  #addBackEdge(env: Environment, joined: State): void {
    const { visit } = joined;
    // Rounds of a callback are no loop of the control-flow graph, unless the call is in one.
    if (visit === undefined) return;
    if (env.log.full) env.log.write(`SCC backedge ${visit.name}\n`);
    visit.backEdges.unshift({ state: env.state.copy(), joined });
    this.#backEdges++;
    this.#keepsStates = true;
    this.#updatePeak();
  }

  #leaveLoop(env: Environment, state: State): void {
    const { visit } = state;
    if (visit?.entry !== state) return;
    visit.entry = undefined;
    if (env.log.full) env.log.write(`SCC exit ${visit.name}\n`);
    this.#backEdges -= visit.backEdges.length;
    for (let round = 0; visit.backEdges.length > 0; round++) {
      let changed = false;
      if (round >= MAX_ROUNDS) {
        if (env.log.full) env.log.write("propagate_backedges: too many iterations\n");
        for (const edge of visit.backEdges) markAllPrecise(env, edge.state);
      } else for (const edge of visit.backEdges) if (propagatePrecision(env, edge.joined, edge.state)) changed = true;
      if (!changed) visit.backEdges = [];
    }
  }

  #drop(old: State): void {
    old.dropped = true;
    this.#live--;
    if (old.branches > 0 || isIncomplete(old)) this.#waiting++;
    else if (!this.#keepsStates) old.release();
  }

  /** The current path is finished: so is every checkpoint from which no other path is left. */
  finishPath(env: Environment): void {
    const { state } = env;
    let at: State | undefined = state;
    while (at) {
      if (--at.branches > 0) return;
      if (at.visit) this.#leaveLoop(env, at);
      const { parent }: State = at;
      if (at !== state && at.dropped && !isIncomplete(at)) {
        this.#waiting--;
        if (!this.#keepsStates) at.release();
      }
      at = parent;
    }
  }

  /** In finished checkpoints, what no path went on to read is forgotten: it does not matter. */
  #cleanFinished(env: Environment, bucket: readonly State[]): void {
    for (const old of bucket) {
      if (old.branches > 0 || old.cleaned || old.index !== env.index) continue;
      if (!sameCallsites(old, env.state) || isIncomplete(old)) continue;
      old.cleaned = true;
      cleanState(env, old);
    }
  }
}

/** One by one: assigning a length takes as long as following an instruction does. */
function shorten(bucket: State[], length: number): void {
  while (bucket.length > length) bucket.pop();
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

/** Paths joined its loop that will only be told at its end what it needs: such a state is kept, dropped or not. */
const isIncomplete = ({ visit }: State): boolean => visit !== undefined && visit.backEdges.length > 0;

/** The path came back to where it was with nothing changed. */
const isEndless = (env: Environment, old: State): boolean =>
  mayLoop(old, env.state) &&
  !iteratorDepthsDiffer(old, env.state) &&
  old.mayGotoDepth === env.state.mayGotoDepth &&
  old.callbackRounds === env.state.callbackRounds &&
  covers(env, old, env.state, EXACT);

function rejectLoop(env: Environment, old: State): never {
  const { log, state } = env;
  log.write(`infinite loop detected at insn ${env.index}\n`);
  log.write("cur state:");
  env.printState(state, state.frames.length - 1);
  log.write("old state:");
  env.printState(old, state.frames.length - 1);
  return reject("infinite_loop", env.index);
}
