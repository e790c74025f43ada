import { type AsmResolver, type Assembled, assemble } from "../../src/asm/assemble.ts";
import type { AsmDiagnostic } from "../../src/asm/diagnostics.ts";
import { AsmError } from "../../src/asm/diagnostics.ts";

const HELPERS = new Map([
  ["map_lookup_elem", 1],
  ["map_update_elem", 2],
  ["ktime_get_ns", 5],
  ["trace_printk", 6],
]);
const MAPS = ["sizes", "events.data"];

/** A few helpers and two maps, as the layers above would give them. */
export const resolver: AsmResolver = {
  helper: (name) => HELPERS.get(name.replace(/^bpf_/, "")),
  map: (name, declared) => {
    // Declared ones come after the two, all of them as one more.
    const index = declared ? MAPS.length : MAPS.indexOf(name);
    return index < 0 ? undefined : index;
  },
  helperNames: [...HELPERS.keys()],
  mapNames: MAPS,
  mapTypes: ["hash", "array", "ringbuf"],
};

export const names = {
  helperName: (id: number) => [...HELPERS].find(([, known]) => known === id)?.[0],
  mapName: (index: number) => MAPS[index],
};

export const asm = (text: string): Assembled => assemble(text, resolver);

/** The diagnostics of a text that must not assemble. */
export function errorsOf(text: string): readonly AsmDiagnostic[] {
  try {
    asm(text);
  } catch (error) {
    if (error instanceof AsmError) return error.diagnostics;
    throw error;
  }
  return [];
}
