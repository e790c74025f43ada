/** Writes ELF objects by hand, also wrong ones: one more way to make them than clang. */

export interface WrittenSection {
  readonly name: string;
  readonly type?: number;
  readonly flags?: number;
  readonly bytes: Uint8Array;
  readonly info?: number;
  /** Number of another section that this one refers to. */
  readonly link?: number;
}

export interface WrittenSymbol {
  readonly name: string;
  /** `STT_*`: 1 object, 2 function. */
  readonly type: number;
  /** `STB_*`: 0 local, 1 global, 2 weak. */
  readonly binding: number;
  /** Number of the section: the first one given is 1. */
  readonly section: number;
  readonly value: number;
  readonly size: number;
}

const utf8 = new TextEncoder();

function stringTable(names: readonly string[]): { bytes: Uint8Array; at: (name: string) => number } {
  const at = new Map<string, number>([["", 0]]);
  let text = "\0";
  for (const name of names) {
    if (at.has(name)) continue;
    at.set(name, text.length);
    text += `${name}\0`;
  }
  return { bytes: utf8.encode(text), at: (name) => at.get(name)! };
}

/** `SHT_REL` entries: 16 bytes each. */
export function relocations(...list: { offset: number; type: number; symbol: number }[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(16 * list.length));
  list.forEach(({ offset, type, symbol }, index) => {
    view.setBigUint64(16 * index, BigInt(offset), true);
    view.setUint32(16 * index + 8, type, true);
    view.setUint32(16 * index + 12, symbol, true);
  });
  return new Uint8Array(view.buffer);
}

/** An object with these sections, then `.symtab`, `.strtab` and `.shstrtab`. Symbol 0 is added. */
export function writeElf(sections: readonly WrittenSection[], symbols: readonly WrittenSymbol[] = []): Uint8Array {
  const symbolNames = stringTable(symbols.map(({ name }) => name));
  const table = new DataView(new ArrayBuffer(24 * (symbols.length + 1)));
  symbols.forEach(({ name, type, binding, section, value, size }, index) => {
    const at = 24 * (index + 1);
    table.setUint32(at, symbolNames.at(name), true);
    table.setUint8(at + 4, (binding << 4) | type);
    table.setUint16(at + 6, section, true);
    table.setBigUint64(at + 8, BigInt(value), true);
    table.setBigUint64(at + 16, BigInt(size), true);
  });
  const strtab = sections.length + 2;
  const all: WrittenSection[] = [
    ...sections,
    { name: ".symtab", type: 2, bytes: new Uint8Array(table.buffer), link: strtab },
    { name: ".strtab", type: 3, bytes: symbolNames.bytes },
  ];
  const names = stringTable([...all.map(({ name }) => name), ".shstrtab"]);
  all.push({ name: ".shstrtab", type: 3, bytes: names.bytes });
  const contents = all.reduce((sum, { bytes }) => sum + bytes.length, 64);
  const start = (contents + 7) & ~7;
  const out = new Uint8Array(start + 64 * (all.length + 1));
  const view = new DataView(out.buffer);
  out.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 1, true);
  view.setUint16(18, 247, true);
  view.setBigUint64(40, BigInt(start), true);
  view.setUint16(58, 64, true);
  view.setUint16(60, all.length + 1, true);
  view.setUint16(62, all.length, true);
  let at = 64;
  all.forEach(({ name, type = 1, flags = 0, bytes, info = 0, link = 0 }, index) => {
    const row = start + 64 * (index + 1);
    out.set(bytes, at);
    view.setUint32(row, names.at(name), true);
    view.setUint32(row + 4, type, true);
    view.setBigUint64(row + 8, BigInt(flags), true);
    view.setBigUint64(row + 24, BigInt(at), true);
    view.setBigUint64(row + 32, BigInt(bytes.length), true);
    view.setUint32(row + 40, link, true);
    view.setUint32(row + 44, info, true);
    at += bytes.length;
  });
  return out;
}
