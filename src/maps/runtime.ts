import type { LinearMemory } from "../memory/memory.ts";
import type { MapSpec } from "./spec.ts";

/**
 * A map that exists in a machine: its elements lie in the machine's linear memory.
 *
 * The low-level face below is what jitted code and helpers call: keys and values are *offsets* into that memory,
 * results are an offset, 0 for "no element", or `-errno`. It never throws and never allocates on lookup.
 * All that changes lies in memory too: whoever restores the memory's bytes has restored the map.
 */
export interface RuntimeMap {
  readonly spec: MapSpec;
  /** Index in the machine's map table, which programs see as the map. */
  readonly index: number;
  /** The memory that the offsets below are of. */
  readonly memory: LinearMemory;
  /** Offset of the map's header (its `struct bpf_map`) in memory; `const_ptr_to_map` registers hold its address. */
  readonly header: number;
  /** For arrays: offset of element 0 and the distance between elements, so that lookups can be inlined. */
  readonly elements?: { readonly base: number; readonly stride: number };
  /** Elements that are there now; for arrays always `maxEntries`. */
  readonly size: number;
  lookup(key: number): number;
  /** `flags`: 0 any, 1 only a new element, 2 only an existing one; others (also negative) give -EINVAL. */
  update(key: number, value: number, flags: number): number;
  delete(key: number): number;
  /** Writes the key after `key` (0: the first) to `out`; 0, or -ENOENT at the end. */
  nextKey(key: number, out: number): number;
  /** Gives the memory back. Offsets that lookups gave are void after that. */
  free(): void;
}
