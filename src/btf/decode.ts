import { KIND_NAMES, kindNumber, vlenOf } from "./kinds.ts";
import type { StringTable } from "./strings.ts";
import type { BtfType, IntType, Linkage } from "./type.ts";

const LINKAGES: readonly Linkage[] = ["static", "global", "extern"];

/** Encodings of integers by their bits; the scan has refused all others. */
const ENCODINGS: Readonly<Record<number, IntType["encoding"]>> = { 0: "", 1: "signed", 2: "char", 4: "bool" };

/** Makes `length` elements of `words` words each. */
const each = <T>(length: number, first: number, words: number, make: (at: number) => T): T[] =>
  Array.from({ length }, (_, index) => make(first + index * words));

/** Reads the type that starts at a word of a scanned type section. */
export function decodeType(words: Uint32Array, start: number, id: number, strings: StringTable): BtfType {
  const info = words[start + 1];
  const name = strings.at(words[start]);
  const type = words[start + 2];
  const size = type;
  const flag = info >>> 31 === 1;
  const vlen = vlenOf(info);
  const rest = start + 3;
  const kind = KIND_NAMES[kindNumber(info)];
  switch (kind) {
    case "int": {
      const data = words[rest];
      const encoding = ENCODINGS[(data >>> 24) & 0xf];
      return { kind, id, name, size, bits: data & 0xff, bitOffset: (data >>> 16) & 0xff, encoding };
    }
    case "array":
      return { kind, id, name, type: words[rest], indexType: words[rest + 1], length: words[rest + 2] };
    case "struct":
    case "union": {
      const members = each(vlen, rest, 3, (at) => ({
        name: strings.at(words[at]),
        type: words[at + 1],
        bitOffset: flag ? words[at + 2] & 0xff_ffff : words[at + 2],
        bitSize: flag ? words[at + 2] >>> 24 : 0,
      }));
      return { kind, id, name, size, members };
    }
    case "enum": {
      const value = (at: number) => (flag ? words[at] | 0 : words[at]);
      const values = each(vlen, rest, 2, (at) => ({ name: strings.at(words[at]), value: value(at + 1) }));
      return { kind, id, name, size, signed: flag, values };
    }
    case "enum64": {
      const value = (low: number, high: number) => {
        const bits = (BigInt(high) << 32n) | BigInt(low);
        return flag ? BigInt.asIntN(64, bits) : bits;
      };
      const values = each(vlen, rest, 3, (at) => ({
        name: strings.at(words[at]),
        value: value(words[at + 1], words[at + 2]),
      }));
      return { kind, id, name, size, signed: flag, values };
    }
    case "fwd":
      return { kind, id, name, of: flag ? "union" : "struct" };
    case "ptr":
    case "typedef":
    case "volatile":
    case "const":
    case "restrict":
      return { kind, id, name, type };
    case "type_tag":
      return { kind, id, name, type, attribute: flag };
    case "func":
      return { kind, id, name, type, linkage: LINKAGES[vlen] };
    case "func_proto": {
      const params = each(vlen, rest, 2, (at) => ({ name: strings.at(words[at]), type: words[at + 1] }));
      return { kind, id, name, type, params };
    }
    case "var":
      return { kind, id, name, type, linkage: LINKAGES[words[rest]] };
    case "datasec": {
      const vars = each(vlen, rest, 3, (at) => ({ type: words[at], offset: words[at + 1], size: words[at + 2] }));
      return { kind, id, name, size, vars };
    }
    case "float":
      return { kind, id, name, size };
    case "decl_tag":
      return { kind, id, name, type, component: words[rest] | 0, attribute: flag };
    case "void":
      return { kind, id, name };
  }
}
