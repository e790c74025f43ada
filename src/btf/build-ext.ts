import type { Btf } from "./btf.ts";
import { type BtfExt, CORE_KINDS } from "./ext.ts";
import { BTF_MAGIC } from "./header.ts";

const HEADER_BYTES = 32;
const SLOT_BYTES = 8;

/** All texts that `.BTF.ext` refers to; the BTF has to have them. */
export function textsOfExt({ funcs, lines, core }: BtfExt): Set<string> {
  const texts = new Set<string>([...funcs.keys(), ...lines.keys(), ...core.keys()]);
  for (const records of lines.values()) for (const { file, text } of records) texts.add(file).add(text);
  for (const records of core.values()) for (const { access } of records) texts.add(access);
  return texts;
}

/**
 * Writes `.BTF.ext`, the reverse of `parseBtfExt`. `btf` has all of {@link textsOfExt} among its strings.
 *
 * @example
 * const btf = parseBtf(buildBtf(types, undefined, textsOfExt(ext)));
 * parseBtfExt(buildBtfExt(ext, btf), btf); // ext
 */
export function buildBtfExt({ funcs, lines, core }: BtfExt, btf: Btf): Uint8Array<ArrayBuffer> {
  const offsets = stringOffsets(btf);
  const at = (text: string): number => offsets.get(text)!;
  const table = <T>(records: ReadonlyMap<string, readonly T[]>, words: number, write: (record: T) => number[]) => {
    const own = [...records].filter(([, list]) => list.length > 0);
    return own.length === 0
      ? []
      : [words * 4, ...own.flatMap(([section, list]) => [at(section), list.length, ...list.flatMap(write)])];
  };
  const tables = [
    table(funcs, 2, ({ insn, type }) => [insn * SLOT_BYTES, type]),
    table(lines, 4, ({ insn, file, text, line, column }) => [
      ...[insn * SLOT_BYTES, at(file), at(text), (line << 10) | column],
    ]),
    table(core, 4, ({ insn, type, access, kind }) => [insn * SLOT_BYTES, type, at(access), CORE_KINDS.indexOf(kind)]),
  ];
  const bytes = new Uint8Array(HEADER_BYTES + tables.flat().length * 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, BTF_MAGIC, true);
  view.setUint8(2, 1);
  view.setUint32(4, HEADER_BYTES, true);
  let end = 0;
  for (const [index, words] of tables.entries()) {
    view.setUint32(8 + index * 8, end, true);
    view.setUint32(12 + index * 8, words.length * 4, true);
    for (const word of words) {
      view.setUint32(HEADER_BYTES + end, word, true);
      end += 4;
    }
  }
  return bytes;
}

/** Where each text of a BTF is. */
function stringOffsets({ strings }: Btf): Map<string, number> {
  const offsets = new Map<string, number>();
  for (let offset = strings.start; offset < strings.end; ) {
    offsets.set(strings.at(offset), offset);
    offset = strings.start + strings.bytes.indexOf(0, offset - strings.start) + 1;
  }
  return offsets;
}
