import { ERRNO } from "../maps/errno.ts";
import { mapIndexAt } from "../maps/header.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import type { Host } from "./host.ts";
import type { HelperImplementation } from "./row.ts";

/** The map that a program names by its header's offset. */
export const mapAt = (host: Pick<Host, "maps" | "memory">, header: number): RuntimeMap | undefined =>
  host.maps[mapIndexAt(host.memory, header)];

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
];
