import { ERRNO } from "../maps/errno.ts";
import { mapIndexAt } from "../maps/header.ts";
import { LruPercpuHashMap } from "../maps/lru-hash.ts";
import { PercpuArrayMap } from "../maps/percpu-array.ts";
import { PercpuHashMap } from "../maps/percpu-hash.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import type { Host } from "./host.ts";
import type { HelperImplementation } from "./row.ts";

/** The map that a program names by its header's offset. */
export const mapAt = (host: Pick<Host, "maps" | "memory">, header: number): RuntimeMap | undefined =>
  host.maps[mapIndexAt(host.memory, header)];

/** The per-CPU map that a program names. */
function perCpuAt(host: Host, header: number): PercpuArrayMap | PercpuHashMap | LruPercpuHashMap | undefined {
  const map = mapAt(host, header);
  const perCpu = map instanceof PercpuArrayMap || map instanceof PercpuHashMap || map instanceof LruPercpuHashMap;
  return perCpu ? map : undefined;
}

/** Flags above 32 bits are known to no map; all ones says so in 32. */
const flags32 = (low: number, high: number): number => (high === 0 ? low : -1);

/** Elements of maps. */
export const MAP_HELPERS: readonly HelperImplementation[] = [
  {
    name: "map_lookup_elem",
    passing: "pointer",
    implement: (host) => (map, key) => mapAt(host, map)?.lookup(key) ?? 0,
  },
  {
    name: "map_update_elem",
    passing: "i32",
    implement: (host) => (map, key, value, low, high) =>
      mapAt(host, map)?.update(key, value, flags32(low, high)) ?? -ERRNO.EINVAL,
  },
  {
    name: "map_delete_elem",
    passing: "i32",
    implement: (host) => (map, key) => mapAt(host, map)?.delete(key) ?? -ERRNO.EINVAL,
  },
  {
    name: "map_lookup_percpu_elem",
    passing: "pointer",
    implement: (host) => (map, key, cpu, high) => (high === 0 ? (perCpuAt(host, map)?.lookupCpu(key, cpu) ?? 0) : 0),
  },
];
