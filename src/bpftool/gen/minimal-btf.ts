import type { Btf } from "../../btf/btf.ts";
import { reduceBtf } from "../../btf/reduce.ts";
import type { ObjectFile } from "../../elf/object.ts";

/**
 * The types of a Linux that some objects' CO-RE relocations look at, with what these contain: enough for loading them on a Linux without
 * BTF of its own. bpftool also leaves out members that nobody asks for; here structs stay whole.
 */
export function minimalBtf(source: Btf, objects: readonly ObjectFile[]): Uint8Array {
  const roots = new Set<number>();
  for (const { btf, programs, subprograms } of objects) {
    if (btf === undefined) continue;
    for (const { coreRelocations } of [...programs, ...subprograms])
      for (const { type } of coreRelocations) {
        // `name___flavour` of a program is `name` of Linux.
        const name = btf.type(type).name.replace(/___.*$/, "");
        if (name !== "") for (const { id } of source.allByName(name)) roots.add(id);
      }
  }
  return reduceBtf(source, { roots, pointers: 0 });
}
