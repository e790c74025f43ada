/** Which helpers work on which map types: some types have helpers of their own, and some helpers only certain types. */
import type { MapType } from "../maps/spec.ts";

/** Types that only these helpers accept. */
const ONLY_HELPERS: Readonly<Partial<Record<MapType, ReadonlySet<string>>>> = {
  stack_trace: new Set(["get_stackid"]),
};

/** Helpers that accept only these types. */
const ONLY_TYPES: Readonly<Record<string, readonly string[]>> = {
  get_stackid: ["stack_trace"],
  perf_event_read: ["perf_event_array"],
  perf_event_output: ["perf_event_array"],
  perf_event_read_value: ["perf_event_array"],
  tail_call: ["prog_array"],
  current_task_under_cgroup: ["cgroup_array"],
  skb_under_cgroup: ["cgroup_array"],
  redirect_map: ["devmap", "devmap_hash", "cpumap", "xskmap"],
  sk_redirect_map: ["sockmap"],
  msg_redirect_map: ["sockmap"],
  sock_map_update: ["sockmap"],
  ringbuf_output: ["ringbuf"],
  ringbuf_reserve: ["ringbuf"],
  ringbuf_query: ["ringbuf"],
  map_push_elem: ["queue", "stack", "bloom_filter"],
  map_pop_elem: ["queue", "stack"],
  map_peek_elem: ["queue", "stack", "bloom_filter"],
  map_lookup_percpu_elem: ["percpu_array", "percpu_hash", "lru_percpu_hash"],
};

/** Whether the helper (named without `bpf_`) takes a map of the type. */
export function mapFits(type: MapType, helper: string): boolean {
  return ONLY_HELPERS[type]?.has(helper) !== false && (ONLY_TYPES[helper]?.includes(type) ?? true);
}
