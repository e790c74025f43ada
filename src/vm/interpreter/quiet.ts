import { mapAt } from "../../helpers/map-helpers.ts";
import type { MapType } from "../../maps/spec.ts";
import type { Operation } from "../operation.ts";
import type { Linked, RunState } from "./run-state.ts";

/** Helpers that write nothing to the machine's memory: what else they change the host remembers (random numbers, the trace pipe). */
export const QUIET_HELPERS: ReadonlySet<string> = new Set([
  "map_lookup_elem",
  "ktime_get_ns",
  "ktime_get_boot_ns",
  "ktime_get_coarse_ns",
  "jiffies64",
  "get_prandom_u32",
  "get_smp_processor_id",
  "get_numa_node_id",
  "get_current_pid_tgid",
  "get_current_uid_gid",
  "trace_printk",
]);

/** Maps that stay as they are when they are looked up: an LRU map moves what it finds, others count who holds it. */
const QUIET_LOOKUPS: ReadonlySet<MapType | undefined> = new Set<MapType>([
  "array",
  "percpu_array",
  "hash",
  "percpu_hash",
  "lpm_trie",
]);

/** Whether the call that comes next leaves memory as it is, so that nothing of it must be kept to go back. */
export function isQuiet(linked: Linked, { halves }: RunState, operation: Operation): boolean {
  if (operation.kind !== "helper") return false;
  const { environment } = linked;
  const name = environment.helperRow(operation.id)?.name;
  if (name === undefined || !QUIET_HELPERS.has(name)) return false;
  return name !== "map_lookup_elem" || QUIET_LOOKUPS.has(mapAt(environment.host, halves[2]!)?.spec.type);
}
