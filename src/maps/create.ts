import { ArgumentError, describe, isObject } from "../isa/argument.ts";
import { type LinearMemory, OutOfMemoryError } from "../memory/memory.ts";
import { ArenaMap } from "./arena.ts";
import { ArrayMap } from "./array.ts";
import { BloomFilterMap } from "./bloom-filter.ts";
import { CgroupArrayMap } from "./cgroup-array.ts";
import { CgroupStorageMap } from "./cgroup-storage.ts";
import { DevmapHashMap, TargetArrayMap } from "./devmap.ts";
import { MapError } from "./error.ts";
import { MAP_FLAGS } from "./flags.ts";
import { HashMap } from "./hash.ts";
import { LpmTrieMap } from "./lpm-trie.ts";
import { LruHashMap, LruPercpuHashMap } from "./lru-hash.ts";
import { ObjectStorageMap } from "./object-storage.ts";
import { ArrayOfMapsMap, HashOfMapsMap } from "./of-maps.ts";
import { PercpuArrayMap } from "./percpu-array.ts";
import { PercpuHashMap } from "./percpu-hash.ts";
import { PerfEventArrayMap } from "./perf-event-array.ts";
import { ProgArrayMap } from "./prog-array.ts";
import { QueueStackMap } from "./queue.ts";
import { RingbufMap } from "./ringbuf.ts";
import { ANY_NODE, MAP_RULES, type MapCheck, type Refusal, refuse } from "./rules.ts";
import type { MapMachine, RuntimeMap } from "./runtime.ts";
import { ReuseportArrayMap, SocketArrayMap, SocketHashMap } from "./socket-map.ts";
import { MAP_TYPES, type MapSpec, type MapType } from "./spec.ts";
import { btfErrno } from "./special.ts";
import { StackTraceMap } from "./stack-trace.ts";
import { StructOpsMap } from "./struct-ops.ts";
import { UserRingbufMap } from "./user-ringbuf.ts";
import { XskMap } from "./xskmap.ts";

type Make = new (memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) => RuntimeMap;

/** The types that this release runs; of the others a program can be verified only. */
const MAKERS: Readonly<Partial<Record<MapType, Make>>> = {
  hash: HashMap,
  array: ArrayMap,
  percpu_hash: PercpuHashMap,
  percpu_array: PercpuArrayMap,
  lru_hash: LruHashMap,
  lru_percpu_hash: LruPercpuHashMap,
  lpm_trie: LpmTrieMap,
  queue: QueueStackMap,
  stack: QueueStackMap,
  bloom_filter: BloomFilterMap,
  array_of_maps: ArrayOfMapsMap,
  hash_of_maps: HashOfMapsMap,
  perf_event_array: PerfEventArrayMap,
  cgroup_array: CgroupArrayMap,
  devmap: TargetArrayMap,
  devmap_hash: DevmapHashMap,
  cpumap: TargetArrayMap,
  xskmap: XskMap,
  ringbuf: RingbufMap,
  user_ringbuf: UserRingbufMap,
  prog_array: ProgArrayMap,
  stack_trace: StackTraceMap,
  arena: ArenaMap,
  task_storage: ObjectStorageMap,
  inode_storage: ObjectStorageMap,
  sk_storage: ObjectStorageMap,
  cgrp_storage: ObjectStorageMap,
  sockmap: SocketArrayMap,
  sockhash: SocketHashMap,
  reuseport_sockarray: ReuseportArrayMap,
  cgroup_storage_deprecated: CgroupStorageMap,
  percpu_cgroup_storage_deprecated: CgroupStorageMap,
  struct_ops: StructOpsMap,
};

/** The widest number that an attribute of bpf(2) holds. */
const MOST = 2 ** 32 - 1;

/** The attributes of bpf(2) are unsigned 32-bit numbers. */
function whole(spec: MapSpec, name: keyof MapSpec, hint: string): Refusal | undefined {
  const value = spec[name];
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST) return undefined;
  return refuse("EINVAL", `${name} must be a whole number from 0 to ${MOST}, got ${describe(value)}`, hint);
}

/** What Linux checks, in its order: one mistake may hide another. */
function refusalOf(spec: MapSpec): Refusal | undefined {
  return (
    whole(spec, "flags", "Or flags together from MAP_FLAGS.") ??
    whole(spec, "maxEntries", "It is the number of elements that there is room for.") ??
    whole(spec, "valueSize", "It is the number of bytes of a value.") ??
    whole(spec, "keySize", "It is the number of bytes of a key.") ??
    commonRefusal(spec) ??
    firstRefusal(spec, MAP_RULES[spec.type].before) ??
    unknownFlags(spec) ??
    firstRefusal(spec, MAP_RULES[spec.type].checks) ??
    btfRefusal(spec) ??
    (/^[A-Za-z0-9_.]{0,15}$/.test(spec.name)
      ? undefined
      : refuse("EINVAL", "its name", "Use at most 15 letters, digits, underscores and dots."))
  );
}

