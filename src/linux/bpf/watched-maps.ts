/** Maps of a traced run that are told by key and value: those that are no small arrays. */
import type { RuntimeMap } from "../../maps/runtime.ts";
import type { MapSpec } from "../../maps/spec.ts";
import { DIRECT_MAP, type LinearMemory } from "../../memory/memory.ts";
import type { MapChange, MapContents, MapWatch } from "../../vm/debug/trace.ts";

/** Elements that are told; a map that has more at the beginning is told by changed addresses only. */
const MOST_ELEMENTS = 64;

/** Arrays up to this size are shown byte by byte. */
export const MOST_SHOWN = 4096;

/** They have their own places. */
const ARENA: ReadonlySet<MapSpec["type"]> = new Set(["arena", "prog_array"] as const);

const KEYED: ReadonlySet<MapSpec["type"]> = new Set([
  "hash",
  "lru_hash",
  "percpu_hash",
  "lru_percpu_hash",
  "lpm_trie",
] as const);

interface Watched {
  readonly map: RuntimeMap;
  /** What was there when it was last read, by key in hex. */
  known: ReadonlyMap<string, MapContents["elements"][number]>;
}

/**
 * Watches maps while a run is traced. Its scratch memory is taken before the run begins, and is zero whenever the program goes on: reading
 * changes nothing that a step could be blamed for.
 */
export function watchMaps(memory: LinearMemory, maps: readonly RuntimeMap[]): MapWatch {
  const keyed = maps.filter(({ spec, size }) => KEYED.has(spec.type) && size <= MOST_ELEMENTS);
  const scratch = keyed.map(({ spec, userValueSize }) => ({
    key: memory.allocate(spec.keySize),
    next: memory.allocate(spec.keySize),
    value: memory.allocate(userValueSize),
  }));
  const read = (index: number): Watched["known"] => {
    const map = keyed[index]!;
    const { key, next, value } = scratch[index]!;
    const { keySize } = map.spec;
    const found = new Map<string, MapContents["elements"][number]>();
    for (let from = 0; found.size < 2 * MOST_ELEMENTS && map.nextKey(from, next) === 0; from = key) {
      const bytes = memory.u8;
      bytes.copyWithin(key, next, next + keySize);
      if (map.userLookup(key, value) !== 0) continue;
      const at = bytes.slice(key, key + keySize);
      found.set(at.join(), [at, memory.u8.slice(value, value + map.userValueSize)]);
    }
    for (const [at, size] of [[key, keySize] as const, [next, keySize] as const, [value, map.userValueSize] as const])
      memory.u8.fill(0, at, at + size);
    return found;
  };
  const large = maps.filter(({ elements, spec }) => {
    if (elements === undefined || ARENA.has(spec.type)) return false;
    return elements.perCpu !== undefined || elements.stride * spec.maxEntries > MOST_SHOWN;
  });
  const watched = keyed.map((map, index): Watched => ({ map, known: read(index) }));
  return {
    begin: [
      ...watched.map(({ map, known }) => ({ map: maps.indexOf(map), elements: [...known.values()] })),
      ...large.map((map) => ({ map: maps.indexOf(map), elements: [], written: true as const })),
    ],
    after(changes) {
      const places = changes.map(({ address }) => Number(address - DIRECT_MAP));
      const inArrays = large.flatMap((map) => {
        const indexes = new Set(places.flatMap((place) => indexOf(map, place)));
        return [...indexes].map((index) => ({ map: maps.indexOf(map), ...elementAt(memory, map, index) }));
      });
      const inTables = watched.flatMap((each, index): MapChange[] => {
        const { map, known } = each;
        const touched =
          map.blocks?.some(([at, size]) => places.some((place) => place >= at && place < at + size)) ?? true;
        if (!touched) return [];
        const now = read(index);
        each.known = now;
        const told = (key: Uint8Array, value?: Uint8Array): MapChange =>
          value === undefined ? { map: maps.indexOf(map), key } : { map: maps.indexOf(map), key, value };
        return [
          ...[...now].flatMap(([key, [bytes, value]]) =>
            known.get(key)?.[1].join() === value.join() ? [] : [told(bytes, value)],
          ),
          ...[...known].flatMap(([key, [bytes]]) => (now.has(key) ? [] : [told(bytes)])),
        ];
      });
      return [...inTables, ...inArrays];
    },
  };
}

const cpusOf = ({ elements, spec, userValueSize }: RuntimeMap): number =>
  elements?.perCpu === undefined ? 1 : userValueSize / (Math.ceil(spec.valueSize / 8) * 8);

/** The index of the element that lies there; none where it is elsewhere. */
function indexOf(map: RuntimeMap, place: number): number[] {
  const { base, stride, perCpu = 0 } = map.elements!;
  for (let cpu = 0; cpu < cpusOf(map); cpu++) {
    const index = Math.floor((place - base - cpu * perCpu) / stride);
    if (index >= 0 && index < map.spec.maxEntries) return [index];
  }
  return [];
}

/** An element of an array, of all CPUs one after the other, as bpf(2) gives it. */
function elementAt({ u8 }: LinearMemory, map: RuntimeMap, index: number) {
  const { base, stride, perCpu = 0 } = map.elements!;
  const value = new Uint8Array(map.userValueSize);
  const rounded = Math.ceil(map.spec.valueSize / 8) * 8;
  for (let cpu = 0; cpu < cpusOf(map); cpu++) {
    const at = base + cpu * perCpu + index * stride;
    value.set(u8.subarray(at, at + map.spec.valueSize), cpu * rounded);
  }
  const key = new Uint8Array(4);
  new DataView(key.buffer).setUint32(0, index, true);
  return { key, value };
}
