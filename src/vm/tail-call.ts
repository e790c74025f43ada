import type { Host } from "../helpers/host.ts";
import { mapAt } from "../helpers/map-helpers.ts";
import type { HelperFunction } from "../helpers/row.ts";
import type { RuntimeMap } from "../maps/runtime.ts";

/** The helper that goes on with another program. Engines execute it themselves: it does not return. */
export const TAIL_CALL = "tail_call";

/** Where the programs of a map lie that is known before the run. */
export interface ProgramPlaces {
  readonly base: number;
  readonly stride: number;
  readonly maxEntries: number;
}

/** Where the programs of a map lie; undefined for maps of other types. */
export function programPlaces(map: RuntimeMap | undefined): ProgramPlaces | undefined {
  return map?.programs && { ...map.programs, maxEntries: map.spec.maxEntries };
}

/** (header of the map, index) -> the slot of the program there in the table of entries; 0 where there is none. */
export const findProgram =
  (host: Host): HelperFunction =>
  (header, index) => {
    const places = programPlaces(mapAt(host, header!));
    if (places === undefined || index! >>> 0 >= places.maxEntries) return 0;
    return host.memory.i32[(places.base + (index! >>> 0) * places.stride) >> 2]!;
  };
