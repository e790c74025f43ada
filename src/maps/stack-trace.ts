import type { LinearMemory } from "../memory/memory.ts";
import { MapBase } from "./base.ts";
import { ERRNO } from "./errno.ts";
import { roundUpToPowerOfTwo } from "./hash-table.ts";
import { hashBytes } from "./jhash.ts";
import type { MapSpec } from "./spec.ts";

/** How `bpf_get_stackid` deals with a slot that is taken. */
export interface PutOptions {
  /** Take an equal hash for an equal stack. */
  readonly fast: boolean;
  /** Replace another stack rather than fail. */
  readonly reuse: boolean;
}

/**
 * Stacks by a hash of themselves. Programs add them through `bpf_get_stackid`, which returns the id; users read them. The
 * id is the hash modulo the number of slots (`maxEntries` rounded up to a power of two), so two stacks may want one slot.
 */
export class StackTraceMap extends MapBase {
  /** Most addresses of one stack. */
  readonly depth: number;
  readonly #slots: number;
  readonly #valueSize: number;
  readonly #values: number;
  /** Per slot its hash and its bytes; 0 bytes: the slot is free. After the last slot the number of stacks. */
  readonly #meta: number;
  /** Where a stack is put together before it is known where it goes. */
  readonly #scratch: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec) {
    super(memory, index, spec);
    this.depth = spec.valueSize / 8;
    this.#slots = roundUpToPowerOfTwo(spec.maxEntries);
    this.#valueSize = spec.valueSize;
    this.#values = this.allocate(this.#slots * spec.valueSize);
    this.#meta = this.allocate(this.#slots * 8 + 8);
    this.#scratch = this.allocate(spec.valueSize);
  }

  get size(): number {
    return this.memory.i32[this.#sizeAt];
  }

  /** Index of the word that counts stacks. */
  get #sizeAt(): number {
    return (this.#meta >> 2) + 2 * this.#slots;
  }

  /** Bytes of the stack in a slot, 0 for a free one. */
  #bytes(slot: number): number {
    return this.memory.i32[(this.#meta >> 2) + 2 * slot + 1];
  }

  #key(key: number): number {
    return this.memory.view.getUint32(key, true);
  }

  /** For the user side; programs cannot look up. The value is filled up with zeros. */
  lookup(key: number): number {
    const slot = this.#key(key);
    return slot < this.#slots && this.#bytes(slot) !== 0 ? this.#values + slot * this.#valueSize : 0;
  }

  /** Only `bpf_get_stackid` adds. */
  update(_key: number, _value: number, _flags: number): number {
    return -ERRNO.EINVAL;
  }

  delete(key: number): number {
    const slot = this.#key(key);
    if (slot >= this.#slots) return -ERRNO.E2BIG;
    if (this.#bytes(slot) === 0) return -ERRNO.ENOENT;
    this.memory.i32[(this.#meta >> 2) + 2 * slot + 1] = 0;
    this.memory.i32[this.#sizeAt]--;
    return 0;
  }

  nextKey(key: number, out: number): number {
    let slot = key === 0 ? 0 : this.#key(key);
    if (key !== 0) slot = slot < this.#slots && this.#bytes(slot) !== 0 ? slot + 1 : 0;
    while (slot < this.#slots && this.#bytes(slot) === 0) slot++;
    if (slot >= this.#slots) return -ERRNO.ENOENT;
    this.memory.view.setUint32(out, slot, true);
    return 0;
  }

  /** Stores a stack, addresses as [low, high] pairs, at least one and at most `depth`; its id, -EEXIST or -ENOMEM. */
  put(stack: readonly number[], { fast, reuse }: PutOptions): number {
    const { memory } = this;
    const bytes = stack.length * 4;
    memory.i32.set(stack, this.#scratch >> 2);
    const hash = hashBytes(memory, this.#scratch, bytes);
    const slot = hash & (this.#slots - 1);
    const meta = (this.#meta >> 2) + 2 * slot;
    if (this.#bytes(slot) !== 0) {
      const sameHash = memory.i32[meta] === hash;
      if (sameHash && (fast || this.#holds(slot, bytes))) return slot;
      if (!reuse) return -ERRNO.EEXIST;
    }
    // Linux has room for `maxEntries` stacks and puts a new one there before it lets an old one go.
    if (this.size === this.spec.maxEntries) return -ERRNO.ENOMEM;
    if (this.#bytes(slot) === 0) memory.i32[this.#sizeAt]++;
    const value = this.#values + slot * this.#valueSize;
    memory.u8.copyWithin(value, this.#scratch, this.#scratch + bytes);
    memory.u8.fill(0, value + bytes, value + this.#valueSize);
    memory.i32[meta] = hash;
    memory.i32[meta + 1] = bytes;
    return slot;
  }

  /** Whether a slot holds the stack in the scratch area. */
  #holds(slot: number, bytes: number): boolean {
    const { i32 } = this.memory;
    const value = (this.#values + slot * this.#valueSize) >> 2;
    const scratch = this.#scratch >> 2;
    if (this.#bytes(slot) !== bytes) return false;
    for (let word = 0; word < bytes >> 2; word++) if (i32[value + word] !== i32[scratch + word]) return false;
    return true;
  }
}
