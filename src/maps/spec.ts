import type { Btf } from "../btf/btf.ts";

/** All map types of Linux 6.18, by their `bpf_map_type` names in lower case, with their numbers. */
export const MAP_TYPES = {
  hash: 1,
  array: 2,
  prog_array: 3,
  perf_event_array: 4,
  percpu_hash: 5,
  percpu_array: 6,
  stack_trace: 7,
  cgroup_array: 8,
  lru_hash: 9,
  lru_percpu_hash: 10,
  lpm_trie: 11,
  array_of_maps: 12,
  hash_of_maps: 13,
  devmap: 14,
  sockmap: 15,
  cpumap: 16,
  xskmap: 17,
  sockhash: 18,
  cgroup_storage_deprecated: 19,
  reuseport_sockarray: 20,
  percpu_cgroup_storage_deprecated: 21,
  queue: 22,
  stack: 23,
  sk_storage: 24,
  devmap_hash: 25,
  struct_ops: 26,
  ringbuf: 27,
  inode_storage: 28,
  task_storage: 29,
  bloom_filter: 30,
  user_ringbuf: 31,
  cgrp_storage: 32,
  arena: 33,
} as const;

export type MapType = keyof typeof MAP_TYPES;

/** Types of maps that keep a value with each object of Linux. */
export type StorageType = Extract<MapType, "task_storage" | "inode_storage" | "sk_storage" | "cgrp_storage">;

/** What `BPF_MAP_CREATE` takes: plain data, no machine. A typed declaration (`map.hash(...)`) is one too. */
export interface MapSpec {
  readonly type: MapType;
  readonly name: string;
  /** Bytes of a key. */
  readonly keySize: number;
  /** Bytes of a value; of a per-CPU map the bytes of one CPU's value. */
  readonly valueSize: number;
  readonly maxEntries: number;
  /** `BPF_F_*` creation flags, `MAP_FLAGS`. */
  readonly flags: number;
  /** For maps of maps: what each of them is like (Linux's `inner_map_fd`). */
  readonly inner?: MapSpec;
  /** `map_extra`: the number of hash functions of a bloom filter, the first address of an arena. Default 0. */
  readonly mapExtra?: bigint;
  /** With `MAP_FLAGS.NUMA_NODE` the memory node that elements shall lie on. Default 0. */
  readonly numaNode?: number;
  /** BTF ids of the key's and the value's type (`btf_key_type_id`, `btf_value_type_id`); storages of objects need both. */
  readonly btfKeyTypeId?: number;
  readonly btfValueTypeId?: number;
  /** The types of key and value: what Linux finds locks, timers and kernel pointers in values by. */
  readonly btf?: MapBtf;
  /** Of a map of type `struct_ops`: the structure of Linux (`btf_vmlinux_value_type_id`), such as `tcp_congestion_ops`. */
  readonly operations?: string;
  /** Of a map that no process can change any more (`BPF_MAP_FREEZE`): the bytes of its element 0, which the verifier reads. */
  readonly frozen?: Uint8Array;
}

/** Types of a map's key and value, by their ids in a BTF; 0: none. */
export interface MapBtf {
  readonly btf: Btf;
  readonly keyType: number;
  readonly valueType: number;
}

/** Types whose values are one for each CPU. */
const PER_CPU: ReadonlySet<MapType> = new Set([
  "percpu_hash",
  "percpu_array",
  "lru_percpu_hash",
  "percpu_cgroup_storage_deprecated",
]);

/**
 * Whether each CPU has a value of its own in maps of this type.
 *
 * @example isPerCpu("percpu_array") // true
 */
export const isPerCpu = (type: MapType): boolean => PER_CPU.has(type);
