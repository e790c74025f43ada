import { BINDINGS, RELOCATION_TYPES, type RelocationType, SHN, SHT, SYMBOL_TYPES } from "./constants.ts";
import { ElfError } from "./error.ts";

/** A section of an object file. */
export interface Section {
  /** Its number in the file. */
  readonly index: number;
  readonly name: string;
  /** `SHT_*`. */
  readonly type: number;
  /** `SHF_*`. */
  readonly flags: number;
  /** Its contents begin at a multiple of this, in bytes. */
  readonly align: number;
  /** Bytes; those of a section without contents (`.bss`) are zeros that the file does not hold. */
  readonly size: number;
  /** A view of the file; empty where the file holds none. */
  readonly bytes: Uint8Array;
  readonly link: number;
  readonly info: number;
}

/** A symbol. */
export interface ElfSymbol {
  readonly index: number;
  readonly name: string;
  readonly type: "notype" | "object" | "func" | "section" | "file" | "other";
  readonly binding: "local" | "global" | "weak";
  /** Only seen within the object (`STV_HIDDEN`, `STV_INTERNAL`). */
  readonly hidden: boolean;
  /** Number of the section, 0 for what another object or Linux defines; at least 0xff00 for none of them. */
  readonly section: number;
  /** From the start of the section. */
  readonly value: number;
  readonly size: number;
}

/** A place to patch. */
export interface Relocation {
  /** From the start of the section that is patched. */
  readonly offset: number;
  readonly type: RelocationType;
  readonly symbol: ElfSymbol;
}

/** The parts of an ELF object. */
export interface ElfFile {
  /** By number; the first one is no section. */
  readonly sections: readonly Section[];
  readonly symbols: readonly ElfSymbol[];
  /** Relocations of a section, by its number, in the order of the file. */
  readonly relocations: (section: Section) => Relocation[];
}

const EM_NONE = 0;
const EM_BPF = 247;
const ET_REL = 1;
const HEADER = "ELF header";
const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;
const RELOCATION_BYTES = 16;

/** Reads numbers of a part of the file; what does not fit a JavaScript number cannot be in a file either. */
class Reader {
  readonly #view: DataView;
  readonly section: string;

  constructor(bytes: Uint8Array, section: string) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.section = section;
  }

  u8 = (at: number): number => this.#view.getUint8(at);
  u16 = (at: number): number => this.#view.getUint16(at, true);
  u32 = (at: number): number => this.#view.getUint32(at, true);
  u64 = (at: number): number => Number(this.#view.getBigUint64(at, true));

  fail = (reason: string, offset: number): never => {
    throw new ElfError(reason, { section: this.section, offset });
  };
}

const utf8 = new TextDecoder();

/** The text at an offset of a string table, up to its zero. */
function textAt(table: Uint8Array, offset: number, fail: () => never): string {
  if (offset >= table.length) return fail();
  const end = table.indexOf(0, offset);
  return end < 0 ? fail() : utf8.decode(table.subarray(offset, end));
}

/**
 * Reads an ELF object for BPF: 64 bits, little-endian, relocatable. Throws {@link ElfError} with the place and what is
 * wrong there. The time it takes grows with the file's length only.
 *
 * Source: System V ABI, ELF-64 object file format.
 */
export function readElf(file: Uint8Array): ElfFile {
  // Views of a plain array, whatever was given: a Node Buffer's slice() does not copy.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  const header = new Reader(bytes, HEADER);
  if (bytes.length < 4 || header.u32(0) !== 0x464c_457f) header.fail("this is no ELF file", 0);
  if (bytes.length < 64)
    header.fail(`the file ends after ${bytes.length} bytes, within the header of 64`, bytes.length);
  if (header.u8(4) !== 2) header.fail("32-bit ELF: BPF objects have 64 bits", 4);
  if (header.u8(5) === 2) header.fail("the object is big-endian; compile with -target bpf or bpfel", 5);
  if (header.u8(5) !== 1 || header.u8(6) !== 1) header.fail("unknown byte order or version", 5);
  if (header.u16(16) !== ET_REL) header.fail("not a valid eBPF object file: not relocatable", 16);
  const machine = header.u16(18);
  if (machine !== EM_BPF && machine !== EM_NONE)
    header.fail(`not a valid eBPF object file: it is for machine ${machine}, BPF is 247`, 18);
  const sections = readSections(bytes, header);
  const symbols = readSymbols(sections);
  const tables = Map.groupBy(
    sections.filter(({ type }) => type === SHT.REL || type === SHT.RELA),
    ({ info }) => info,
  );
  return { sections, symbols, relocations: (section) => readRelocations(section, tables.get(section.index), symbols) };
}

