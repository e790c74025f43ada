import { BINDINGS, RELOCATION_TYPES, type RelocationType, SHT, SYMBOL_TYPES } from "./constants.ts";
import type { ElfSymbol } from "./file.ts";

/** A section to write. */
export interface WrittenSection {
  readonly name: string;
  /** `SHT_*`. */
  readonly type: number;
  /** `SHF_*`. */
  readonly flags: number;
  readonly align: number;
  readonly size: number;
  /** Empty for `SHT_NOBITS`. */
  readonly bytes: Uint8Array;
  /** What is to be patched, by the number of the symbol. */
  readonly relocations: readonly { readonly offset: number; readonly type: RelocationType; readonly symbol: number }[];
}

/** A symbol to write; `section` counts the sections from 1. */
export type WrittenSymbol = Omit<ElfSymbol, "index">;

const HEADER_BYTES = 64;
const ROW_BYTES = 64;
const SYMBOL_BYTES = 24;
const RELOCATION_BYTES = 16;
const EM_BPF = 247;
const SHF_INFO_LINK = 0x40;
const STV_HIDDEN = 2;

const utf8 = new TextEncoder();

const numberOf = <T extends string>(table: Readonly<Record<number, T>>, name: T): number =>
  Number(Object.entries(table).find(([, each]) => each === name)?.[0] ?? 0);

/** Names one after the other, each with its zero. */
class StringTable {
  readonly #bytes: number[] = [0];
  readonly #offsets = new Map<string, number>([["", 0]]);

  at(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const offset = this.#bytes.length;
    this.#offsets.set(text, offset);
    this.#bytes.push(...utf8.encode(text), 0);
    return offset;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** One row of the table of sections, with its contents. */
interface Row extends Omit<WrittenSection, "relocations"> {
  readonly link?: number;
  readonly info?: number;
  readonly entry?: number;
}

/**
 * Writes an object for BPF: the sections in order, their relocations behind them, then the tables of symbols and names. Symbols
 * count from 1; those of the object alone have to come first, as ELF asks.
 *
 * @example readElf(writeElf(sections, symbols)).sections.map(({ name }) => name)
 */
export function writeElf(
  sections: readonly WrittenSection[],
  symbols: readonly WrittenSymbol[],
): Uint8Array<ArrayBuffer> {
  const names = new StringTable();
  const patched = sections
    .map((section, index) => ({ ...section, number: index + 1 }))
    .filter(({ relocations }) => relocations.length > 0);
  const symtab = 1 + sections.length + patched.length;
  const plain = (bytes: Uint8Array) => ({ flags: 0, size: bytes.length, bytes });
  const rows: Row[] = [
    ...sections,
    ...patched.map(({ name, number, relocations }) => ({
      ...plain(relocationBytes(relocations)),
      ...{ name: `.rel${name}`, type: SHT.REL, flags: SHF_INFO_LINK, align: 8, link: symtab, info: number },
      entry: RELOCATION_BYTES,
    })),
    {
      ...plain(symbolBytes(symbols, names)),
      ...{ name: ".symtab", type: SHT.SYMTAB, align: 8, link: symtab + 1, entry: SYMBOL_BYTES },
      info: 1 + symbols.filter(({ binding }) => binding === "local").length,
    },
  ];
  for (const { name } of rows) names.at(name);
  names.at(".strtab");
  rows.push({ name: ".strtab", type: SHT.STRTAB, align: 1, ...plain(names.bytes) });
  return layOut(rows, names);
}

function layOut(rows: readonly Row[], names: StringTable): Uint8Array<ArrayBuffer> {
  let end = HEADER_BYTES;
  const starts = rows.map(({ align, bytes }) => {
    const start = Math.ceil(end / align) * align;
    end = start + bytes.length;
    return start;
  });
  const table = Math.ceil(end / 8) * 8;
  const out = new Uint8Array(table + ROW_BYTES * (rows.length + 1));
  const view = new DataView(out.buffer);
  out.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 1, true);
  view.setUint16(18, EM_BPF, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(40, BigInt(table), true);
  for (const [at, value] of [
    [52, HEADER_BYTES],
    [58, ROW_BYTES],
    [60, rows.length + 1],
    [62, rows.length],
  ] as const)
    view.setUint16(at, value, true);
  for (const [index, row] of rows.entries()) {
    const at = table + ROW_BYTES * (index + 1);
    out.set(row.bytes, starts[index]);
    view.setUint32(at, names.at(row.name), true);
    view.setUint32(at + 4, row.type, true);
    const words = [row.flags, 0, starts[index]!, row.size];
    for (const [word, value] of words.entries()) view.setBigUint64(at + 8 + word * 8, BigInt(value), true);
    view.setUint32(at + 40, row.link ?? 0, true);
    view.setUint32(at + 44, row.info ?? 0, true);
    view.setBigUint64(at + 48, BigInt(row.align), true);
    view.setBigUint64(at + 56, BigInt(row.entry ?? 0), true);
  }
  return out;
}

function symbolBytes(symbols: readonly WrittenSymbol[], names: StringTable): Uint8Array {
  const view = new DataView(new ArrayBuffer(SYMBOL_BYTES * (symbols.length + 1)));
  for (const [index, { name, type, binding, hidden, section, value, size }] of symbols.entries()) {
    const at = SYMBOL_BYTES * (index + 1);
    view.setUint32(at, type === "section" ? 0 : names.at(name), true);
    view.setUint8(at + 4, (numberOf(BINDINGS, binding) << 4) | (type === "other" ? 0 : numberOf(SYMBOL_TYPES, type)));
    view.setUint8(at + 5, hidden ? STV_HIDDEN : 0);
    view.setUint16(at + 6, section, true);
    view.setBigUint64(at + 8, BigInt(value), true);
    view.setBigUint64(at + 16, BigInt(size), true);
  }
  return new Uint8Array(view.buffer);
}

function relocationBytes(relocations: WrittenSection["relocations"]): Uint8Array {
  const view = new DataView(new ArrayBuffer(RELOCATION_BYTES * relocations.length));
  for (const [index, { offset, type, symbol }] of relocations.entries()) {
    view.setBigUint64(RELOCATION_BYTES * index, BigInt(offset), true);
    view.setUint32(RELOCATION_BYTES * index + 8, numberOf(RELOCATION_TYPES, type), true);
    view.setUint32(RELOCATION_BYTES * index + 12, symbol, true);
  }
  return new Uint8Array(view.buffer);
}
