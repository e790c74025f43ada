import { MAP_FLAGS } from "../../maps/flags.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import { isPerCpu, type MapSpec } from "../../maps/spec.ts";

/** Bytes of Linux 6.18's own structures. */
const ARRAY = 312;
const HTAB = 896;
const HTAB_ELEMENT = 48;
const BUCKET = 16;
const POINTER = 8;
const PAGE = 4096;
/** A ring buffer's own part: before its pages, and the two pages of positions. */
const RINGBUF = 344 + 3 * PAGE;

const up = (size: number, to: number): number => Math.ceil(size / to) * to;
const powerOfTwo = (count: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, count)));

/**
 * The memory that Linux 6.18 says a map takes (`memlock`): from its attributes as `->map_mem_usage` of its type counts, for this many
 * CPUs.
 *
 * @example memoryUsage(map, 2) // 2464 for a hash of 16 elements with 4 bytes of key and 16 of value
 */
export function memoryUsage({ spec, size }: RuntimeMap, cpus: number): number {
  const { maxEntries, valueSize } = spec;
  switch (spec.type) {
    case "array": {
      const data = maxEntries * up(valueSize, 8);
      return spec.flags & MAP_FLAGS.MMAPABLE ? up(ARRAY, PAGE) + up(data, PAGE) : ARRAY + data;
    }
    case "percpu_array":
      return ARRAY + maxEntries * POINTER + maxEntries * up(valueSize, 8) * cpus;
    case "prog_array":
    case "perf_event_array":
    case "cgroup_array":
    case "array_of_maps":
      return ARRAY + maxEntries * POINTER;
    case "hash":
    case "percpu_hash":
    case "lru_hash":
    case "lru_percpu_hash":
    case "hash_of_maps":
      return hashUsage(spec, spec.type === "hash_of_maps" ? 4 : valueSize, size, cpus);
    case "ringbuf":
    case "user_ringbuf":
      return RINGBUF + maxEntries;
    case "queue":
    case "stack":
      return ARRAY + (maxEntries + 1) * valueSize;
    case "bloom_filter": {
      const bits = powerOfTwo(Math.floor((maxEntries * 5 * 7) / 5));
      return ARRAY + Math.max(16, bits / 8);
    }
    case "stack_trace": {
      const buckets = powerOfTwo(maxEntries);
      return 320 + buckets * POINTER + maxEntries * (16 + up(valueSize, 8));
    }
    case "devmap":
      return 344 + maxEntries * POINTER;
    case "devmap_hash":
      return 344 + powerOfTwo(maxEntries) * POINTER;
    case "cpumap":
      return 304 + maxEntries * POINTER;
    case "lpm_trie":
      return size * up(24 + spec.keySize - 4 + valueSize, 8);
    default:
      return 0;
  }
}

function hashUsage(
  { keySize, maxEntries, flags, type }: MapSpec,
  valueSize: number,
  size: number,
  cpus: number,
): number {
  const perCpu = isPerCpu(type);
  const lru = type === "lru_hash" || type === "lru_percpu_hash";
  const element = HTAB_ELEMENT + up(keySize, 8) + (perCpu ? POINTER : up(valueSize, 8));
  const buckets = powerOfTwo(maxEntries) * BUCKET;
  // Without preallocation it has what is in it.
  if (flags & MAP_FLAGS.NO_PREALLOC) return HTAB + buckets + size * (element + (perCpu ? up(valueSize, 8) * cpus : 0));
  // A plain hash has one spare element for each CPU.
  const spare = type === "hash" ? cpus : 0;
  const elements = maxEntries + spare;
  return HTAB + buckets + elements * element + (perCpu ? up(valueSize, 8) * cpus * elements : lru ? 0 : POINTER * cpus);
}
