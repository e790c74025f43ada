/**
 * Which stack slots some path from an instruction still reads. Reads and writes are noted while paths are followed, for
 * each chain of calls on its own; when a path ends they are carried backwards over the function. A slot that is not alive
 * at a finished checkpoint need not be compared.
 */
import type { Environment } from "./environment.ts";
import { CALLS_CALLBACK, PRUNE_POINT } from "./environment.ts";
import type { Frame, State } from "./state.ts";

/** Words an instruction has for one frame: four sets of 64 slots. */
const MAY_READ = 0;
const MUST_WRITE = 2;
/** Written on every path from here. */
const WRITTEN = 4;
const ALIVE = 6;
const WORDS = 8;
const NOTHING = new Int32Array(0);

/** One function reached through one chain of calls. */
class Instance {
  readonly start: number;
  readonly count: number;
  /** Call sites of the chain, then the function's first instruction; as the log names it. */
  readonly calls: readonly number[];
  readonly outer: Instance | undefined;
  readonly callsite: number;
  /** What this one calls. */
  readonly called: Instance[] = [];
  /** By frame: the sets of each instruction; made when something is noted for that frame. */
  readonly frames: (Int32Array | undefined)[];
  readonly writesKnown: Uint8Array;
  /** Some path wrote there: only then later ones can take something away. */
  readonly mayWrite: Uint8Array;
  changed = false;
  writesDropped = false;

  constructor(start: number, count: number, calls: readonly number[], outer: Instance | undefined, callsite: number) {
    this.callsite = callsite;
    this.start = start;
    this.count = count;
    this.calls = calls;
    this.outer = outer;
    this.frames = new Array(calls.length).fill(undefined);
    this.writesKnown = new Uint8Array(count);
    this.mayWrite = new Uint8Array(count);
  }

  /** First word of the sets of an instruction. */
  at(index: number): number {
    return (index - this.start) * WORDS;
  }

  sets(frame: number): Int32Array {
    return (this.frames[frame] ??= new Int32Array(this.count * WORDS));
  }

  isAlive(frame: number, index: number, slot: number): boolean {
    const sets = this.frames[frame];
    return sets !== undefined && ((sets[this.at(index) + ALIVE + (slot >> 5)] >>> (slot & 31)) & 1) !== 0;
  }

  get name(): string {
    return `(${this.calls.join(",")})`;
  }
}

export class StackLiveness {
  readonly #env: Environment;
  /** The main function, and others that are entered without a call. */
  readonly #mains: Instance[] = [];
  /** The instance of the current state, while it is the same. */
  #current: Instance | undefined;
  /** What the current instruction writes, by frame. */
  readonly #writes = new Int32Array(16);
  #wrote = false;
  /** By subprogram: its instructions, each after those that follow it. */
  #orders: (readonly number[])[] = [];

  constructor(env: Environment) {
    this.#env = env;
  }

