/**
 * Which element an LRU map gives up: Linux's approximation of "the least recently used", decision for decision.
 *
 * Each element is a node of one list. The *global* lists are `free`, `inactive` and `active`; a use only sets the node's
 * reference bit. Where a new element is wanted, the lists are *rotated* first: if fewer nodes are inactive than active, the
 * oldest active ones are looked at (referenced: to the front again; otherwise: inactive), then some inactive ones
 * (referenced: active). Where nothing is free, the oldest inactive nodes without reference are evicted (referenced: active);
 * if there is none, one node is evicted although it is referenced. Each step looks at a bounded number of nodes.
 *
 * With one *common* set of global lists, each CPU has a `free` and a `pending` list of its own, so that it seldom needs the
 * global ones: it takes up to `target` free nodes at once, and elements that it adds wait in `pending` until the next time.
 * So a map can evict long before it is full. Where a CPU finds nothing, it steals from the local lists of the others. With
 * `NO_COMMON_LRU` each CPU has global lists of its own and no local ones, and the elements are divided among the CPUs.
 */
import type { LinearMemory } from "../memory/memory.ts";
import { Lists } from "./list.ts";

/** Where a node is; the first three are lists of a set of global lists. */
const TYPE = { active: 0, inactive: 1, free: 2, localFree: 3, pending: 4 } as const;

/** A node behind its element: the words of the list, then three bytes. */
const NODE = { type: 8, cpu: 9, referenced: 10 } as const;
export const LRU_NODE_SIZE = 16;

/** A set of global lists: three heads, two counts, and where the rotation of the inactive list goes on. */
const SET = { active: 0, inactive: 8, free: 16, count: 24, rotation: 32 } as const;
const SET_SIZE = 40;

/** A CPU's local lists: two heads, and which CPU to steal from next. */
const LOCAL = { free: 0, pending: 8, steal: 16 } as const;
const LOCAL_SIZE = 24;

/** Nodes that one step looks at, and free nodes that a CPU wants at once, with common lists and with each CPU's own. */
const COMMON_SCANS = 128;
const OWN_SCANS = 4;
const OWN_TARGET = 4;

export interface LruOptions {
  readonly cpus: number;
  /** One set of lists for all CPUs; otherwise each has its own. */
  readonly common: boolean;
  /** The node of the first element, the distance to the next, how many. */
  readonly first: number;
  readonly stride: number;
  readonly count: number;
  /** Takes the node's element out of the map; false if it was not in it. */
  readonly evict: (node: number) => boolean;
}

/** Bytes that the lists of a map take. */
export const lruSize = (cpus: number, common: boolean): number =>
  common ? SET_SIZE + cpus * LOCAL_SIZE : cpus * SET_SIZE;

export class Lru {
  readonly #memory: LinearMemory;
  readonly #lists: Lists;
  readonly #options: LruOptions;
  /** The first set of lists, then the other sets or the local lists. */
  readonly #sets: number;
  /** Nodes that one step looks at. */
  readonly #scans: number;
  /** Free nodes that a CPU wants at once. */
  readonly #target: number;

  /** `block`: `lruSize` zeroed bytes. All nodes are free at first. */
  constructor(memory: LinearMemory, block: number, options: LruOptions) {
    const { cpus, common, count } = options;
    this.#memory = memory;
    this.#lists = new Lists(memory);
    this.#options = options;
    this.#sets = block;
    this.#scans = common ? COMMON_SCANS : OWN_SCANS;
    this.#target = common ? Math.min(COMMON_SCANS, Math.max(1, Math.floor(Math.floor(count / cpus) / 2))) : OWN_TARGET;
    for (let set = 0; set < (common ? 1 : cpus); set++) this.#initSet(block + set * SET_SIZE);
    if (common) {
      for (let cpu = 0; cpu < cpus; cpu++) {
        const local = this.#local(cpu);
        this.#lists.init(local + LOCAL.free);
        this.#lists.init(local + LOCAL.pending);
        memory.i32[(local + LOCAL.steal) >> 2] = cpu;
      }
    }
    const perCpu = common ? count : count / cpus;
    for (let node = 0; node < count; node++) {
      const at = options.first + node * options.stride;
      const cpu = Math.floor(node / perCpu);
      memory.u8[at + NODE.type] = TYPE.free;
      memory.u8[at + NODE.cpu] = cpu;
      this.#lists.add(at, (common ? block : block + cpu * SET_SIZE) + SET.free);
    }
  }

