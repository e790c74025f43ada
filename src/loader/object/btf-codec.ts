/** Codecs of C types, as an object's BTF describes them. */
import type { Btf } from "../../btf/btf.ts";
import { memberBits } from "../../btf/member-path.ts";
import { alignOf, sizeOf } from "../../btf/size.ts";
import type { BtfType, Enum64Type, EnumType, Member, StructType, UnionType } from "../../btf/type.ts";
import { isObject } from "../../isa/argument.ts";
import { bytesOf, type Codec, CodecError, char, s8, s16, s32, s64, u8, u16, u32, u64 } from "../../maps/codec.ts";
import { arrayOf } from "../../maps/struct.ts";

/** What C values are in TypeScript. */
export type BpfValue =
  | number
  | bigint
  | boolean
  | string
  | Uint8Array
  | readonly BpfValue[]
  | { readonly [field: string]: BpfValue };

/** How deep types may hold each other. */
const MAX_NESTING = 32;

const UNSIGNED = { 1: u8, 2: u16, 4: u32, 8: u64 } as const;
const SIGNED = { 1: s8, 2: s16, 4: s32, 8: s64 } as const;
const isWidth = (size: number): size is keyof typeof UNSIGNED => Object.hasOwn(UNSIGNED, size);

/**
 * The codec of a type: integers up to 32 bits and floating-point numbers are numbers, wider ones and pointers bigints,
 * `_Bool` is a boolean; values of an enum are its names (numbers where it has none); arrays of `char` are text, of other
 * bytes a `Uint8Array`; structs are objects, whose anonymous members' fields are their own. All members of a union are
 * read; one is written. What is left out of a struct that is written becomes zero, as in C. `undefined` for types without
 * a size.
 *
 * @example
 * codecOf(btf, btf.byName("event", "struct")!.id)!.read(view, 0); // { pid: 1001, comm: "cat" }
 */
export function codecOf(btf: Btf, id: number, depth = 0): Codec<BpfValue> | undefined {
  const type = btf.resolve(id);
  const size = sizeOf(btf, id);
  if (size === undefined || depth > MAX_NESTING) return undefined;
  return codecOfType(btf, type, size, depth) as Codec<BpfValue>;
}

function codecOfType(btf: Btf, type: BtfType, size: number, depth: number): Codec<never> | Codec<BpfValue> {
  switch (type.kind) {
    case "int":
      if (type.encoding === "bool") return boolean(size);
      return isWidth(size) ? (type.encoding === "signed" ? SIGNED : UNSIGNED)[size] : raw(size, alignOf(btf, type.id));
    case "ptr":
      return u64;
    case "enum":
    case "enum64":
      return enumeration(type);
    case "float":
      return floating(size);
    case "array":
      return arrayCodec(btf, type.type, type.length, size, depth);
    case "struct":
    case "union":
      return composite(btf, type, depth);
    default:
      return raw(size, 1);
  }
}

/** Bytes of what has no better form, such as `__int128`. */
const raw = (size: number, align: number): Codec<Uint8Array> => ({
  ...{ name: `u8[${size}]`, size, align },
  read: (view, at) => bytesOf(view, at, size).slice(),
  write(view, at, value, path = "") {
    if (!(value instanceof Uint8Array) || value.length !== size) throw new CodecError(path, `${size} bytes`, value);
    bytesOf(view, at, size).set(value);
  },
});

const boolean = (size: number): Codec<boolean> => ({
  ...{ name: "_Bool", size, align: size },
  read: (view, at) => view.getUint8(at) !== 0,
  write(view, at, value, path = "") {
    if (typeof value !== "boolean") throw new CodecError(path, "true or false", value);
    view.setUint8(at, value ? 1 : 0);
  },
});

function floating(size: number): Codec<number> | Codec<Uint8Array> {
  if (size !== 4 && size !== 8) return raw(size, 8);
  const codec: Codec<number> = {
    ...{ name: size === 4 ? "float" : "double", size, align: size },
    read: (view, at) => (size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true)),
    write(view, at, value, path = "") {
      if (typeof value !== "number") throw new CodecError(path, "a number", value);
      if (size === 4) view.setFloat32(at, value, true);
      else view.setFloat64(at, value, true);
    },
  };
  return codec;
}

function enumeration(type: EnumType | Enum64Type): Codec<string | number | bigint> {
  const width = isWidth(type.size) ? type.size : 4;
  const number = (type.signed ? SIGNED : UNSIGNED)[width] as Codec<number | bigint>;
  const byName = new Map<string, number | bigint>(type.values.map(({ name, value }) => [name, value]));
  const byValue = new Map<number | bigint, string>(type.values.map(({ name, value }) => [value, name]));
  return {
    ...{ name: `enum ${type.name}`.trimEnd(), size: type.size, align: width },
    read(view, at) {
      const value = number.read(view, at);
      return byValue.get(value) ?? value;
    },
    write(view, at, value, path = "") {
      const found = typeof value === "string" ? byName.get(value) : value;
      if (found === undefined) throw new CodecError(path, `a name or number of enum ${type.name}`, value);
      number.write(view, at, found, path);
    },
  };
}

/** Whether an element of this type makes an array text, or bytes. */
function bytesKind(btf: Btf, id: number): "text" | "bytes" | undefined {
  const type = btf.resolve(id);
  if (type.kind !== "int" || type.size !== 1 || type.encoding === "bool") return undefined;
  return type.name === "char" || type.encoding === "char" ? "text" : type.encoding === "signed" ? undefined : "bytes";
}

