import type { Btf } from "./btf.ts";
import { BtfError } from "./error.ts";
import { BTF_MAGIC } from "./header.ts";

/** A function's place and type. */
export interface FuncInfo {
  /** Instruction index within the section. */
  readonly insn: number;
  /** The FUNC. */
  readonly type: number;
}

/** A line of source and the first instruction that it became. */
export interface LineInfo {
  /** Instruction index within the section. */
  readonly insn: number;
  readonly file: string;
  /** The line as written; `""` where the compiler did not have it. */
  readonly text: string;
  /** 1-based; 0 where the compiler gave none. */
  readonly line: number;
  /** 1-based; 0 where the compiler gave none. */
  readonly column: number;
}

/** The 13 questions that a program can ask about the Linux it is loaded into, in the order of their numbers. */
export const CORE_KINDS = [
  ...["byte_off", "byte_sz", "field_exists", "signed", "lshift_u64", "rshift_u64"],
  ...["local_type_id", "target_type_id", "type_exists", "type_size", "enumval_exists", "enumval_value"],
  "type_matches",
] as const satisfies readonly string[];

export type CoreKind =
  | ("byte_off" | "byte_sz" | "field_exists" | "signed" | "lshift_u64" | "rshift_u64")
  | ("local_type_id" | "target_type_id" | "type_exists" | "type_size" | "type_matches")
  | ("enumval_exists" | "enumval_value");

/** A question that CO-RE answers when the program is loaded. */
export interface CoreRelocation {
  /** Instruction index within the section. */
  readonly insn: number;
  /** The type that the program was compiled with. */
  readonly type: number;
  /** Indices from that type to a member, or of an enum's value: `"0:3:1"`. */
  readonly access: string;
  readonly kind: CoreKind;
}

/** What `.BTF.ext` says, by name of the section that holds the instructions. */
export interface BtfExt {
  readonly funcs: ReadonlyMap<string, readonly FuncInfo[]>;
  readonly lines: ReadonlyMap<string, readonly LineInfo[]>;
  readonly core: ReadonlyMap<string, readonly CoreRelocation[]>;
}

const SLOT_BYTES = 8;

/**
 * Reads `.BTF.ext`. `btf` holds its names.
 *
 * ```
 * magic u16 | version u8 | flags u8 | hdr_len u32 | then (offset, length) of func_info, line_info, core_relo
 * each: record size u32, then per section: name u32 | count u32 | records
 * ```
 *
 * Throws {@link BtfError}; offsets are bytes of `.BTF.ext`.
 */
export function parseBtfExt(bytes: Uint8Array, btf: Btf): BtfExt {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (reason: string, offset: number): never => {
    throw new BtfError(`.BTF.ext: ${reason}`, { section: "header", offset });
  };
  if (bytes.length < 24) fail("btf_ext_header not found", bytes.length);
  if (view.getUint16(0, true) !== BTF_MAGIC) fail("Invalid magic", 0);
  if (view.getUint8(2) !== 1) fail("Unsupported version", 2);
  if (view.getUint8(3) !== 0) fail("Unsupported flags", 3);
  const headerLength = view.getUint32(4, true);
  if (headerLength < 24 || headerLength > bytes.length) fail("Invalid hdr_len", 4);
  const text = (offset: number, at: number): string => {
    if (offset >= btf.strings.end) fail(`Invalid name_offset:${offset}`, at);
    return btf.strings.at(offset);
  };
  const table = <T>(field: number, smallest: number, read: (at: number) => T): Map<string, T[]> => {
    const found = new Map<string, T[]>();
    if (field + 8 > headerLength) return found;
    let at = headerLength + view.getUint32(field, true);
    const end = at + view.getUint32(field + 4, true);
    if (end > bytes.length) fail("Total section length too long", field);
    if (at === end) return found;
    if (end - at < 4) fail("no record size", at);
    const recordBytes = view.getUint32(at, true);
    if (recordBytes < smallest || recordBytes % 4 !== 0) fail(`invalid record size ${recordBytes}`, at);
    for (at += 4; at < end; ) {
      if (end - at < 8) fail("no section header", at);
      const name = text(view.getUint32(at, true), at);
      const count = view.getUint32(at + 4, true);
      if (count === 0) fail("section without records", at + 4);
      if (count > (end - at - 8) / recordBytes) fail(`${count} records do not fit`, at + 4);
      at += 8;
      const records = found.get(name) ?? [];
      found.set(name, records);
      for (let index = 0; index < count; index++, at += recordBytes) records.push(read(at));
    }
    return found;
  };
  const insn = (at: number): number => {
    const offset = view.getUint32(at, true);
    if (offset % SLOT_BYTES !== 0) fail(`Invalid insn_off:${offset}`, at);
    return offset / SLOT_BYTES;
  };
  const type = (at: number): number => {
    const id = view.getUint32(at, true);
    if (id >= btf.count) fail(`Invalid type_id: ${id} of ${btf.count} types`, at);
    return id;
  };
  const word = (at: number): string => text(view.getUint32(at, true), at);
  const funcs = table(8, 8, (at) => ({ insn: insn(at), type: type(at + 4) }));
  const lines = table(16, 16, (at): LineInfo => {
    const position = view.getUint32(at + 12, true);
    const [file, line] = [word(at + 4), word(at + 8)];
    return { insn: insn(at), file, text: line, line: position >>> 10, column: position & 0x3ff };
  });
  const core = table(24, 16, (at): CoreRelocation => {
    const number = view.getUint32(at + 12, true);
    const kind = CORE_KINDS[number] as CoreKind | undefined;
    if (kind === undefined) return fail(`CO-RE relocation kind ${number}`, at + 12);
    return { insn: insn(at), type: type(at + 4), access: word(at + 8), kind };
  });
  return { funcs, lines, core };
}
