import { ArgumentError, requireBytes } from "../../isa/argument.ts";
import { SHF_EXECINSTR, SHN, SHT } from "../constants.ts";
import { ElfError } from "../error.ts";
import type { Relocation, Section } from "../file.ts";
import { type WrittenSection, type WrittenSymbol, writeElf } from "../write.ts";
import { type LinkInput, readInput } from "./input.ts";
import { MergedSections } from "./sections.ts";
import { MergedSymbols } from "./symbols.ts";
import { mergeTypes } from "./types.ts";

const CALL = 0x85;
const SLOT_BYTES = 8;

/**
 * Links objects into one, as `bpftool gen object` does: sections of one name follow each other, `extern` variables, maps and functions
 * find their definitions in the other objects, a strong definition replaces a weak one, static names stay apart, types
 * are merged. Throws {@link ElfError} in libbpf's words: two strong definitions of a name, declarations that differ.
 *
 * @example
 * const object = linkObjects([readFileSync("maps.bpf.o"), readFileSync("programs.bpf.o")]);
 * openObject(object).programs.length;
 */
export function linkObjects(objects: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  if (!Array.isArray(objects) || objects.length === 0)
    throw new ArgumentError("objects", "a list of object files", objects);
  for (const [index, bytes] of objects.entries()) requireBytes(`objects[${index}]`, bytes);
  const inputs = objects.map(readInput);
  const sections = new MergedSections();
  const symbols = new MergedSymbols(sections);
  for (const input of inputs) {
    sections.add(input);
    symbols.add(input);
  }
  const { order, ordered } = localsFirst(symbols.list);
  const relocations = sections.list.map((): WrittenSection["relocations"][number][] => []);
  const contents = sections.list.map((section) => sections.bytesOf(section));
  for (const input of inputs)
    for (const section of input.sections) {
      const place = sections.placeOf(section)!;
      if (place.repeated) continue;
      for (const relocation of input.file.relocations(section)) {
        const symbol = symbols.indexOf(relocation.symbol);
        if (symbol === undefined) lost(input, section, relocation);
        const offset = relocation.offset + place.offset;
        relocations[place.index]!.push({ offset, type: relocation.type, symbol: order[symbol!]! + 1 });
        if (relocation.symbol.type === "section")
          adjust(contents[place.index]!, offset, movedBy(input, sections, relocation), section);
      }
    }
  const written: WrittenSection[] = sections.list.map((section, index) => ({
    ...section,
    bytes: contents[index]!,
    relocations: relocations[index]!,
  }));
  const types = mergeTypes(inputs, sections, symbols);
  if (types !== undefined)
    for (const [name, bytes] of [
      [".BTF", types.btf],
      [".BTF.ext", types.ext],
    ] as const)
      written.push({ name, type: SHT.PROGBITS, flags: 0, align: 8, size: bytes.length, bytes, relocations: [] });
  return writeElf(written, ordered);
}

/** ELF wants the symbols of the object alone before the others. */
function localsFirst(list: readonly WrittenSymbol[]): { order: number[]; ordered: WrittenSymbol[] } {
  const indices = list.map((_, index) => index);
  const isLocal = (index: number): boolean => list[index]!.binding === "local";
  const sorted = [...indices.filter(isLocal), ...indices.filter((index) => !isLocal(index))];
  const order: number[] = [];
  for (const [at, index] of sorted.entries()) order[index] = at;
  return { order, ordered: sorted.map((index) => list[index]!) };
}

function lost({ number }: LinkInput, { name }: Section, { offset, symbol }: Relocation): never {
  throw new ElfError(`object ${number}: relocation against '${symbol.name}', which is left out`, {
    section: name,
    offset,
  });
}

/** How far the section went that a relocation counts from. */
function movedBy({ file }: LinkInput, sections: MergedSections, { symbol }: Relocation): number {
  const target = symbol.section === SHN.UNDEF ? undefined : file.sections[symbol.section];
  return (target && sections.placeOf(target)?.offset) ?? 0;
}

/** An instruction that counts from the start of a section counts from where its part of it is now. */
function adjust(bytes: Uint8Array, offset: number, by: number, { name, flags }: Section): void {
  if (offset + SLOT_BYTES > bytes.length)
    throw new ElfError("relocation within an instruction", { section: name, offset });
  if ((flags & SHF_EXECINSTR) === 0)
    throw new ElfError("relocation against STT_SECTION in non-exec section is not supported!", {
      section: name,
      offset,
    });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const slots = bytes[offset] === CALL ? by / SLOT_BYTES : by;
  view.setInt32(offset + 4, view.getInt32(offset + 4, true) + slots, true);
}
