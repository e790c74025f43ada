/** Programs for tests, written in assembly. */
import { assemble } from "../../src/asm/assemble.ts";
import { helperId } from "../../src/helpers/names.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import type { ProgramType } from "../../src/programs/types.ts";

export const ARRAY: MapSpec = { type: "array", name: "array", keySize: 4, valueSize: 16, maxEntries: 4, flags: 0 };
export const HASH: MapSpec = { type: "hash", name: "hash", keySize: 4, valueSize: 16, maxEntries: 4, flags: 0 };
export const STACKS: MapSpec = {
  type: "stack_trace",
  name: "stacks",
  keySize: 4,
  valueSize: 1016,
  maxEntries: 4,
  flags: 0,
};
const MAPS = [ARRAY, HASH, STACKS];

/** Assembles a program that knows the maps `array`, `hash` and `stacks`. */
export function program(text: string, type: ProgramType = "socket_filter", license = "GPL"): ProgramSpec {
  const { insns, lines } = assemble(text, {
    helper: helperId,
    map: (name) => {
      const index = MAPS.findIndex((map) => map.name === name);
      return index < 0 ? undefined : index;
    },
  });
  return { type, name: "test", insns, lines, maps: MAPS, license };
}

/** `r2` points to a key 0 on the stack, `r1` to the map; calls the lookup. */
export const lookup = (map: string): string => `
  *(u32 *)(r10 - 4) = 0
  r2 = r10
  r2 += -4
  r1 = map[${map}]
  call map_lookup_elem
`;
