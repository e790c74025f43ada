import { BtfError } from "./error.ts";

/** First two bytes of every BTF, read as a little-endian number. */
export const BTF_MAGIC = 0xeb9f;

/** Bytes of the header that Linux knows. */
export const HEADER_BYTES = 24;

/** Where the sections of a BTF lie, in bytes from its start. */
export interface BtfHeader {
  readonly headerLength: number;
  readonly typesAt: number;
  readonly typesLength: number;
  readonly stringsAt: number;
  readonly stringsLength: number;
}

const fail = (reason: string, offset: number): never => {
  throw new BtfError(reason, { section: "header", offset });
};

/**
 * Reads and checks a header, in the order and words of Linux.
 *
 * ```
 * magic u16 | version u8 | flags u8 | hdr_len u32 | type_off u32 | type_len u32 | str_off u32 | str_len u32
 * ```
 *
 * `split` says that it continues another BTF, so it may have no types or strings of its own.
 */
export function readHeader(bytes: Uint8Array, split: boolean): BtfHeader {
  if (bytes.length < 8) fail("hdr_len not found", bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0, false) === BTF_MAGIC)
    fail("Invalid magic: this BTF is big-endian, only little-endian is read", 0);
  const headerLength = view.getUint32(4, true);
  if (bytes.length < headerLength) fail("btf_header not found", 4);
  for (let at = HEADER_BYTES; at < headerLength; at++) if (bytes[at] !== 0) fail("Unsupported btf_header", at);
  // Linux reads what a short header leaves out as zero.
  const known = new DataView(new ArrayBuffer(HEADER_BYTES));
  for (let at = 0; at < Math.min(headerLength, HEADER_BYTES); at++) known.setUint8(at, bytes[at]);
  const field = (at: number) => known.getUint32(at, true);
  if (known.getUint16(0, true) !== BTF_MAGIC) fail("Invalid magic", 0);
  if (known.getUint8(2) !== 1) fail("Unsupported version", 2);
  if (known.getUint8(3) !== 0) fail("Unsupported flags", 3);
  if (!split && bytes.length === headerLength) fail("No data", headerLength);
  const types = { name: "type", at: field(8), length: field(12), field: 8 };
  const strings = { name: "str", at: field(16), length: field(20), field: 16 };
  const room = bytes.length - headerLength;
  let total = 0;
  // Linux sorts them by a signed difference, equal ones swapped, which shows in its message for absurd offsets.
  for (const section of ((types.at - strings.at) | 0) >= 0 ? [strings, types] : [types, strings]) {
    if (room < section.at) fail("Invalid section offset", section.field);
    if (total < section.at) fail("Unsupported section found", section.field);
    if (total > section.at) fail("Section overlap found", section.field);
    if (room - total < section.length) fail("Total section length too long", section.field + 4);
    total += section.length;
  }
  if (room !== total) fail("Unsupported section found", headerLength + total);
  const header = {
    headerLength,
    typesAt: headerLength + types.at,
    typesLength: types.length,
    stringsAt: headerLength + strings.at,
    stringsLength: strings.length,
  };
  checkStrings(bytes, header, split);
  if ((types.at & 3) !== 0) fail("Unaligned type_off", 8);
  if (!split && types.length === 0) fail("No type found", 12);
  return header;
}

/** The largest offset of a name that Linux takes. */
const MAX_NAME_OFFSET = 0xff_ffff;

function checkStrings(bytes: Uint8Array, { stringsAt, stringsLength }: BtfHeader, split: boolean): void {
  const bad = (reason: string, offset: number): never => {
    throw new BtfError(reason, { section: "strings", offset });
  };
  if (stringsAt + stringsLength !== bytes.length) bad("String section is not at the end", stringsAt);
  if (split && stringsLength === 0) return;
  if (stringsLength === 0 || stringsLength - 1 > MAX_NAME_OFFSET) bad("Invalid string section", stringsAt);
  if (bytes[bytes.length - 1] !== 0) bad("Invalid string section", bytes.length - 1);
  if (!split && bytes[stringsAt] !== 0) bad("Invalid string section", stringsAt);
}