/** What Linux demands of maps of every type, before it asks the type. */
function commonRefusal({ type, flags, mapExtra = 0n, numaNode = 0 }: MapSpec): Refusal | undefined {
  const both = MAP_FLAGS.RDONLY | MAP_FLAGS.WRONLY;
  if (mapExtra !== 0n && type !== "bloom_filter" && type !== "arena")
    return refuse("EINVAL", `mapExtra ${mapExtra}`, "Only bloom filters and arenas have a use for it: leave it out.");
  if ((flags & both) === both)
    return refuse("EINVAL", `flags 0x${flags.toString(16)}`, "bpf(2) may be kept from one of reading and writing.");
  if (flags & MAP_FLAGS.NUMA_NODE && numaNode !== 0 && numaNode !== ANY_NODE)
    return refuse("EINVAL", `memory node ${numaNode}`, "The machine has one memory node, number 0.");
  return undefined;
}

function btfRefusal(spec: MapSpec): Refusal | undefined {
  const errno = btfErrno(spec);
  const hint =
    "Give types of the sizes of key and value; locks, timers and kernel pointers lie in maps of certain types.";
  return errno && refuse(errno, "the types of its key and value", hint);
}

function unknownFlags({ type, flags }: MapSpec): Refusal | undefined {
  const { flags: known } = MAP_RULES[type];
  if ((flags & ~known) === 0) return undefined;
  return refuse("EINVAL", `flags 0x${flags.toString(16)}`, `A map of type ${type} knows 0x${known.toString(16)}.`);
}

function firstRefusal(spec: MapSpec, checks: readonly MapCheck[] = []): Refusal | undefined {
  for (const check of checks) {
    const refusal = check(spec);
    if (refusal) return refusal;
  }
  return undefined;
}

/**
 * Checks a map's attributes as `BPF_MAP_CREATE` does, without making it: throws `MapError` (EINVAL, E2BIG, ...), or
 * `ArgumentError` for what is no specification at all. Whether there is memory for it only `createMap` knows.
 */
export function checkMap(spec: MapSpec): void {
  if (!isObject(spec)) throw new ArgumentError("map", "a map, as map.hash({ ... }) declares it", spec);
  if (typeof spec.name !== "string") throw new ArgumentError("name of the map", "a string", spec.name);
  if (!Object.hasOwn(MAP_TYPES, spec.type))
    throw new ArgumentError("type of the map", `one of ${Object.keys(MAP_TYPES).join(", ")}`, spec.type);
  if (spec.inner !== undefined) checkMap(spec.inner);
  const refusal = refusalOf(spec);
  if (refusal) throw new MapError(refusal.errno, spec.name, refusal.problem, refusal.hint);
}

/**
 * Makes map number `index` of a machine in its memory, as `BPF_MAP_CREATE` does; throws `MapError` where Linux refuses
 * (EINVAL, E2BIG, ...), the machine's memory is full (ENOMEM), or this release cannot run maps of the type (EOPNOTSUPP).
 * Without `machine` the map is on a machine of one CPU with no other maps.
 *
 * @example const counts = createMap(memory, 0, { type: "array", name: "counts", keySize: 4, valueSize: 8, maxEntries: 2, flags: 0 });
 */
export function createMap(
  memory: LinearMemory,
  index: number,
  spec: MapSpec,
  machine: MapMachine = { cpus: 1, maps: [] },
): RuntimeMap {
  checkMap(spec);
  const Maker = MAKERS[spec.type];
  if (Maker === undefined)
    throw new MapError(
      "EOPNOTSUPP",
      spec.name,
      `maps of type ${spec.type} cannot be made yet`,
      `Programs that use one can be verified; these types can be run: ${Object.keys(MAKERS).join(", ")}.`,
    );
  const allocated = memory.allocatorState();
  try {
    return new Maker(memory, index, spec, machine);
  } catch (cause) {
    if (!(cause instanceof OutOfMemoryError)) throw cause;
    memory.restoreAllocator(allocated);
    throw new MapError("ENOMEM", spec.name, cause.message, "Lower maxEntries, or give the machine more memory.", cause);
  }
}
