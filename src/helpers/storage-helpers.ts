import { ERRNO } from "../maps/errno.ts";
import { ObjectStorageMap } from "../maps/object-storage.ts";
import type { Host } from "./host.ts";
import { mapAt } from "./map-helpers.ts";
import type { HelperImplementation } from "./row.ts";

/** The only flag of a storage's `get`: make the value where there is none. */
const CREATE = 1;

function storageAt(host: Host, header: number): ObjectStorageMap | undefined {
  const map = mapAt(host, header);
  return map instanceof ObjectStorageMap ? map : undefined;
}

/** Sockets have several faces in memory, one of which names them: a context's or a lookup's is turned into that. */
const named = (host: Host, kind: string, object: number): number =>
  kind === "sk" && object !== 0 ? (host.sockets?.cast(object, "sock") ?? object) : object;

/** The helpers of one kind of object. */
const storage = (kind: string): readonly HelperImplementation[] => [
  {
    name: `${kind}_storage_get`,
    passing: "pointer",
    implement: (host) => (map, object, initial, flags, high) =>
      flags & ~CREATE || high !== 0
        ? 0
        : (storageAt(host, map)?.get(named(host, kind, object), initial, flags === CREATE) ?? 0),
  },
  {
    name: `${kind}_storage_delete`,
    passing: "i32",
    implement: (host) => (map, object) =>
      object === 0 ? -ERRNO.EINVAL : (storageAt(host, map)?.remove(named(host, kind, object)) ?? -ERRNO.EINVAL),
  },
];

/** Values that belong to tasks, inodes, sockets and cgroups. */
export const STORAGE_HELPERS: readonly HelperImplementation[] = ["task", "inode", "sk", "cgrp"].flatMap(storage);
