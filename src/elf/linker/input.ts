import type { Btf } from "../../btf/btf.ts";
import { type BtfExt, parseBtfExt } from "../../btf/ext.ts";
import { SHT } from "../constants.ts";
import { type ElfFile, type ElfSymbol, readElf, type Section } from "../file.ts";
import { readObjectBtf } from "../object-btf.ts";

/** One of the objects that are linked. */
export interface LinkInput {
  /** Its place in the list, from 1, for messages. */
  readonly number: number;
  readonly file: ElfFile;
  readonly btf: Btf | undefined;
  readonly ext: BtfExt | undefined;
  /** Its sections that become part of the result. */
  readonly sections: readonly Section[];
}

/** Pointers to an object's own structs, which `compile` adds: several objects may have the same. */
export const TYPES_SECTION = ".bpfbook.types";

const TABLES: ReadonlySet<number> = new Set([0, SHT.SYMTAB, SHT.STRTAB, SHT.REL, SHT.RELA]);

/** Debuggers' information and hints of the compiler are left out, as by libbpf; BTF is merged by itself. */
const isKept = ({ name, type }: Section): boolean =>
  !TABLES.has(type) && !name.startsWith(".debug_") && !name.startsWith(".BTF") && name !== ".llvm_addrsig";

/** Reads an object; throws `ElfError` for what is none. */
export function readInput(bytes: Uint8Array, index: number): LinkInput {
  const file = readElf(bytes);
  const own = (name: string) => file.sections.find((each) => each.name === name)?.bytes;
  const [btfBytes, extBytes] = [own(".BTF"), own(".BTF.ext")];
  const btf = btfBytes && readObjectBtf(btfBytes, file.sections, file.symbols);
  return {
    ...{ number: index + 1, file, btf, sections: file.sections.filter(isKept) },
    ext: btf && extBytes ? parseBtfExt(extBytes, btf) : undefined,
  };
}

/** The VAR or FUNC of a symbol that other objects see. */
export function typeOfSymbol({ btf }: LinkInput, { name, type }: ElfSymbol): number | undefined {
  for (const kind of type === "func" ? (["func"] as const) : (["var", "func"] as const))
    for (const found of btf?.allByName(name, kind) ?? []) if (found.linkage !== "static") return found.id;
  return undefined;
}
