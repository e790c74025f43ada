import { roundUp8 } from "./base.ts";
import { ERRNO } from "./errno.ts";
import { MAP_FLAGS } from "./flags.ts";
import { countWriter, isFrozen } from "./header.ts";
import type { RuntimeMap } from "./runtime.ts";
import { mapFields } from "./special.ts";

/** How an array is mapped. */
export interface MappingOptions {
  /** Default: for reading and writing. */
  readonly writable?: boolean;
  /** `MAP_PRIVATE` instead of `MAP_SHARED`, which maps refuse. */
  readonly private?: boolean;
}

/**
 * `mmap(2)` of a map's descriptor: 0 where Linux would map it, else -errno. Only arrays that were made with
 * `BPF_F_MMAPABLE` can be mapped, shared; for writing only those that are not frozen and that programs may write.
 */
export function mayMap(map: RuntimeMap, { writable = true, private: copy = false }: MappingOptions = {}): number {
  const { flags, type } = map.spec;
  if (type !== "array" || mapFields(map.spec).length > 0) return -ERRNO.ENOTSUPP;
  if (copy) return -ERRNO.EINVAL;
  if (writable && isFrozen(map.memory, map.header)) return -ERRNO.EPERM;
  if (writable && flags & MAP_FLAGS.RDONLY_PROG) return -ERRNO.EACCES;
  return flags & MAP_FLAGS.MMAPABLE ? 0 : -ERRNO.EINVAL;
}

/**
 * An array in a process's own memory: what a program stores is there without a call of bpf(2), and the other way round. Elements lie
 * `stride` bytes apart.
 *
 * @example
 * using shared = m.map(counts).mmap();
 * shared.view.getBigUint64(0, true);
 */
export class MapMapping {
  readonly #map: RuntimeMap;
  readonly #writable: boolean;
  /** Bytes from one element to the next. */
  readonly stride: number;
  #mapped = true;

  /** Of a map that {@link mayMap} allows. */
  constructor(map: RuntimeMap, { writable = true }: MappingOptions = {}) {
    this.#map = map;
    this.#writable = writable;
    this.stride = roundUp8(map.spec.valueSize);
    if (writable) countWriter(map.memory, map.header, 1);
  }

  get #range(): readonly [at: number, size: number] {
    const size = this.#mapped ? this.stride * this.#map.spec.maxEntries : 0;
    return [this.#map.elements?.base ?? 0, size];
  }

  /** The memory itself, anew for each use, for the machine's memory may have moved; a copy where it was mapped for reading. */
  get bytes(): Uint8Array {
    const [at, size] = this.#range;
    return this.#writable ? this.#map.memory.u8.subarray(at, at + size) : this.#map.memory.u8.slice(at, at + size);
  }

  get view(): DataView {
    const { bytes } = this;
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** `munmap(2)`. */
  unmap(): void {
    if (!this.#mapped) return;
    this.#mapped = false;
    if (this.#writable) countWriter(this.#map.memory, this.#map.header, -1);
  }

  [Symbol.dispose](): void {
    this.unmap();
  }
}
