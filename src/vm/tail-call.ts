import type { Host } from "../helpers/host.ts";
import { mapAt } from "../helpers/map-helpers.ts";
import type { HelperFunction } from "../helpers/row.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import type { LinearMemory } from "../memory/memory.ts";

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
    const map = mapAt(host, header!);
    if (map?.programs === undefined) return 0;
    const { base, stride } = map.programs;
    return slotAt(host.memory, base, stride, map.spec.maxEntries, index!);
  };

/** The same for an array of programs that is known before the run: (header, index) -> slot. */
export const findProgramIn =
  (memory: LinearMemory, { base, stride, maxEntries }: ProgramPlaces): HelperFunction =>
  (_header, index) =>
    slotAt(memory, base, stride, maxEntries, index!);

function slotAt(memory: LinearMemory, base: number, stride: number, maxEntries: number, index: number): number {
  return index >>> 0 < maxEntries ? memory.i32[(base + (index >>> 0) * stride) >> 2]! : 0;
}
