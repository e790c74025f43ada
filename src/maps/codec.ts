/**
 * How typed keys and values lie in memory: little-endian, with C's sizes and alignments. A codec is plain data with two
 * functions; structures and arrays are made of others in `struct.ts`.
 */

import { ArgumentError, describe, isObject, requireWhole } from "../isa/argument.ts";

/** A value that its codec cannot hold. */
export class CodecError extends Error {
  readonly code = "ERANGE";
  /** Where in the value, such as `.saddr[2]`; empty for the value itself. */
  readonly path: string;
  /** What the codec takes. */
  readonly wanted: string;

  constructor(path: string, wanted: string, got: unknown) {
    super(`${path === "" ? "the value" : path} must be ${wanted}, got ${describe(got)}`);
    this.name = "CodecError";
    this.path = path;
    this.wanted = wanted;
  }
}

/** One C type. `write` throws `CodecError` for what the type cannot hold, and writes every byte, padding too. */
export interface Codec<T> {
  /** As C calls it. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** A power of two, at most 8. */
  readonly align: number;
  read(view: DataView, at: number): T;
  write(view: DataView, at: number, value: T, path?: string): void;
}

/** Checks that something is a codec, where one must be given. */
export function requireCodec(argument: string, value: unknown): asserts value is Codec<unknown> {
  const isCodec =
    isObject(value) &&
    Number.isInteger(value.size) &&
    Number.isInteger(value.align) &&
    typeof value.read === "function" &&
    typeof value.write === "function";
  if (!isCodec) throw new ArgumentError(argument, "a codec, such as u32, char(16) or struct({ port: u16 })", value);
}

/** The TypeScript type of a codec's values. */
export type ValueOf<C> = C extends Codec<infer T> ? T : never;

/** Integers of at most 32 bits are numbers. */
function integer(
  name: string,
  min: number,
  max: number,
  size: 1 | 2 | 4,
  read: (view: DataView, at: number) => number,
  write: (view: DataView, at: number, value: number) => void,
): Codec<number> {
  return {
    name,
    size,
    align: size,
    read,
    write(view, at, value, path = "") {
      if (!Number.isInteger(value) || value < min || value > max)
        throw new CodecError(path, `an integer from ${min} to ${max} (${name})`, value);
      write(view, at, value);
    },
  };
}

/** 64-bit integers are bigints: a number holds only 53 bits. */
function wide(
  name: string,
  min: bigint,
  max: bigint,
  read: (view: DataView, at: number) => bigint,
  write: (view: DataView, at: number, value: bigint) => void,
): Codec<bigint> {
  return {
    name,
    size: 8,
    align: 8,
    read,
    write(view, at, value, path = "") {
      if (typeof value !== "bigint" || value < min || value > max) {
        const hint = Number.isInteger(value) ? ": write 5n for 5" : "";
        throw new CodecError(path, `a bigint from ${min} to ${max} (${name}${hint})`, value);
      }
      write(view, at, value);
    },
  };
}

/** Unsigned 8 bits. @example map.array({ name: "seen", value: u8, maxEntries: 256 }) */
export const u8: Codec<number> = integer(
  "u8",
  0,
  0xff,
  1,
  (v, at) => v.getUint8(at),
  (v, at, x) => v.setUint8(at, x),
);

/** Unsigned 16 bits. @example struct({ port: u16 }) */
export const u16: Codec<number> = integer(
  "u16",
  0,
  0xffff,
  2,
  (v, at) => v.getUint16(at, true),
  (v, at, x) => v.setUint16(at, x, true),
);

/** Unsigned 32 bits. @example map.hash({ name: "sizes", key: u32, value: u64, maxEntries: 64 }) */
export const u32: Codec<number> = integer(
  "u32",
  0,
  0xffff_ffff,
  4,
  (v, at) => v.getUint32(at, true),
  (v, at, x) => v.setUint32(at, x, true),
);

/** Unsigned 64 bits, a bigint. @example sizes.set(1, 5n) */
export const u64: Codec<bigint> = wide(
  "u64",
  0n,
  2n ** 64n - 1n,
  (v, at) => v.getBigUint64(at, true),
  (v, at, x) => v.setBigUint64(at, x, true),
);

/** Signed 8 bits. @example struct({ delta: s8 }) */
export const s8: Codec<number> = integer(
  "s8",
  -0x80,
  0x7f,
  1,
  (v, at) => v.getInt8(at),
  (v, at, x) => v.setInt8(at, x),
);

/** Signed 16 bits. @example struct({ delta: s16 }) */
export const s16: Codec<number> = integer(
  "s16",
  -0x8000,
  0x7fff,
  2,
  (v, at) => v.getInt16(at, true),
  (v, at, x) => v.setInt16(at, x, true),
);

/** Signed 32 bits. @example struct({ result: s32 }) */
export const s32: Codec<number> = integer(
  "s32",
  -0x8000_0000,
  0x7fff_ffff,
  4,
  (v, at) => v.getInt32(at, true),
  (v, at, x) => v.setInt32(at, x, true),
);

/** Signed 64 bits, a bigint. @example struct({ result: s64 }) */
export const s64: Codec<bigint> = wide(
  "s64",
  -(2n ** 63n),
  2n ** 63n - 1n,
  (v, at) => v.getBigInt64(at, true),
  (v, at, x) => v.setBigInt64(at, x, true),
);

/** The bytes of a view, for codecs of text and bytes. */
export const bytesOf = (view: DataView, at: number, size: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + at, size);

/**
 * `char[size]`: text in UTF-8 up to the first zero, or all of it where there is none.
 *
 * @example struct({ comm: char(16) })
 */
export function char(size: number): Codec<string> {
  requireWhole("size of char(size)", size, 1);
  return {
    name: `char[${size}]`,
    size,
    align: 1,
    read(view, at) {
      const bytes = bytesOf(view, at, size);
      const end = bytes.indexOf(0);
      // A copy: TextDecoder takes no view of memory that can grow in some browsers.
      return new TextDecoder().decode(bytes.slice(0, end < 0 ? size : end));
    },
    write(view, at, value, path = "") {
      const text = typeof value === "string" ? new TextEncoder().encode(value) : undefined;
      if (!text || text.length > size || text.includes(0))
        throw new CodecError(path, `text of at most ${size} bytes without a zero`, value);
      const bytes = bytesOf(view, at, size);
      bytes.fill(0);
      bytes.set(text);
    },
  };
}

/**
 * `size` bytes as they are; reading gives a copy.
 *
 * @example map.hash({ name: "macs", key: bytes(6), value: u32, maxEntries: 16 })
 */
export function bytes(size: number): Codec<Uint8Array> {
  requireWhole("size of bytes(size)", size, 1);
  return {
    name: `u8[${size}]`,
    size,
    align: 1,
    read: (view, at) => bytesOf(view, at, size).slice(),
    write(view, at, value, path = "") {
      if (!(value instanceof Uint8Array) || value.length !== size) throw new CodecError(path, `${size} bytes`, value);
      bytesOf(view, at, size).set(value);
    },
  };
}
