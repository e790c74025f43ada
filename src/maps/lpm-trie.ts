import { type LinearMemory, OutOfMemoryError } from "../memory/memory.ts";
import { MapBase, roundUp8 } from "./base.ts";
import { copyBytes } from "./copy.ts";
import { ERRNO } from "./errno.ts";
import { UPDATE_FLAGS } from "./flags.ts";
import type { MapSpec } from "./spec.ts";

/** The words of the trie's state. */
const STATE = { root: 0, size: 1, freed: 2, chunks: 3, fresh: 4, freshEnd: 5 } as const;
const STATE_SIZE = 24;

/** A node: two children, whether it holds no value, its key (prefix length and data), its value. */
const CHILD = 0;
const INTERMEDIATE = 8;
const KEY = 12;

/** Nodes that are allocated at once; before them lies the offset of the chunk before. */
const CHUNK_NODES = 64;
const CHUNK_HEADER = 8;

/**
 * Values by prefix: a key is a 32-bit prefix length in bits and the data; a lookup finds the element with the longest prefix
 * that the key begins with. A path-compressed binary trie as Linux's: a node without a value of its own is made only where
 * two prefixes part, and always has two children. Elements come in postorder, the more specific before the less specific.
 */
export class LpmTrieMap extends MapBase {
  readonly #state: number;
  readonly #dataSize: number;
  readonly #mostBits: number;
  /** Offset of the value in a node. */
  readonly #value: number;
  readonly #nodeSize: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec) {
    super(memory, index, spec);
    this.#state = this.allocate(STATE_SIZE) >> 2;
    this.#dataSize = spec.keySize - 4;
    this.#mostBits = 8 * this.#dataSize;
    this.#value = roundUp8(KEY + spec.keySize);
    this.#nodeSize = this.#value + roundUp8(spec.valueSize);
  }

  get size(): number {
    return this.memory.i32[this.#state + STATE.size];
  }

  /** The prefix length of a key anywhere in memory. */
  #bits(key: number): number {
    return this.memory.view.getUint32(key, true);
  }

  #isIntermediate(node: number): boolean {
    return this.memory.i32[(node + INTERMEDIATE) >> 2] !== 0;
  }

  /** Bit number `bit` of a key's data, the most significant first. */
  #bit(key: number, bit: number): 0 | 1 {
    return ((this.memory.u8[key + 4 + (bit >> 3)] >> (7 - (bit & 7))) & 1) as 0 | 1;
  }

  #child(node: number, side: number): number {
    return this.memory.i32[(node + CHILD) / 4 + side];
  }

  /** How many bits of prefix the node and the key share. */
  #match(node: number, key: number): number {
    const { u8 } = this.memory;
    const own = node + KEY;
    const most = Math.min(this.#bits(own), this.#bits(key));
    for (let byte = 0; 8 * byte < most; byte++) {
      const difference = u8[own + 4 + byte] ^ u8[key + 4 + byte];
      if (difference !== 0) return Math.min(most, 8 * byte + Math.clz32(difference) - 24);
    }
    return most;
  }

  /** A node to fill, or 0 where the machine's memory is full. */
  #take(): number {
    const state = this.#state;
    const freed = this.memory.i32[state + STATE.freed];
    if (freed !== 0) {
      this.memory.i32[state + STATE.freed] = this.memory.i32[freed >> 2];
      this.memory.u8.fill(0, freed, freed + this.#nodeSize);
      return freed;
    }
    if (this.memory.i32[state + STATE.fresh] === this.memory.i32[state + STATE.freshEnd]) {
      const size = CHUNK_HEADER + CHUNK_NODES * this.#nodeSize;
      const chunk = this.#allocate(size);
      if (chunk === 0) return 0;
      const { i32 } = this.memory;
      i32[chunk >> 2] = i32[state + STATE.chunks];
      i32[state + STATE.chunks] = chunk;
      i32[state + STATE.fresh] = chunk + CHUNK_HEADER;
      i32[state + STATE.freshEnd] = chunk + size;
    }
    const node = this.memory.i32[state + STATE.fresh];
    this.memory.i32[state + STATE.fresh] += this.#nodeSize;
    return node;
  }

  #allocate(size: number): number {
    try {
      return this.memory.allocate(size);
    } catch (cause) {
      if (cause instanceof OutOfMemoryError) return 0;
      throw cause;
    }
  }

  #giveBack(node: number): void {
    const { i32 } = this.memory;
    i32[node >> 2] = i32[this.#state + STATE.freed];
    i32[this.#state + STATE.freed] = node;
  }

  lookup(key: number): number {
    if (this.#bits(key) > this.#mostBits) return 0;
    let found = 0;
    for (let node = this.memory.i32[this.#state + STATE.root]; node !== 0; ) {
      const match = this.#match(node, key);
      if (match === this.#mostBits) return node + this.#value;
      const own = this.#bits(node + KEY);
      if (match < own) break;
      if (!this.#isIntermediate(node)) found = node;
      node = this.#child(node, this.#bit(key, own));
    }
    return found === 0 ? 0 : found + this.#value;
  }

  /** Walks down to where a key is or would be: word indexes of the last slots, the node there, what it shares. */
  #walk(key: number): { slot: number; parentSlot: number; parent: number; node: number; match: number } {
    const { i32 } = this.memory;
    const bits = this.#bits(key);
    let slot = this.#state + STATE.root;
    let parentSlot = slot;
    let parent = 0;
    let match = 0;
    for (;;) {
      const node = i32[slot];
      if (node === 0) return { slot, parentSlot, parent, node, match };
      match = this.#match(node, key);
      const own = this.#bits(node + KEY);
      if (own !== match || own === bits) return { slot, parentSlot, parent, node, match };
      parent = node;
      parentSlot = slot;
      slot = (node + CHILD) / 4 + this.#bit(key, own);
    }
  }

  /** Counts a new element; -errno where there must be or can be none. */
  #count(flags: number): number {
    if (flags === UPDATE_FLAGS.exist) return -ERRNO.ENOENT;
    if (this.size === this.spec.maxEntries) return -ERRNO.ENOSPC;
    this.memory.i32[this.#state + STATE.size]++;
    return 0;
  }

  update(key: number, value: number, flags: number): number {
    if (flags >>> 0 > UPDATE_FLAGS.exist || this.#bits(key) > this.#mostBits) return -ERRNO.EINVAL;
    const { slot, node, match } = this.#walk(key);
    const same = node !== 0 && this.#bits(node + KEY) === match;
    const parts = node !== 0 && !same && match !== this.#bits(key);
    if (same && !this.#isIntermediate(node)) {
      if (flags === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    } else {
      const refused = this.#count(flags);
      if (refused !== 0) return refused;
    }
    const fresh = this.#take();
    const between = parts && fresh !== 0 ? this.#take() : 0;
    if (fresh === 0 || (parts && between === 0)) {
      if (fresh !== 0) this.#giveBack(fresh);
      if (!same || this.#isIntermediate(node)) this.memory.i32[this.#state + STATE.size]--;
      return -ERRNO.ENOMEM;
    }
    const { i32 } = this.memory;
    copyBytes(this.memory, fresh + KEY, key, this.spec.keySize);
    copyBytes(this.memory, fresh + this.#value, value, this.spec.valueSize);
    const children = fresh / 4;
    if (node === 0) {
      i32[slot] = fresh;
    } else if (same) {
      // Whoever holds the old value's address goes on seeing the old value.
      i32[children] = this.#child(node, 0);
      i32[children + 1] = this.#child(node, 1);
      i32[slot] = fresh;
      this.#giveBack(node);
    } else if (!parts) {
      i32[children + this.#bit(node + KEY, match)] = node;
      i32[slot] = fresh;
    } else {
      this.#part(slot, between, node, fresh, match);
    }
    return 0;
  }

  /** Puts a node without value between, where two prefixes part after `bits` bits. */
  #part(slot: number, between: number, node: number, fresh: number, bits: number): void {
    const { i32, view } = this.memory;
    copyBytes(this.memory, between + KEY, node + KEY, this.spec.keySize);
    view.setUint32(between + KEY, bits, true);
    i32[(between + INTERMEDIATE) >> 2] = 1;
    const side = this.#bit(fresh + KEY, bits);
    i32[between / 4 + side] = fresh;
    i32[between / 4 + 1 - side] = node;
    i32[slot] = between;
  }

  delete(key: number): number {
    if (this.#bits(key) > this.#mostBits) return -ERRNO.EINVAL;
    const { slot, parentSlot, parent, node, match } = this.#walk(key);
    if (node === 0 || this.#bits(node + KEY) !== this.#bits(key) || match !== this.#bits(key)) return -ERRNO.ENOENT;
    if (this.#isIntermediate(node)) return -ERRNO.ENOENT;
    const { i32 } = this.memory;
    i32[this.#state + STATE.size]--;
    const [left, right] = [this.#child(node, 0), this.#child(node, 1)];
    if (left !== 0 && right !== 0) {
      i32[(node + INTERMEDIATE) >> 2] = 1;
      return 0;
    }
    if (parent !== 0 && this.#isIntermediate(parent) && left === 0 && right === 0) {
      i32[parentSlot] = this.#child(parent, 0) === node ? this.#child(parent, 1) : this.#child(parent, 0);
      this.#giveBack(parent);
    } else {
      i32[slot] = left || right;
    }
    this.#giveBack(node);
    return 0;
  }

  nextKey(key: number, out: number): number {
    const root = this.memory.i32[this.#state + STATE.root];
    if (root === 0) return -ERRNO.ENOENT;
    const next = key === 0 || this.#bits(key) > this.#mostBits ? this.#leftmost(root) : this.#after(root, key);
    if (next === 0) return -ERRNO.ENOENT;
    copyBytes(this.memory, out, next + KEY, this.spec.keySize);
    return 0;
  }

  /** The first element in postorder. */
  #leftmost(root: number): number {
    let found = root;
    for (let node = root; node !== 0; node = this.#child(node, 0) || this.#child(node, 1)) found = node;
    return found;
  }

  /** The element after a key in postorder, the first where the key is not there, or 0 at the end. */
  #after(root: number, key: number): number {
    const path: number[] = [];
    let node = root;
    for (; node !== 0; node = this.#child(node, this.#bit(key, this.#bits(node + KEY)))) {
      path.push(node);
      const own = this.#bits(node + KEY);
      if (own !== this.#match(node, key)) return this.#leftmost(root);
      if (own === this.#bits(key)) break;
    }
    if (node === 0 || this.#isIntermediate(node)) return this.#leftmost(root);
    for (let at = path.length - 1; at > 0; at--) {
      const parent = path[at - 1];
      const sibling = this.#child(parent, 1);
      if (this.#child(parent, 0) === path[at] && sibling !== 0) return this.#leftmost(sibling);
      if (!this.#isIntermediate(parent)) return parent;
    }
    return 0;
  }

  override free(): void {
    const { i32 } = this.memory;
    for (let chunk = i32[this.#state + STATE.chunks]; chunk !== 0; ) {
      const before = i32[chunk >> 2];
      this.memory.free(chunk, CHUNK_HEADER + CHUNK_NODES * this.#nodeSize);
      chunk = before;
    }
    super.free();
  }
}
