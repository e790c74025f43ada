import type { Btf } from "../btf/btf.ts";
import { SHT } from "./constants.ts";
import { ElfError } from "./error.ts";
import type { ElfFile, Section } from "./file.ts";
import type { ObjectData, ObjectVariable } from "./object.ts";

/** Which sections hold data, by how their names begin; a name is that or goes on with a dot. */
const KINDS: readonly (readonly [string, ObjectData["kind"]])[] = [
  [".data", "data"],
  [".rodata", "rodata"],
  [".bss", "bss"],
  [".struct_ops", "struct_ops"],
  ["?.struct_ops", "struct_ops"],
  [".addr_space.1", "arena"],
];

/** What a section of data becomes, `undefined` for any other section. */
export function dataKind({ name, type }: Section): ObjectData["kind"] | undefined {
  if (type !== SHT.PROGBITS && type !== SHT.NOBITS) return undefined;
  return KINDS.find(([start]) => name === start || name.startsWith(`${start}.`))?.[1];
}

/** Sections of data with their variables. Empty ones are left out, as by libbpf. */
export function readData(file: ElfFile, btf: Btf | undefined, functionAt: FunctionAt): ObjectData[] {
  const bySection = Map.groupBy(file.symbols, ({ section }) => section);
  return file.sections.flatMap((section): ObjectData[] => {
    const kind = dataKind(section);
    if (kind === undefined || section.size === 0) return [];
    const fault = { section: section.name, offset: 0 };
    if (section.size > 0xffff_ffff) throw new ElfError(`${section.size} bytes of data do not fit a map`, fault);
    const described = btf?.byName(section.name, "datasec");
    const variables: ObjectVariable[] = [];
    if (btf !== undefined && described !== undefined) {
      for (const { type: id, offset, size } of described.vars) {
        const variable = btf.type(id);
        if (variable.kind !== "var") throw new ElfError(`type [${id}] is no variable`, fault);
        const linkage = variable.linkage === "static" ? "static" : "global";
        variables.push({ name: variable.name, offset, size, type: variable.type, linkage });
      }
    } else {
      for (const { name, type, value: offset, size, binding } of bySection.get(section.index) ?? [])
        if (type === "object")
          variables.push({ name, offset, size, type: 0, linkage: binding === "local" ? "static" : "global" });
    }
    for (const { name, offset, size } of variables)
      if (offset + size > section.size)
        throw new ElfError(`variable '${name}' reaches behind the end`, { section: section.name, offset });
    const functions = file.relocations(section).flatMap(({ offset, symbol }) => {
      const view = new DataView(section.bytes.buffer, section.bytes.byteOffset, section.bytes.byteLength);
      if (offset + 8 > section.bytes.length) return [];
      const name = functionAt(symbol.section, symbol.value + Number(view.getBigUint64(offset, true)));
      return name === undefined ? [] : [{ offset, function: name }];
    });
    const bytes = section.type === SHT.NOBITS ? undefined : section.bytes;
    return [{ name: section.name, kind, size: section.size, bytes, variables, functions }];
  });
}

/** Name of the function that starts at a byte of a section. */
export type FunctionAt = (section: number, offset: number) => string | undefined;
