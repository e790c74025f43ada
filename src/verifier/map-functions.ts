/** Which helpers work on which map types: some types have helpers of their own, and some helpers only certain types. */
import { MAP_FLAGS } from "../maps/flags.ts";
import type { MapSpec, MapType } from "../maps/spec.ts";

const set = (names: string): ReadonlySet<string> => new Set(names.split(" "));

const DEVICES = set("redirect_map map_lookup_elem");
const QUEUE = set("map_peek_elem map_pop_elem map_push_elem");
const LOOKUP = set("map_lookup_elem");
const LOCAL_STORAGE = set("get_local_storage");

/** Types that only these helpers accept. */
const ONLY_HELPERS: Readonly<Partial<Record<MapType, ReadonlySet<string>>>> = {
  prog_array: set("tail_call"),
  perf_event_array: set("perf_event_read perf_event_output skb_output perf_event_read_value xdp_output"),
  ringbuf: set(
    "ringbuf_output ringbuf_reserve ringbuf_query ringbuf_reserve_dynptr ringbuf_submit_dynptr ringbuf_discard_dynptr",
  ),
  user_ringbuf: set("user_ringbuf_drain"),
  stack_trace: set("get_stackid"),
  cgroup_array: set("skb_under_cgroup current_task_under_cgroup"),
  cgroup_storage_deprecated: LOCAL_STORAGE,
  percpu_cgroup_storage_deprecated: LOCAL_STORAGE,
  devmap: DEVICES,
  devmap_hash: DEVICES,
  cpumap: set("redirect_map"),
  xskmap: DEVICES,
  array_of_maps: LOOKUP,
  hash_of_maps: LOOKUP,
  sockmap: set("sk_redirect_map sock_map_update msg_redirect_map sk_select_reuseport map_lookup_elem"),
  sockhash: set("sk_redirect_hash sock_hash_update msg_redirect_hash sk_select_reuseport map_lookup_elem"),
  reuseport_sockarray: set("sk_select_reuseport"),
  queue: QUEUE,
  stack: QUEUE,
  sk_storage: set("sk_storage_get sk_storage_delete kptr_xchg"),
  inode_storage: set("inode_storage_get inode_storage_delete kptr_xchg"),
  task_storage: set("task_storage_get task_storage_delete kptr_xchg"),
  cgrp_storage: set("cgrp_storage_get cgrp_storage_delete kptr_xchg"),
  bloom_filter: set("map_peek_elem map_push_elem"),
};

const PERF: readonly MapType[] = ["perf_event_array"];
const RINGBUF: readonly MapType[] = ["ringbuf"];
const CGROUPS: readonly MapType[] = ["cgroup_array"];
const PER_CPU: readonly MapType[] = ["percpu_array", "percpu_hash", "lru_percpu_hash"];
const SOCKMAP: readonly MapType[] = ["sockmap"];
const SOCKHASH: readonly MapType[] = ["sockhash"];
const QUEUES: readonly MapType[] = ["queue", "stack", "bloom_filter"];

/** Helpers that accept only these types. */
const ONLY_TYPES: Readonly<Record<string, readonly MapType[]>> = {
  tail_call: ["prog_array"],
  perf_event_read: PERF,
  perf_event_output: PERF,
  perf_event_read_value: PERF,
  skb_output: PERF,
  xdp_output: PERF,
  ringbuf_output: RINGBUF,
  ringbuf_reserve: RINGBUF,
  ringbuf_query: RINGBUF,
  ringbuf_reserve_dynptr: RINGBUF,
  user_ringbuf_drain: ["user_ringbuf"],
  get_stackid: ["stack_trace"],
  current_task_under_cgroup: CGROUPS,
  skb_under_cgroup: CGROUPS,
  redirect_map: ["devmap", "devmap_hash", "cpumap", "xskmap"],
  sk_redirect_map: SOCKMAP,
  msg_redirect_map: SOCKMAP,
  sock_map_update: SOCKMAP,
  sk_redirect_hash: SOCKHASH,
  msg_redirect_hash: SOCKHASH,
  sock_hash_update: SOCKHASH,
  get_local_storage: ["cgroup_storage_deprecated", "percpu_cgroup_storage_deprecated"],
  sk_select_reuseport: ["reuseport_sockarray", "sockmap", "sockhash"],
  map_pop_elem: ["queue", "stack"],
  map_peek_elem: QUEUES,
  map_push_elem: QUEUES,
  map_lookup_percpu_elem: PER_CPU,
  sk_storage_get: ["sk_storage"],
  sk_storage_delete: ["sk_storage"],
  inode_storage_get: ["inode_storage"],
  inode_storage_delete: ["inode_storage"],
  task_storage_get: ["task_storage"],
  task_storage_delete: ["task_storage"],
  cgrp_storage_get: ["cgrp_storage"],
  cgrp_storage_delete: ["cgrp_storage"],
};

export const isSocketMap = (type: MapType): boolean => type === "sockmap" || type === "sockhash";

/** Whether the helper (named without `bpf_`) takes a map of the type; `socketsMayChange`: where `mayChangeSockets` says so. */
export function mapFits(type: MapType, helper: string, socketsMayChange: boolean): boolean {
  const changes = isSocketMap(type) && (helper === "map_update_elem" || helper === "map_delete_elem");
  const taken = changes ? socketsMayChange : ONLY_HELPERS[type]?.has(helper) !== false;
  return taken && (ONLY_TYPES[helper]?.includes(type) ?? true);
}

/** Program types in which no socket can be locked, so that they may change a map of sockets. */
const UNLOCKED: ReadonlySet<string> = new Set([
  "socket_filter",
  "sched_cls",
  "sched_act",
  "xdp",
  "sk_reuseport",
  "flow_dissector",
  "sk_lookup",
]);

/** Whether programs of the type may put sockets into maps, or take them out, by this helper. */
export const mayChangeSockets = (program: string, attach: string | undefined, helper: string): boolean =>
  UNLOCKED.has(program) ||
  (program === "sock_ops" && helper === "map_delete_elem") ||
  (program === "tracing" && attach === "trace_iter");

/** Whether programs may only read its elements; those of device maps are interface numbers that belong to Linux. */
export const isReadOnly = ({ type, flags }: MapSpec): boolean =>
  (flags & MAP_FLAGS.RDONLY_PROG) !== 0 || type === "devmap" || type === "devmap_hash";

/** Helpers that change elements, which a read-only map does not let programs do. */
export const CHANGES_MAP: ReadonlySet<string> = set("map_update_elem map_delete_elem map_push_elem map_pop_elem");

/** Map types that sleepable programs may use. */
export const SLEEPABLE_MAPS: ReadonlySet<MapType> = new Set<MapType>([
  "hash",
  "lru_hash",
  "array",
  "percpu_hash",
  "percpu_array",
  "lru_percpu_hash",
  "array_of_maps",
  "hash_of_maps",
  "ringbuf",
  "user_ringbuf",
  "inode_storage",
  "sk_storage",
  "task_storage",
  "cgrp_storage",
  "queue",
  "stack",
  "arena",
]);
