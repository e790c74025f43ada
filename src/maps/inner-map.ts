import { ERRNO } from "./errno.ts";
import { MAP_FLAGS } from "./flags.ts";
import { mapIndexAt } from "./header.ts";
import type { MapMachine, RuntimeMap } from "./runtime.ts";
import type { MapSpec } from "./spec.ts";

/** Whether a map may lie where maps like `template` do: programs were verified against the template. */
export function isLike(template: MapSpec, map: MapSpec): boolean {
  const same =
    template.type === map.type &&
    template.keySize === map.keySize &&
    template.valueSize === map.valueSize &&
    template.flags === map.flags;
  if (!same || template.type !== "array" || template.flags & MAP_FLAGS.INNER_MAP) return same;
  // Lookups in arrays are inlined with their length.
  return template.maxEntries === map.maxEntries;
}

/** The id by which bpf(2) names a map; Linux takes a descriptor and gives an id, a machine has no descriptors. */
export const mapId = (map: RuntimeMap): number => map.index + 1;

/** The header of the map that an id names, where it is like the template; -EBADF or -EINVAL otherwise. */
export function innerHeader(machine: MapMachine, template: MapSpec, id: number): number {
  const map = machine.maps[id - 1];
  if (map === undefined) return -ERRNO.EBADF;
  return isLike(template, map.spec) ? map.header : -ERRNO.EINVAL;
}

/** The id of the map with a header. */
export const idOfHeader = (memory: RuntimeMap["memory"], header: number): number => mapIndexAt(memory, header) + 1;
