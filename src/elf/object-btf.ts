import { type Btf, parseBtf } from "../btf/btf.ts";
import type { ElfSymbol, Section } from "./file.ts";

/** Sections of BTF that describe what is defined elsewhere. */
export const EXTERN_SECTIONS: ReadonlySet<string> = new Set([".kconfig", ".ksyms"]);

const VARS_AT = 12;
const VAR_BYTES = 12;

/**
 * Reads an object's `.BTF` and fills in what compilers leave to the loader: the size of each section of data, and the
 * offsets of global variables in it.
 */
export function readObjectBtf(bytes: Uint8Array, sections: readonly Section[], symbols: readonly ElfSymbol[]): Btf {
  const patched = new Uint8Array(bytes); // a Buffer's own slice() would share the file's bytes
  const view = new DataView(patched.buffer);
  const before = parseBtf(patched);
  const bySection = new Map(sections.map((section) => [section.name, section]));
  const symbolsByName = new Map(
    symbols.filter(({ binding }) => binding !== "local").map((symbol) => [symbol.name, symbol]),
  );
  for (const type of before.types()) {
    if (type.kind !== "datasec" || EXTERN_SECTIONS.has(type.name)) continue;
    const section = bySection.get(type.name);
    if (section === undefined || section.size > 0xffff_ffff) continue;
    const at = before.offsetOf(type.id);
    if (type.size === 0) view.setUint32(at + 8, section.size, true);
    for (const [index, entry] of type.vars.entries()) {
      const variable = before.type(entry.type);
      const symbol = symbolsByName.get(variable.name);
      if (variable.kind !== "var" || variable.linkage === "static" || symbol?.section !== section.index) continue;
      view.setUint32(at + VARS_AT + index * VAR_BYTES + 4, symbol.value, true);
    }
  }
  return parseBtf(patched);
}
