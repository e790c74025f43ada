/**
 * A map's header in linear memory, where the pointer that programs hold points to. Linux's `struct bpf_map` differs from
 * release to release; this is a made-up layout, `teaching-1`: eight 32-bit words.
 *
 * ```
 *  0      4     8         12          16           20      24       28
 * +-------+------+----------+------------+-------------+-------+--------+---------+
 * | index | type | key_size | value_size | max_entries | flags | frozen | writers |
 * +-------+------+----------+------------+-------------+-------+--------+---------+
 * ```
 */
import type { LinearMemory } from "../memory/memory.ts";
import { MAP_TYPES, type MapSpec } from "./spec.ts";

/** Bytes of a header. */
export const MAP_HEADER_SIZE = 32;

const FROZEN = 24;
const WRITERS = 28;

/** Allocates and fills the header of map number `index`; gives its offset. */
export function writeMapHeader(memory: LinearMemory, index: number, spec: MapSpec): number {
  const at = memory.allocate(MAP_HEADER_SIZE);
  const words = [index, MAP_TYPES[spec.type], spec.keySize, spec.valueSize, spec.maxEntries, spec.flags];
  memory.u32.set(words, at >> 2);
  return at;
}

/** The number of the map whose header is at `header`. Any other offset gives some number that is no map's. */
export const mapIndexAt = (memory: LinearMemory, header: number): number => memory.i32[header >> 2];

/** Whether processes may no longer change the map whose header is at `header`. */
export const isFrozen = (memory: LinearMemory, header: number): boolean => memory.i32[(header + FROZEN) >> 2] !== 0;

/** Keeps processes from changing the map, for ever. */
export function freezeMap(memory: LinearMemory, header: number): void {
  memory.i32[(header + FROZEN) >> 2] = 1;
}

/** Mappings through which a process can write to the map: as long as there are any it cannot be frozen. */
export const writersOf = (memory: LinearMemory, header: number): number => memory.i32[(header + WRITERS) >> 2];

/** One mapping more (1) or less (-1). */
export function countWriter(memory: LinearMemory, header: number, by: 1 | -1): void {
  memory.i32[(header + WRITERS) >> 2] += by;
}