function readSections(bytes: Uint8Array, header: Reader): Section[] {
  const at = header.u64(40);
  if (header.u16(58) !== SECTION_BYTES) header.fail(`section headers of ${header.u16(58)} bytes instead of 64`, 58);
  if (at > bytes.length - SECTION_BYTES) header.fail(`section headers at ${at}, behind the end of the file`, 40);
  const table = new Reader(bytes.subarray(at), "section headers");
  // Where there are too many for 16 bits, the first header holds their number.
  const count = header.u16(60) || table.u64(32);
  if (count < 1 || count > (bytes.length - at) / SECTION_BYTES)
    header.fail(`${count} section headers do not fit the file`, 60);
  const namesIndex = header.u16(62) === SHN.XINDEX ? table.u32(40) : header.u16(62);
  if (namesIndex >= count) header.fail(`names of sections in section ${namesIndex} of ${count}`, 62);
  let total = 0;
  const contents = (index: number): Uint8Array => {
    const row = index * SECTION_BYTES;
    if (index === 0 || table.u32(row + 4) === SHT.NOBITS) return new Uint8Array(0);
    const [start, size] = [table.u64(row + 24), table.u64(row + 32)];
    if (start > bytes.length || size > bytes.length - start)
      table.fail(`section ${index} reaches behind the end of the file`, at + row + 24);
    total += size;
    if (total > bytes.length) table.fail("sections overlap", at + row + 24);
    return bytes.subarray(start, start + size);
  };
  const all = Array.from({ length: count }, (_, index) => contents(index));
  return all.map((own, index) => {
    const row = index * SECTION_BYTES;
    const noName = () => table.fail(`section ${index} has no name`, at + row);
    return {
      index,
      name: index === 0 ? "" : textAt(all[namesIndex], table.u32(row), noName),
      type: table.u32(row + 4),
      flags: table.u64(row + 8),
      align: Math.max(1, table.u64(row + 48)),
      size: index === 0 ? 0 : table.u64(row + 32),
      bytes: own,
      link: table.u32(row + 40),
      info: table.u32(row + 44),
    };
  });
}

function readSymbols(sections: readonly Section[]): ElfSymbol[] {
  const table = sections.find(({ type }) => type === SHT.SYMTAB);
  if (table === undefined) return [];
  const reader = new Reader(table.bytes, table.name);
  if (table.bytes.length % SYMBOL_BYTES !== 0) reader.fail("no whole number of symbols", table.bytes.length);
  const names = sections[table.link];
  if (names?.type !== SHT.STRTAB) reader.fail(`names of symbols in section ${table.link}, no string table`, 0);
  return Array.from({ length: table.bytes.length / SYMBOL_BYTES }, (_, index) => {
    const at = index * SYMBOL_BYTES;
    const info = reader.u8(at + 4);
    const section = reader.u16(at + 6);
    if (section >= sections.length && section < SHN.LORESERVE)
      reader.fail(`symbol ${index} is in section ${section} of ${sections.length}`, at + 6);
    const binding = BINDINGS[(info >> 4) as keyof typeof BINDINGS];
    if (binding === undefined) reader.fail(`symbol ${index} has binding ${info >> 4}`, at + 4);
    const type = SYMBOL_TYPES[(info & 0xf) as keyof typeof SYMBOL_TYPES] ?? "other";
    const own = textAt(names.bytes, reader.u32(at), () => reader.fail(`symbol ${index} has no name`, at));
    return {
      index,
      name: type === "section" && own === "" ? (sections[section]?.name ?? "") : own,
      type,
      binding,
      hidden: [1, 2].includes(reader.u8(at + 5) & 3),
      section,
      value: reader.u64(at + 8),
      size: reader.u64(at + 16),
    };
  });
}

function readRelocations(
  section: Section,
  tables: readonly Section[] | undefined,
  symbols: readonly ElfSymbol[],
): Relocation[] {
  return (tables ?? []).flatMap((table) => {
    const reader = new Reader(table.bytes, table.name);
    if (table.type === SHT.RELA) reader.fail("relocations with addends: BPF has none", 0);
    if (table.bytes.length % RELOCATION_BYTES !== 0) reader.fail("no whole number of relocations", table.bytes.length);
    return Array.from({ length: table.bytes.length / RELOCATION_BYTES }, (_, index) => {
      const at = index * RELOCATION_BYTES;
      const offset = reader.u64(at);
      const number = reader.u32(at + 8);
      const type = RELOCATION_TYPES[number as keyof typeof RELOCATION_TYPES];
      if (type === undefined) reader.fail(`relocation type ${number} is none of BPF`, at + 8);
      if (offset >= section.size) reader.fail(`offset ${offset} is behind the end of ${section.name}`, at);
      const symbol = symbols[reader.u32(at + 12)];
      if (symbol === undefined) reader.fail(`symbol ${reader.u32(at + 12)} of ${symbols.length}`, at + 12);
      return { offset, type, symbol };
    });
  });
}
