import type { MapSpec, MapType } from "../../maps/spec.ts";
import { keyType } from "../analyse/statement.ts";
import type { MapInfo } from "../analyse/typed.ts";
import { type AggregateName, fieldsOf, sizeOfType, type Type, UINT64 } from "../types/type.ts";

/** The ring buffer, then the memory of each CPU for what does not fit the stack, then the program's maps. */
export const EVENTS = 0;
export const SCRATCH = 1;
export const FIRST_MAP = 2;

/** Bytes of the ring buffer: its reader empties it after every event of the machine. */
const EVENT_BYTES = 256 * 1024;

/** Bytes that Linux gives one element of a per-CPU array at most. */
export const MOST_SCRATCH = 32 * 1024;

/** Bytes of what an aggregation keeps for a key on one CPU. */
const AGGREGATE_BYTES: Readonly<Record<AggregateName, number>> = {
  count: 8,
  sum: 8,
  hist: 8,
  lhist: 8,
  // The value, and whether there is one.
  min: 16,
  max: 16,
  // Total and count.
  avg: 16,
  stats: 16,
  // Value, count, and the time of the last one.
  tseries: 24,
};

const KINDS: Readonly<Record<NonNullable<MapInfo["kind"]>, MapType>> = {
  hash: "hash",
  lruhash: "lru_hash",
  percpuhash: "percpu_hash",
  percpulruhash: "lru_percpu_hash",
};

/** The type of a map's key as it is stored: histograms have an element for each row, whose number ends the key. */
export function storedKey(map: MapInfo): Type {
  const { value, key = [] } = map;
  const bucketed =
    value.kind === "aggregate" && (value.name === "hist" || value.name === "lhist" || value.name === "tseries");
  if (bucketed) return { kind: "tuple", elements: [...(key.length === 0 ? [] : [keyType(map)]), UINT64] };
  return key.length === 0 ? UINT64 : keyType(map);
}

/** Bytes of a type as a key or value: elements are whole words. */
export const storedSize = (type: Type): number =>
  type.kind === "tuple" || type.kind === "record" ? Math.max(8, fieldsOf(type).size) : Math.max(1, sizeOfType(type));

/** Bytes of a map's value on one CPU. */
export const valueSize = ({ value }: MapInfo): number =>
  value.kind === "aggregate" ? AGGREGATE_BYTES[value.name] : storedSize(value);

/** Linux's names of maps have letters, digits, dots and underscores, 15 at most. */
const nameOf = (name: string): string => `AT_${name}`.slice(0, 15);

/** What is created for a map of the program. */
export function mapSpec(map: MapInfo, maxKeys: number): MapSpec {
  const aggregate = map.value.kind === "aggregate";
  const type = aggregate ? "percpu_hash" : map.kind === undefined ? "hash" : KINDS[map.kind];
  return {
    type: aggregate && map.kind?.includes("lru") ? "lru_percpu_hash" : type,
    name: nameOf(map.name),
    keySize: storedSize(storedKey(map)),
    valueSize: valueSize(map),
    maxEntries: map.maxEntries ?? maxKeys,
    // Elements are made when they come: a map of 4096 stacks would else take its memory at once. LRU maps cannot.
    flags: map.kind?.includes("lru") ? 0 : 1,
  };
}

export const eventsSpec: MapSpec = {
  type: "ringbuf",
  name: "ringbuf",
  keySize: 0,
  valueSize: 0,
  maxEntries: EVENT_BYTES,
  flags: 0,
};

/** Memory for what does not fit the stack. */
export const scratchSpec = (bytes: number): MapSpec => ({
  type: "percpu_array",
  name: "scratch",
  keySize: 4,
  valueSize: Math.max(8, Math.ceil(bytes / 8) * 8),
  maxEntries: 1,
  flags: 0,
});
