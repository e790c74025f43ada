import { toHex } from "../../isa/encode.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";

/** Elements of one map that are printed. */
const MOST = 16;

/** One element of a map as bpf(2) sees it. */
export interface Element {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** The first elements of a map, at most `most`. Maps without keys to go through (queues, ring buffers) have none. */
export function elements(map: RuntimeMap, most: number): Element[] {
  const { memory, spec, userValueSize } = map;
  if (spec.keySize === 0) return [];
  const place = memory.allocate(2 * spec.keySize + userValueSize);
  const [key, next, value] = [place, place + spec.keySize, place + 2 * spec.keySize];
  const found: Element[] = [];
  try {
    for (let at = 0; found.length < most && map.nextKey(at, next) === 0; at = key) {
      memory.u8.copyWithin(key, next, next + spec.keySize);
      if (map.userLookup(key, value) !== 0) continue;
      found.push({
        key: memory.u8.slice(key, key + spec.keySize),
        value: memory.u8.slice(value, value + userValueSize),
      });
    }
  } finally {
    memory.free(place, 2 * spec.keySize + userValueSize);
  }
  return found;
}

/** Little-endian bytes as a number where they are one, else in hexadecimal. */
function shown(bytes: Uint8Array): string {
  if (![1, 2, 4, 8].includes(bytes.length)) return toHex(bytes);
  return String(bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n));
}

/** What a map holds, for people: elements of arrays that are zero are only counted. */
export function mapText(map: RuntimeMap): string {
  const { spec } = map;
  const all = elements(map, 1000);
  const isArray = map.elements !== undefined;
  const told = isArray ? all.filter(({ value }) => value.some((byte) => byte !== 0)) : all;
  const what = isArray
    ? `${told.length} of ${spec.maxEntries} elements not zero`
    : `${map.size} of ${spec.maxEntries} elements`;
  const rows = told.slice(0, MOST).map(({ key, value }) => `  ${shown(key)}: ${shown(value)}`);
  const rest = told.length > MOST ? [`  and ${told.length - MOST} more`] : [];
  return [`map ${spec.name} (${spec.type}): ${what}`, ...rows, ...rest].join("\n");
}