function arrayCodec(
  btf: Btf,
  element: number,
  length: number,
  size: number,
  depth: number,
): Codec<never> | Codec<BpfValue> {
  const kind = bytesKind(btf, element);
  if (length === 0 || size === 0)
    return { name: "[0]", size: 0, align: 1, read: () => [], write: () => {} } satisfies Codec<BpfValue>;
  if (kind === "text") return char(length);
  if (kind === "bytes") return raw(length, 1);
  const codec = codecOf(btf, element, depth + 1);
  return codec === undefined ? raw(size, 1) : arrayOf(codec, length);
}

/** One named part of a struct or union, also of anonymous ones within. */
interface Field {
  readonly name: string;
  /** Bytes from the start. */
  readonly offset: number;
  readonly codec: Codec<BpfValue>;
  /** The fields of the same union have the same. */
  readonly union: number | undefined;
}

/** The parts of a struct or union in order; those of anonymous members are its own. */
function fieldsOf(btf: Btf, type: StructType | UnionType, depth: number, base = 0, union?: number): Field[] {
  if (depth > MAX_NESTING) return [];
  return type.members.flatMap((member): Field[] => {
    const { bitOffset, bitSize } = memberBits(btf, member);
    const inUnion = union ?? (type.kind === "union" ? type.id : undefined);
    const offset = base + Math.floor(bitOffset / 8);
    if (bitSize > 0) return bitfield(btf, member, offset, bitOffset % 8, bitSize, inUnion);
    const inner = btf.resolve(member.type);
    if (member.name === "" && (inner.kind === "struct" || inner.kind === "union"))
      return fieldsOf(btf, inner, depth + 1, offset, inUnion);
    const codec = codecOf(btf, member.type, depth + 1);
    return member.name === "" || codec === undefined ? [] : [{ name: member.name, offset, codec, union: inUnion }];
  });
}

function bitfield(
  btf: Btf,
  { name, type }: Member,
  offset: number,
  shift: number,
  bits: number,
  union: number | undefined,
): Field[] {
  if (name === "") return [];
  const own = btf.resolve(type);
  const signed = own.kind === "int" && own.encoding === "signed";
  const wide = (sizeOf(btf, type) ?? 4) > 4;
  const size = Math.ceil((shift + bits) / 8);
  const least = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const most = signed ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
  const mask = ((1n << BigInt(bits)) - 1n) << BigInt(shift);
  const load = (view: DataView, at: number): bigint => {
    let all = 0n;
    for (let byte = size - 1; byte >= 0; byte--) all = (all << 8n) | BigInt(view.getUint8(at + byte));
    return all;
  };
  const codec: Codec<number | bigint> = {
    ...{ name: `${bits} bits`, size, align: 1 },
    read(view, at) {
      const value = (load(view, at) & mask) >> BigInt(shift);
      const result = signed ? BigInt.asIntN(bits, value) : value;
      return wide ? result : Number(result);
    },
    write(view, at, value, path = "") {
      const number = typeof value === "bigint" ? value : Number.isInteger(value) ? BigInt(value) : undefined;
      if (number === undefined || number < least || number > most)
        throw new CodecError(path, `an integer from ${least} to ${most} (${bits} bits)`, value);
      let all = (load(view, at) & ~mask) | ((number << BigInt(shift)) & mask);
      for (let byte = 0; byte < size; byte++, all >>= 8n) view.setUint8(at + byte, Number(all & 0xffn));
    },
  };
  return [{ name, offset, codec: codec as Codec<BpfValue>, union }];
}

function composite(btf: Btf, type: StructType | UnionType, depth: number): Codec<BpfValue> {
  const fields = fieldsOf(btf, type, depth);
  const names = new Set(fields.map(({ name }) => name));
  const { size } = type;
  return {
    ...{ name: `${type.kind} ${type.name}`.trimEnd(), size, align: alignOf(btf, type.id) },
    read: (view, at) =>
      Object.fromEntries(fields.map(({ name, offset, codec }) => [name, codec.read(view, at + offset)])),
    write(view, at, value, path = "") {
      if (!isObject(value) || Array.isArray(value))
        throw new CodecError(path, `an object with ${[...names].join(", ")}`, value);
      const unknown = Object.keys(value).find((name) => !names.has(name));
      if (unknown !== undefined) throw new CodecError(`${path}.${unknown}`, `no field of ${type.kind} ${type.name}`, 0);
      bytesOf(view, at, size).fill(0);
      const given = fields.filter(({ name }) => value[name] !== undefined);
      for (const { name, offset, codec } of given)
        codec.write(view, at + offset, value[name] as BpfValue, `${path}.${name}`);
      // Two members of one union that were both given must say the same, else one of them would be lost.
      for (const { name, offset, codec, union } of given)
        if (union !== undefined && !same(codec.read(view, at + offset), value[name] as BpfValue, codec))
          throw new CodecError(`${path}.${name}`, "left out: another member of the same union is given", value[name]);
    },
  };
}

/** Whether two values are written alike. */
function same(a: BpfValue, b: BpfValue, codec: Codec<BpfValue>): boolean {
  const bytes = [a, b].map((value) => {
    const view = new DataView(new ArrayBuffer(codec.size));
    codec.write(view, 0, value);
    return new Uint8Array(view.buffer);
  });
  return bytes[0]!.every((byte, index) => byte === bytes[1]![index]);
}
