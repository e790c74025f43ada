import { ArgumentError, isObject, requireWhole } from "../isa/argument.ts";
import { bytesOf, type Codec, CodecError, requireCodec, type ValueOf } from "./codec.ts";
import { isKernelCodec, type KernelCodec } from "./kernel-codec.ts";

/** Codecs by field name, in the order of the C structure. */
export type Fields = Readonly<Record<string, Codec<unknown>>>;

/** The TypeScript type of a structure's values; members that belong to Linux (`bpfSpinLock`) are none of them. */
export type StructOf<F extends Fields> = {
  -readonly [Name in keyof F as F[Name] extends KernelCodec ? never : Name]: ValueOf<F[Name]>;
};

/** A structure's codec, with the place of each field for those that draw or document it. */
export interface StructCodec<T> extends Codec<T> {
  readonly fields: readonly { readonly name: string; readonly offset: number; readonly codec: Codec<unknown> }[];
}

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/**
 * A C structure: fields in order, each at a multiple of its alignment, the whole rounded up to the largest. Padding is
 * written as zeros, so that a structure can be a key.
 *
 * @example const flow = struct({ saddr: u32, port: u16 }); // 8 bytes: 2 of padding at the end
 */
export function struct<const F extends Fields>(members: F): StructCodec<StructOf<F>> {
  if (!isObject(members)) throw new ArgumentError("members of struct(members)", "an object of codecs", members);
  let end = 0;
  let align = 1;
  const fields = Object.entries(members).map(([name, codec]) => {
    requireCodec(`field ${name} of struct(members)`, codec);
    const offset = roundUp(end, codec.align);
    end = offset + codec.size;
    align = Math.max(align, codec.align);
    return { name, offset, codec };
  });
  const size = roundUp(end, align);
  const own = fields.filter(({ codec }) => !isKernelCodec(codec));
  const owned = new Set(own.map(({ name }) => name));
  return {
    name: `struct { ${fields.map(({ name, codec }) => `${codec.name} ${name};`).join(" ")} }`,
    size,
    align,
    fields,
    read: (view, at) =>
      Object.fromEntries(own.map(({ name, offset, codec }) => [name, codec.read(view, at + offset)])) as StructOf<F>,
    write(view, at, value, path = "") {
      if (value === null || typeof value !== "object")
        throw new CodecError(path, `an object with ${[...owned].join(", ")}`, value);
      const unknown = Object.keys(value).find((name) => !owned.has(name));
      if (unknown !== undefined) throw new CodecError(`${path}.${unknown}`, "no field of this structure", "one");
      bytesOf(view, at, size).fill(0);
      const values: Readonly<Record<string, unknown>> = value;
      for (const { name, offset, codec } of own) codec.write(view, at + offset, values[name], `${path}.${name}`);
    },
  };
}

/**
 * `length` values of one type, one after the other.
 *
 * @example map.array({ name: "hist", value: arrayOf(u64, 64), maxEntries: 1 })
 */
export function arrayOf<T>(codec: Codec<T>, length: number): Codec<readonly T[]> {
  requireCodec("codec of arrayOf(codec, length)", codec);
  requireWhole("length of arrayOf(codec, length)", length, 1);
  return {
    name: `${codec.name}[${length}]`,
    size: codec.size * length,
    align: codec.align,
    read: (view, at) => Array.from({ length }, (_, index) => codec.read(view, at + index * codec.size)),
    write(view, at, value, path = "") {
      if (!Array.isArray(value) || value.length !== length) throw new CodecError(path, `an array of ${length}`, value);
      for (let index = 0; index < length; index++)
        codec.write(view, at + index * codec.size, value[index], `${path}[${index}]`);
    },
  };
}