  #initSet(set: number): void {
    for (const list of [SET.active, SET.inactive, SET.free]) this.#lists.init(set + list);
    this.#memory.i32[(set + SET.rotation) >> 2] = set + SET.inactive;
  }

  #local(cpu: number): number {
    return this.#sets + SET_SIZE + cpu * LOCAL_SIZE;
  }

  /** The set of global lists that a CPU uses. */
  #set(cpu: number): number {
    return this.#options.common ? this.#sets : this.#sets + cpu * SET_SIZE;
  }

  /** Says that a node's element was used. */
  touch(node: number): void {
    this.#memory.u8[node + NODE.referenced] = 1;
  }

  #isReferenced(node: number): boolean {
    return this.#memory.u8[node + NODE.referenced] !== 0;
  }

  /** A node for a new element of the CPU that runs now, perhaps another's that is evicted; 0 if there is none. */
  pop(): number {
    return this.#options.common ? this.#popCommon() : this.#popOwn();
  }

  /** Gives back the node of an element that was deleted or never added. */
  push(node: number): void {
    const { u8 } = this.#memory;
    const cpu = u8[node + NODE.cpu];
    if (u8[node + NODE.type] === TYPE.pending) {
      u8[node + NODE.type] = TYPE.localFree;
      u8[node + NODE.referenced] = 0;
      this.#lists.move(node, this.#local(cpu) + LOCAL.free);
    } else {
      this.#move(this.#set(cpu), node, TYPE.free);
    }
  }

  #popOwn(): number {
    const set = this.#set(this.#memory.cpu);
    this.#rotate(set);
    const free = set + SET.free;
    if (this.#lists.isEmpty(free)) this.#shrink(set, this.#target, free, TYPE.free);
    if (this.#lists.isEmpty(free)) return 0;
    const node = this.#lists.next(free);
    this.#move(set, node, TYPE.inactive);
    return node;
  }

  #popCommon(): number {
    const { i32, u8, cpu } = this.#memory;
    const local = this.#local(cpu);
    let node = this.#popLocalFree(local);
    if (node === 0) {
      this.#refill(local);
      node = this.#popLocalFree(local);
    }
    if (node === 0) {
      const first = i32[(local + LOCAL.steal) >> 2];
      let steal = first;
      do {
        node = this.#popLocalFree(this.#local(steal)) || this.#popPending(this.#local(steal));
        steal = (steal + 1) % this.#options.cpus;
      } while (node === 0 && steal !== first);
      i32[(local + LOCAL.steal) >> 2] = steal;
    }
    if (node === 0) return 0;
    u8[node + NODE.cpu] = cpu;
    u8[node + NODE.type] = TYPE.pending;
    u8[node + NODE.referenced] = 0;
    this.#lists.add(node, local + LOCAL.pending);
    return node;
  }

  #popLocalFree(local: number): number {
    const node = this.#lists.next(local + LOCAL.free);
    if (node === local + LOCAL.free) return 0;
    this.#lists.remove(node);
    return node;
  }

  /** The oldest pending node without reference, else the oldest. */
  #popPending(local: number): number {
    const head = local + LOCAL.pending;
    for (const force of [false, true]) {
      for (let node = this.#lists.previous(head); node !== head; node = this.#lists.previous(node)) {
        if ((force || !this.#isReferenced(node)) && this.#options.evict(node)) {
          this.#lists.remove(node);
          return node;
        }
      }
    }
    return 0;
  }

  /** Moves a CPU's pending nodes to the global lists, and free nodes from those to the CPU, evicting if need be. */
  #refill(local: number): void {
    const lists = this.#lists;
    const set = this.#sets;
    const pending = local + LOCAL.pending;
    const free = local + LOCAL.free;
    for (let node = lists.previous(pending); node !== pending; ) {
      const older = lists.previous(node);
      this.#moveIn(set, node, this.#isReferenced(node) ? TYPE.active : TYPE.inactive);
      node = older;
    }
    this.#rotate(set);
    let found = 0;
    while (found < this.#target && !lists.isEmpty(set + SET.free)) {
      this.#moveOut(set, lists.next(set + SET.free), free, TYPE.localFree);
      found++;
    }
    if (found < this.#target) this.#shrink(set, this.#target - found, free, TYPE.localFree);
  }

  #count(set: number, type: number, by: number): void {
    if (type <= TYPE.inactive) this.#memory.i32[((set + SET.count) >> 2) + type] += by;
  }

  /** The rotation's place moves on where its node leaves. */
  #leaveRotation(set: number, node: number): void {
    const { i32 } = this.#memory;
    if (i32[(set + SET.rotation) >> 2] === node) i32[(set + SET.rotation) >> 2] = this.#lists.previous(node);
  }

  /** Moves a node within the global lists; it is not referenced any more. */
  #move(set: number, node: number, type: 0 | 1 | 2): void {
    const { u8 } = this.#memory;
    this.#count(set, u8[node + NODE.type], -1);
    this.#leaveRotation(set, node);
    this.#place(set, node, type);
  }

  /** Moves a node from a local list to a global one. */
  #moveIn(set: number, node: number, type: 0 | 1): void {
    this.#place(set, node, type);
  }

  #place(set: number, node: number, type: 0 | 1 | 2): void {
    const { u8 } = this.#memory;
    this.#count(set, type, 1);
    u8[node + NODE.type] = type;
    u8[node + NODE.referenced] = 0;
    this.#lists.move(node, set + 8 * type);
  }

  /** Moves a node from a global list to a list of free ones. */
  #moveOut(set: number, node: number, free: number, type: 2 | 3): void {
    const { u8 } = this.#memory;
    this.#leaveRotation(set, node);
    this.#count(set, u8[node + NODE.type], -1);
    u8[node + NODE.type] = type;
    this.#lists.move(node, free);
  }

  #rotate(set: number): void {
    const { i32 } = this.#memory;
    const counts = (set + SET.count) >> 2;
    if (i32[counts + TYPE.inactive] < i32[counts + TYPE.active]) this.#rotateActive(set);
    this.#rotateInactive(set);
  }

  /** The oldest active nodes become inactive, or the newest active ones where they are referenced. */
  #rotateActive(set: number): void {
    const active = set + SET.active;
    const first = this.#lists.next(active);
    let node = this.#lists.previous(active);
    for (let scanned = 1; node !== active; scanned++) {
      const older = this.#lists.previous(node);
      this.#move(set, node, this.#isReferenced(node) ? TYPE.active : TYPE.inactive);
      if (scanned === this.#scans || node === first) return;
      node = older;
    }
  }

  /** Goes on through the inactive nodes from where it stopped: referenced ones become active. */
  #rotateInactive(set: number): void {
    const { i32 } = this.#memory;
    const inactive = set + SET.inactive;
    if (this.#lists.isEmpty(inactive)) return;
    let current = i32[(set + SET.rotation) >> 2];
    let last = this.#lists.next(current);
    if (last === inactive) last = this.#lists.next(last);
    let next = inactive;
    for (let scanned = 0; scanned < this.#scans; ) {
      if (current === inactive) {
        current = this.#lists.previous(current);
        continue;
      }
      next = this.#lists.previous(current);
      if (this.#isReferenced(current)) this.#move(set, current, TYPE.active);
      if (current === last) break;
      current = next;
      scanned++;
    }
    i32[(set + SET.rotation) >> 2] = next;
  }

  /** Evicts up to `wanted` nodes into a list of free ones. */
  #shrink(set: number, wanted: number, free: number, type: 2 | 3): void {
    const lists = this.#lists;
    const inactive = set + SET.inactive;
    let shrunk = 0;
    let node = lists.previous(inactive);
    for (let scanned = 1; node !== inactive; scanned++) {
      const older = lists.previous(node);
      if (this.#isReferenced(node)) this.#move(set, node, TYPE.active);
      else if (this.#options.evict(node)) {
        this.#moveOut(set, node, free, type);
        if (++shrunk === wanted) break;
      }
      if (scanned === this.#scans) break;
      node = older;
    }
    if (shrunk > 0) return;
    // Everything that was looked at is in use: one goes nevertheless.
    const list = lists.isEmpty(inactive) ? set + SET.active : inactive;
    for (let victim = lists.previous(list); victim !== list; victim = lists.previous(victim)) {
      if (this.#options.evict(victim)) {
        this.#moveOut(set, victim, free, type);
        return;
      }
    }
  }
}