  /** A new instruction begins. */
  begin(): void {
    this.#current ??= this.#instanceOf(this.#env.state, this.#env.state.frames.length - 1);
    if (this.#wrote) this.#writes.fill(0);
    this.#wrote = false;
  }

  /** The current instruction reads a slot. */
  read(frame: Frame, slot: number): void {
    const low = slot < 32 ? 1 << slot : 0;
    const high = slot < 32 ? 0 : 1 << (slot - 32);
    this.#noteRead(this.#current!, frame.index, this.#env.index, low, high);
  }

  /** The current instruction writes bytes; only whole slots count. */
  wrote(frame: Frame, offset: number, size: number): void {
    if (size !== 8) return;
    this.#wrote = true;
    const slot = (-offset - 1) >> 3;
    this.#writes[2 * frame.index + (slot >> 5)] |= 1 << (slot & 31);
  }

  /** The current instruction is done. After a call or a return there is nothing to note. */
  commit(index: number): void {
    if (this.#current) this.#noteWrites(this.#current, index);
  }

  /** The chain of calls is about to change. */
  leave(): void {
    this.#current = undefined;
  }

  /** A path or a function ends: carries what was noted backwards, innermost function first. */
  update(): void {
    this.#current = undefined;
    const { state } = this.#env;
    for (let frame = state.frames.length - 1; frame >= 0; frame--) {
      const instance = this.#instanceOf(state, frame);
      if (instance.changed) this.#settle(instance);
    }
  }

  /** Whether a slot of a frame matters to a finished checkpoint. */
  query(state: State): (frame: number, slot: number) => boolean {
    const top = state.frames.length - 1;
    const instances = state.frames.map((_, frame) => this.#instanceOf(state, frame));
    return (frame, slot) => {
      if (instances[top].isAlive(frame, state.index, slot)) return true;
      // Functions that wait for a call: after it.
      for (let outer = frame; outer < top; outer++)
        if (instances[outer].isAlive(frame, this.#continuesAt(state.frames[outer + 1].callsite), slot)) return true;
      return false;
    };
  }

  /** Where a function that waits for a call goes on: behind it, or with the same call if that calls back. */
  #continuesAt(callsite: number): number {
    return this.#env.flags[callsite] & CALLS_CALLBACK ? callsite : callsite + 1;
  }

  #instanceOf(state: State, frame: number): Instance {
    const { callsite, subprogram } = state.frames[frame];
    const { subprograms, insns } = this.#env;
    const { start } = subprograms[subprogram];
    const outer = frame > 0 ? this.#instanceOf(state, frame - 1) : undefined;
    const siblings = outer ? outer.called : this.#mains;
    for (const known of siblings) if (known.start === start && known.callsite === callsite) return known;
    const end = subprograms[subprogram + 1]?.start ?? insns.length;
    const calls = [...(outer ? outer.calls.slice(0, -1) : []), ...(frame > 0 ? [callsite] : []), start];
    const instance = new Instance(start, end - start, calls, outer, callsite);
    siblings.push(instance);
    return instance;
  }

  #noteRead(instance: Instance, frame: number, index: number, low: number, high: number): void {
    const sets = instance.sets(frame);
    const at = instance.at(index);
    const isNew = ((low & ~sets[at + MAY_READ]) | (high & ~sets[at + MAY_READ + 1])) !== 0;
    const isNewlyAlive = ((low & ~sets[at + ALIVE]) | (high & ~sets[at + ALIVE + 1])) !== 0;
    if (isNew && isNewlyAlive) instance.changed = true;
    sets[at + MAY_READ] |= low;
    sets[at + MAY_READ + 1] |= high;
  }

  /** A slot counts as written by an instruction only if every path that passed it wrote it. */
  #noteWrites(instance: Instance, index: number): void {
    const known = instance.writesKnown[index - instance.start] !== 0;
    if (!known) instance.writesKnown[index - instance.start] = 1;
    if (!this.#wrote && (!known || instance.mayWrite[index - instance.start] === 0)) return;
    instance.mayWrite[index - instance.start] = 1;
    const at = instance.at(index);
    for (let frame = 0; frame < instance.frames.length; frame++) {
      let low = this.#writes[2 * frame];
      let high = this.#writes[2 * frame + 1];
      if ((low | high) === 0 && !known) continue;
      const sets = instance.sets(frame);
      const oldLow = sets[at + MUST_WRITE];
      const oldHigh = sets[at + MUST_WRITE + 1];
      if (known) {
        low &= oldLow;
        high &= oldHigh;
      }
      if (low !== oldLow || high !== oldHigh) {
        sets[at + MUST_WRITE] = low;
        sets[at + MUST_WRITE + 1] = high;
        instance.changed = true;
      }
      if (((oldLow & ~low) | (oldHigh & ~high)) !== 0) instance.writesDropped = true;
    }
  }

  #settle(instance: Instance): void {
    const { frames, writesDropped } = instance;
    if (writesDropped)
      for (const sets of frames)
        if (sets) for (let at = WRITTEN; at < sets.length; at += WORDS) sets[at] = sets[at + 1] = 0;
    const order = this.#orderOf(instance.start);
    let rounds = 0;
    let changed = true;
    while (changed) {
      rounds++;
      changed = false;
      for (let frame = 0; frame < frames.length; frame++) {
        const sets = frames[frame];
        if (sets) for (const index of order) if (this.#carry(instance, sets, frame, index)) changed = true;
      }
    }
    const { log } = this.#env;
    if (log.full) log.write(`${instance.name} live stack update done in ${rounds} iterations\n`);
    if (instance.outer) this.#passOutwards(instance, instance.outer);
    instance.changed = false;
    instance.writesDropped = false;
  }

  /** One step of the data flow: from the instructions after this one to it. */
  #carry(instance: Instance, sets: Int32Array, frame: number, index: number): boolean {
    const first = this.#env.edges[2 * index];
    const second = this.#env.edges[2 * index + 1];
    if (first < 0) return false;
    let changed = false;
    const at = instance.at(index);
    const before = this.#env.log.full ? sets.slice(at, at + WORDS) : NOTHING;
    for (let half = 0; half < 2; half++) {
      const there = instance.at(first) + half;
      let alive = sets[there + ALIVE];
      let written = sets[there + WRITTEN];
      if (second >= 0) {
        const other = instance.at(second) + half;
        alive |= sets[other + ALIVE];
        written &= sets[other + WRITTEN];
      }
      written |= sets[at + MUST_WRITE + half];
      alive = (alive & ~sets[at + MUST_WRITE + half]) | sets[at + MAY_READ + half];
      changed ||= alive !== sets[at + ALIVE + half] || written !== sets[at + WRITTEN + half];
      sets[at + ALIVE + half] = alive;
      sets[at + WRITTEN + half] = written;
    }
    if (this.#env.log.full && changed) this.#print(instance, sets, before, frame, index);
    return changed;
  }

  #print(instance: Instance, sets: Int32Array, before: Int32Array, frame: number, index: number): void {
    const at = instance.at(index);
    const noted = sets[at] | sets[at + 1] | sets[at + MUST_WRITE] | sets[at + MUST_WRITE + 1];
    const isPlace = index === instance.start || (this.#env.flags[index] & PRUNE_POINT) !== 0;
    if (noted === 0 && !isPlace) return;
    for (const [name, set] of [
      ["live", ALIVE],
      ["written", WRITTEN],
    ] as const) {
      const more = slotNames(sets[at + set] & ~before[set], sets[at + set + 1] & ~before[set + 1]);
      const less = slotNames(before[set] & ~sets[at + set], before[set + 1] & ~sets[at + set + 1]);
      if (more === "" && less === "") continue;
      let line = `${instance.name} frame ${frame} insn ${index} `;
      if (more !== "") line += `+${name} ${more} `;
      if (less !== "") line += `-${name} ${less}`;
      this.#env.log.write(`${line}\n`);
    }
  }

  /** What the function does to the stacks of its callers, the call does. */
  #passOutwards(instance: Instance, outer: Instance): void {
    const callsite = instance.calls[instance.calls.length - 2];
    this.#writes.fill(0);
    this.#wrote = true;
    const at = instance.at(instance.start);
    for (let frame = 0; frame < instance.frames.length - 1; frame++) {
      const sets = instance.frames[frame];
      if (!sets) continue;
      this.#writes[2 * frame] |= sets[at + WRITTEN];
      this.#writes[2 * frame + 1] |= sets[at + WRITTEN + 1];
      this.#noteRead(outer, frame, callsite, sets[at + ALIVE], sets[at + ALIVE + 1]);
    }
    this.#noteWrites(outer, callsite);
  }

  #orderOf(start: number): readonly number[] {
    return (this.#orders[start] ??= postorder(this.#env, start));
  }
}

/** Instructions of a function, each after all that it leads to (but for loops). */
function postorder(env: Environment, start: number): number[] {
  const DISCOVERED = 1;
  const EXPLORED = 2;
  const order: number[] = [];
  const marks = new Uint8Array(env.insns.length);
  const stack = [start];
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    marks[top] |= DISCOVERED;
    if (marks[top] & EXPLORED) {
      order.push(top);
      stack.pop();
      continue;
    }
    for (let edge = 2 * top; edge < 2 * top + 2; edge++) {
      const target = env.edges[edge];
      if (target < 0 || marks[target] !== 0) continue;
      stack.push(target);
      marks[target] |= DISCOVERED;
    }
    marks[top] |= EXPLORED;
  }
  return order;
}

/** `-8,-16` of a set of slots. */
export function slotNames(low: number, high: number): string {
  const names: string[] = [];
  for (let slot = 0; slot < 64; slot++)
    if (((slot < 32 ? low >>> slot : high >>> (slot - 32)) & 1) !== 0) names.push(`${-8 * (slot + 1)}`);
  return names.join(",");
}
