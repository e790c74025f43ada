import type { LinearMemory } from "../memory/memory.ts";
import { copyBytes } from "./copy.ts";
import { ERRNO } from "./errno.ts";
import { MAP_HEADER_SIZE, writeMapHeader } from "./header.ts";
import type { RuntimeMap } from "./runtime.ts";
import type { MapSpec } from "./spec.ts";

/** Rounds up to a multiple of 8, where the next value begins. */
export const roundUp8 = (size: number): number => Math.ceil(size / 8) * 8;

/**
 * What maps of all types share: the header, and bpf(2)'s face for types where it sees what programs see. A type's own class says what
 * an element is.
 */
export abstract class MapBase implements RuntimeMap {
  readonly spec: MapSpec;
  readonly index: number;
  readonly memory: LinearMemory;
  readonly header: number;
  abstract readonly size: number;
  /** Blocks to give back: offset and size. */
  readonly #blocks: (readonly [number, number])[] = [];

  constructor(memory: LinearMemory, index: number, spec: MapSpec) {
    this.spec = spec;
    this.index = index;
    this.memory = memory;
    this.header = writeMapHeader(memory, index, spec);
    this.#blocks.push([this.header, MAP_HEADER_SIZE]);
  }

  /** All memory that is the map's. */
  get blocks(): readonly (readonly [at: number, size: number])[] {
    return this.#blocks;
  }

  /** Zeroed bytes that are the map's until `free`. */
  protected allocate(size: number, align?: number): number {
    const at = this.memory.allocate(size, align);
    this.#blocks.push([at, size]);
    return at;
  }

  abstract lookup(key: number): number;
  abstract update(key: number, value: number, flags: number): number;
  abstract delete(key: number): number;
  abstract nextKey(key: number, out: number): number;

  get userValueSize(): number {
    return this.spec.valueSize;
  }

  userLookup(key: number, out: number, flags = 0): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    const at = this.lookup(key);
    if (at === 0) return -ERRNO.ENOENT;
    copyBytes(this.memory, out, at, this.spec.valueSize);
    return 0;
  }

  userUpdate(key: number, value: number, flags: number): number {
    return this.update(key, value, flags);
  }

  userDelete(key: number): number {
    return this.delete(key);
  }

  free(): void {
    for (const [at, size] of this.#blocks) this.memory.free(at, size);
  }
}
