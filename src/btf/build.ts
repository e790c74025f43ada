import type { Btf } from "./btf.ts";
import { BtfError } from "./error.ts";
import { BTF_MAGIC, HEADER_BYTES } from "./header.ts";
import { KINDS } from "./kinds.ts";
import type { BtfTypeSpec, IntType, Linkage } from "./type.ts";

const utf8 = new TextEncoder();

const LINKAGE: Readonly<Record<Linkage, number>> = { static: 0, global: 1, extern: 2 };
const ENCODING: Readonly<Record<IntType["encoding"], number>> = { "": 0, signed: 1, char: 2, bool: 4 };

/** How a type's element count, kind flag, third word and rest are written. */
interface Encoded {
  readonly vlen?: number;
  readonly flag?: boolean;
  /** Size or type. */
  readonly word?: number;
  readonly rest?: readonly number[];
}

/** Words of a type, given where a name goes. */
function encodeType(type: BtfTypeSpec, nameAt: (name: string) => number): Encoded {
  switch (type.kind) {
    case "int":
      return { word: type.size, rest: [(ENCODING[type.encoding] << 24) | (type.bitOffset << 16) | type.bits] };
    case "array":
      return { rest: [type.type, type.indexType, type.length] };
    case "struct":
    case "union": {
      const flag = type.members.some((member) => member.bitSize > 0);
      const rest = type.members.flatMap(({ name, type: to, bitOffset, bitSize }) => [
        nameAt(name),
        to,
        flag ? (bitSize << 24) | bitOffset : bitOffset,
      ]);
      return { vlen: type.members.length, flag, word: type.size, rest };
    }
    case "enum": {
      const rest = type.values.flatMap(({ name, value }) => [nameAt(name), value]);
      return { vlen: type.values.length, flag: type.signed, word: type.size, rest };
    }
    case "enum64": {
      const rest = type.values.flatMap(({ name, value }) => {
        const bits = BigInt.asUintN(64, value);
        return [nameAt(name), Number(bits & 0xffff_ffffn), Number(bits >> 32n)];
      });
      return { vlen: type.values.length, flag: type.signed, word: type.size, rest };
    }
    case "fwd":
      return { flag: type.of === "union" };
    case "ptr":
    case "typedef":
    case "volatile":
    case "const":
    case "restrict":
      return { word: type.type };
    case "type_tag":
      return { word: type.type, flag: type.attribute };
    case "func":
      return { word: type.type, vlen: LINKAGE[type.linkage] };
    case "func_proto": {
      const rest = type.params.flatMap(({ name, type: to }) => [nameAt(name), to]);
      return { vlen: type.params.length, word: type.type, rest };
    }
    case "var":
      return { word: type.type, rest: [LINKAGE[type.linkage]] };
    case "datasec": {
      const rest = type.vars.flatMap(({ type: to, offset, size }) => [to, offset, size]);
      return { vlen: type.vars.length, word: type.size, rest };
    }
    case "float":
      return { word: type.size };
    case "decl_tag":
      return { word: type.type, flag: type.attribute, rest: [type.component] };
  }
}

const MAX_VLEN = 0xffff;
const MAX_BITFIELD_OFFSET = 0xff_ffff;

/**
 * Writes types as a BTF. The first type of the list gets id 1, or with a `base` the id after the base's last; types
 * refer to each other by these ids. Names are written once each, and so are `texts`, which `.BTF.ext` needs. Throws {@link BtfError} for what the format cannot
 * hold: more than 65,535 elements, a bitfield behind bit 16,777,215, a name with a zero byte.
 *
 * @example
 * const bytes = buildBtf([
 *   { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" },
 *   { kind: "struct", name: "point", size: 8, members: [
 *     { name: "x", type: 1, bitOffset: 0, bitSize: 0 },
 *     { name: "y", type: 1, bitOffset: 32, bitSize: 0 },
 *   ] },
 * ]);
 */
export function buildBtf(
  types: Iterable<BtfTypeSpec>,
  base?: Btf,
  texts: Iterable<string> = [],
): Uint8Array<ArrayBuffer> {
  const strings: number[][] = [];
  const offsets = new Map<string, number>([["", 0]]);
  const start = base?.strings.end ?? 0;
  let stringBytes = 0;
  const addString = (text: string): number => {
    const bytes = utf8.encode(text);
    const at = start + stringBytes;
    strings.push([...bytes, 0]);
    stringBytes += bytes.length + 1;
    return at;
  };
  if (base === undefined) addString("");
  const nameAt = (name: string): number => {
    const known = offsets.get(name);
    if (known !== undefined) return known;
    const at = addString(name);
    offsets.set(name, at);
    return at;
  };
  const words: number[] = [];
  let typeId = base?.count ?? 1;
  for (const type of types) {
    checkWritable(type, { offset: HEADER_BYTES + words.length * 4, typeId: typeId++ });
    const { vlen = 0, flag = false, word = 0, rest = [] } = encodeType(type, nameAt);
    const info = ((flag ? 1 : 0) << 31) | (KINDS[type.kind].number << 24) | vlen;
    words.push(nameAt(type.name), info, word);
    for (const value of rest) words.push(value);
  }
  for (const text of texts) nameAt(text);
  const typeBytes = words.length * 4;
  const out = new Uint8Array(HEADER_BYTES + typeBytes + stringBytes);
  const view = new DataView(out.buffer);
  view.setUint16(0, BTF_MAGIC, true);
  out[2] = 1;
  for (const [index, value] of [HEADER_BYTES, 0, typeBytes, typeBytes, stringBytes].entries())
    view.setUint32(4 + index * 4, value, true);
  for (const [index, value] of words.entries()) view.setUint32(HEADER_BYTES + index * 4, value, true);
  let at = HEADER_BYTES + typeBytes;
  for (const text of strings) {
    out.set(text, at);
    at += text.length;
  }
  return out;
}

function checkWritable(type: BtfTypeSpec, { offset, typeId }: { offset: number; typeId: number }): void {
  const fail = (reason: string): never => {
    throw new BtfError(reason, { section: "types", offset, typeId });
  };
  const elements = (list: readonly { readonly name?: string }[]) => {
    if (list.length > MAX_VLEN) fail(`${list.length} elements in one type, at most ${MAX_VLEN} fit`);
    for (const { name = "" } of list) if (name.includes("\0")) fail("Invalid name");
  };
  if (type.name.includes("\0")) fail("Invalid name");
  switch (type.kind) {
    case "struct":
    case "union":
      elements(type.members);
      if (type.members.some(({ bitSize }) => bitSize > 0))
        for (const { bitOffset } of type.members)
          if (bitOffset > MAX_BITFIELD_OFFSET) fail(`bitfields reach bit ${MAX_BITFIELD_OFFSET}, not ${bitOffset}`);
      return;
    case "enum":
    case "enum64":
      elements(type.values);
      return;
    case "func_proto":
      elements(type.params);
      return;
    case "datasec":
      elements(type.vars.map(() => ({})));
      return;
    default:
  }
}
