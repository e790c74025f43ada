import { ERRNO } from "../maps/errno.ts";
import { mapIndexAt } from "../maps/header.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import type { Host } from "./host.ts";
import type { HelperRow } from "./row.ts";

/** The map that a program names by its header's offset. */
export const mapAt = (host: Host, header: number): RuntimeMap | undefined => host.maps[mapIndexAt(host.memory, header)];

/** Flags above 32 bits are known to no map; all ones says so in 32. */
const flags32 = (low: number, high: number): number => (high === 0 ? low : -1);

/** Elements of maps. */
export const MAP_HELPERS: readonly HelperRow[] = [
  {
    id: 1,
    name: "map_lookup_elem",
    gplOnly: false,
    args: ["const_map_ptr", "ptr_to_map_key"],
    returns: "ptr_to_map_value_or_null",
    passing: "pointer",
    doc: "The value for a key, to be read and written in place; NULL if the map has none.",
    implement: (host) => (map, key) => mapAt(host, map)?.lookup(key) ?? 0,
  },
  {
    id: 2,
    name: "map_update_elem",
    gplOnly: false,
    args: ["const_map_ptr", "ptr_to_map_key", "ptr_to_map_value", "anything"],
    returns: "integer",
    passing: "i32",
    doc: "Adds or replaces an element: flags 0 either, 1 only add (EEXIST), 2 only replace (ENOENT).",
    implement: (host) => (map, key, value, low, high) =>
      mapAt(host, map)?.update(key, value, flags32(low, high)) ?? -ERRNO.EINVAL,
  },
  {
    id: 3,
    name: "map_delete_elem",
    gplOnly: false,
    args: ["const_map_ptr", "ptr_to_map_key"],
    returns: "integer",
    passing: "i32",
    doc: "Removes an element; ENOENT if there was none.",
    implement: (host) => (map, key) => mapAt(host, map)?.delete(key) ?? -ERRNO.EINVAL,
  },
];
