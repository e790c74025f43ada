import type { Btf } from "../../btf/btf.ts";
import { memberBits } from "../../btf/member-path.ts";
import { sizeOf } from "../../btf/size.ts";
import type { BtfType, StructType, UnionType } from "../../btf/type.ts";
import { type Json, type JsonObject, printed } from "../json.ts";

/** How deep types may hold each other. */
const MAX_NESTING = 32;

/** A kind that bpftool 7.1 cannot print: it says so, and leaves out what follows in the same value. */
class Unsupported {
  readonly json: Json;
  constructor(json: Json) {
    this.json = json;
  }
}

/**
 * A value as bpftool prints it by its type: structs as objects, arrays of `char` that end as text, members of some bits in hexadecimal,
 * enums by name. `asText` is bpftool's form without `-j`, where numbers in hexadecimal have no quotes.
 *
 * @example
 * typedValue(btf, btf.byName("stat", "struct")!.id, bytes, true); // { members: [["packets", 1], ["bytes", 60]] }
 */
export function typedValue(btf: Btf, id: number, bytes: Uint8Array, asText: boolean): Json {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Dumper(btf, view, asText).value(id, 0, 0);
  return found instanceof Unsupported ? found.json : found;
}

class Dumper {
  readonly #btf: Btf;
  readonly #view: DataView;
  readonly #asText: boolean;

  constructor(btf: Btf, view: DataView, asText: boolean) {
    this.#btf = btf;
    this.#view = view;
    this.#asText = asText;
  }

  value(id: number, at: number, depth: number): Json | Unsupported {
    const type = this.#btf.resolve(id);
    const size = sizeOf(this.#btf, id) ?? 0;
    if (depth > MAX_NESTING || at + size > this.#view.byteLength) return new Unsupported(printed("(invalid-type)"));
    switch (type.kind) {
      case "int":
        return this.#int(type, at);
      case "ptr": {
        const address = this.#view.getBigUint64(at, true);
        return printed(this.#asText ? (address === 0n ? "(nil)" : `0x${address.toString(16)}`) : String(address));
      }
      case "enum":
      case "enum64": {
        const number = this.#number(at, type.size, type.signed);
        return type.values.find(({ value }) => BigInt(value) === number)?.name ?? number;
      }
      case "array":
        return this.#array(type.type, type.length, at, depth);
      case "struct":
      case "union":
        return this.#composite(type, at, depth);
      case "var":
        return { members: [[type.name, plainOf(this.value(type.type, at, depth + 1))]] };
      case "datasec": {
        const vars: Json[] = [];
        for (const { type: each, offset } of type.vars) vars.push(plainOf(this.value(each, at + offset, depth + 1)));
        return { members: [[type.name, vars]] };
      }
      default:
        return new Unsupported(printed("(unsupported-kind"));
    }
  }

  #number(at: number, size: number, signed: boolean): bigint {
    let all = 0n;
    for (let byte = size - 1; byte >= 0; byte--) all = (all << 8n) | BigInt(this.#view.getUint8(at + byte));
    return signed ? BigInt.asIntN(size * 8, all) : all;
  }

  #hex(value: bigint): Json {
    const text = `0x${value.toString(16)}`;
    return this.#asText ? printed(text) : text;
  }

  #int(type: Extract<BtfType, { kind: "int" }>, at: number): Json | Unsupported {
    if (type.bits === 128) return this.#hex(this.#number(at, 16, false));
    if (type.bitOffset !== 0 || type.bits % 8 !== 0) return this.#bits(type.bitOffset, type.bits, at);
    switch (type.encoding) {
      case "bool":
        return this.#view.getUint8(at) !== 0;
      case "char": {
        const byte = this.#view.getUint8(at);
        if (byte >= 32 && byte < 127) return printed(`"${String.fromCharCode(byte)}"`);
        return printed(this.#asText ? `0x${byte.toString(16)}` : `"\\u00${byte.toString(16).padStart(2, "0")}"`);
      }
      default:
        return this.#number(at, type.size, type.encoding === "signed");
    }
  }

  #bits(offset: number, bits: number, at: number): Json {
    const first = at + (offset >> 3);
    const shift = BigInt(offset & 7);
    const whole = this.#number(first, Math.ceil(((offset & 7) + bits) / 8), false);
    return this.#hex((whole >> shift) & ((1n << BigInt(bits)) - 1n));
  }

  #array(element: number, length: number, at: number, depth: number): Json | Unsupported {
    const text = this.#textOf(element, length, at);
    if (text !== undefined) return text;
    const size = sizeOf(this.#btf, element) ?? 0;
    const items: Json[] = [];
    for (let index = 0; index < length; index++) {
      const item = this.value(element, at + index * size, depth + 1);
      items.push(plainOf(item));
      if (item instanceof Unsupported) return new Unsupported(items);
    }
    return items;
  }

  /** An array of `char` (not of a typedef of it) that ends with a zero and holds nothing but letters before. */
  #textOf(element: number, length: number, at: number): string | undefined {
    let type = this.#btf.type(element);
    while (type.kind === "const" || type.kind === "volatile" || type.kind === "restrict")
      type = this.#btf.type(type.type);
    if (length === 0 || type.kind !== "int" || type.size !== 1) return undefined;
    if (type.encoding !== "char" && type.name !== "char") return undefined;
    let text = "";
    for (let index = 0; index < length; index++) {
      const byte = this.#view.getUint8(at + index);
      if (byte === 0) return text;
      if (byte <= 0x1f || byte >= 0x7f) return undefined;
      text += String.fromCharCode(byte);
    }
    return undefined;
  }

  #composite(type: StructType | UnionType, at: number, depth: number): Json | Unsupported {
    const members: (readonly [string, Json])[] = [];
    const made: JsonObject = { members };
    for (const member of type.members) {
      const { bitOffset, bitSize } = memberBits(this.#btf, member);
      const value =
        bitSize > 0 ? this.#bits(bitOffset, bitSize, at) : this.value(member.type, at + (bitOffset >> 3), depth + 1);
      members.push([member.name, plainOf(value)]);
      if (value instanceof Unsupported) return new Unsupported(made);
    }
    return made;
  }
}

const plainOf = (value: Json | Unsupported): Json => (value instanceof Unsupported ? value.json : value);
