import type { Btf } from "../btf/btf.ts";
import { sizeOf } from "../btf/size.ts";
import { ElfError } from "./error.ts";
import type { ElfSymbol } from "./file.ts";
import type { ObjectExtern } from "./object.ts";

/** What the object needs from Linux: undefined symbols, described by the BTF sections `.kconfig` and `.ksyms`. */
export function readExterns(symbols: readonly ElfSymbol[], btf: Btf | undefined): ObjectExtern[] {
  const described = new Map<string, { readonly id: number; readonly section: string }>();
  for (const section of [".kconfig", ".ksyms"])
    for (const { type: id } of btf?.byName(section, "datasec")?.vars ?? [])
      described.set(btf!.type(id).name, { id, section });
  return symbols
    .filter(
      ({ section, index, type, binding }) => section === 0 && index > 0 && type === "notype" && binding !== "local",
    )
    .map(({ name, index, binding }) => {
      const found = described.get(name);
      const fault = { section: ".symtab", offset: index * 24 };
      if (btf === undefined || found === undefined)
        throw new ElfError(`failed to find BTF for extern '${name}'`, fault);
      const type = btf.type(found.id);
      const weak = binding === "weak";
      const common = { name, weak, btf: type.id };
      if (type.kind === "func") return { ...common, kind: "function", type: type.type, size: 0 };
      if (type.kind !== "var") throw new ElfError(`BTF of extern '${name}' is no variable or function`, fault);
      if (found.section === ".ksyms") return { ...common, kind: "variable", type: type.type, size: 0 };
      const size = sizeOf(btf, type.type);
      if (size === undefined) throw new ElfError(`failed to resolve size of extern (kcfg) '${name}'`, fault);
      return { ...common, kind: "kconfig", type: type.type, size };
    });
}
