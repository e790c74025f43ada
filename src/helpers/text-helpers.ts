import { ERRNO } from "../maps/errno.ts";
import type { LinearMemory } from "../memory/memory.ts";
import { formatAt } from "./format.ts";
import type { HelperImplementation } from "./row.ts";

/** Bits of the flags of `bpf_strtol` that are the base. */
const BASE_MASK = 31;
/** Linux copies so much of a number before it reads it. */
const LONGEST_NUMBER = 63;
/** The most arguments of `bpf_snprintf`. */
const MOST_ARGUMENTS = 12;
const MAX_U64 = 2n ** 64n - 1n;

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 9 && byte <= 13) || byte === 0xa0;

/** The value of a digit, 99 for anything else. */
function digit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : 99;
}

/** A number read from text, and how many bytes it took; or a negative errno. */
function parseNumber(text: Uint8Array, flags: number): { value: bigint; negative: boolean; used: number } | number {
  const base = flags & BASE_MASK;
  if (text.length === 0 || flags & ~BASE_MASK || ![0, 8, 10, 16].includes(base)) return -ERRNO.EINVAL;
  let at = 0;
  while (at < text.length && isSpace(text[at])) at++;
  const negative = text[at] === 0x2d;
  if (negative) at++;
  if (at === text.length) return -ERRNO.EINVAL;
  const digits = text.subarray(at, at + LONGEST_NUMBER);
  const prefixed = digits[0] === 0x30 && (digits[1] | 0x20) === 0x78 && digit(digits[2]) < 16;
  const radix = base || (prefixed ? 16 : digits[0] === 0x30 ? 8 : 10);
  const hex = radix === 16 && digits[0] === 0x30 && (digits[1] | 0x20) === 0x78;
  const start = hex ? 2 : 0;
  let end = start;
  let value = 0n;
  for (; end < digits.length && digit(digits[end]) < radix; end++)
    value = value * BigInt(radix) + BigInt(digit(digits[end]));
  if (value > MAX_U64) return -ERRNO.ERANGE;
  return end === start ? -ERRNO.EINVAL : { value, negative, used: at + end };
}

/** `bpf_strtol` and `bpf_strtoul`: the result is 0 where there is no number. */
const readNumber =
  (signed: boolean) =>
  ({ memory }: { memory: LinearMemory }) =>
  (text: number, size: number, flags: number, high: number, result: number): number => {
    memory.view.setBigUint64(result, 0n, true);
    if (high !== 0) return -ERRNO.EINVAL;
    const number = parseNumber(memory.u8.subarray(text, text + size), flags);
    if (typeof number === "number") return number;
    if (number.negative && !signed) return -ERRNO.EINVAL;
    const value = number.negative ? -number.value : number.value;
    if (signed && (value < -(2n ** 63n) || value >= 2n ** 63n)) return -ERRNO.ERANGE;
    memory.view.setBigInt64(result, value, true);
    return number.used;
  };

/** The 64-bit values at an offset as [low, high] pairs; undefined where their number is refused. */
export function formatValues(memory: LinearMemory, at: number, size: number): number[] | undefined {
  if (size % 8 !== 0 || size > 8 * MOST_ARGUMENTS || (size > 0 && at === 0)) return undefined;
  return Array.from({ length: size / 4 }, (_, word) => memory.view.getInt32(at + 4 * word, true));
}

/** The length of a text with its zero, at most to the end of memory. */
const lengthAt = (memory: LinearMemory, at: number): number => memory.u8.indexOf(0, at) + 1 - at;

/** Text that programs read and write. */
export const TEXT_HELPERS: readonly HelperImplementation[] = [
  { name: "strtol", passing: "i32", implement: readNumber(true) },
  { name: "strtoul", passing: "i32", implement: readNumber(false) },
  {
    name: "strncmp",
    passing: "i32",
    implement:
      ({ memory }) =>
      (text, size, constant) => {
        const { u8 } = memory;
        for (let at = 0; at < size; at++) {
          const [a, b] = [u8[text + at], u8[constant + at]];
          if (a !== b) return a < b ? -1 : 1;
          if (a === 0) return 0;
        }
        return 0;
      },
  },
  {
    name: "snprintf",
    passing: "i32",
    implement:
      ({ memory }) =>
      (to, size, format, data, dataSize) => {
        const args = formatValues(memory, data, dataSize);
        if (args === undefined) return -ERRNO.EINVAL;
        const text = formatAt(memory, format, lengthAt(memory, format), args);
        if (typeof text === "number") return text;
        if (size > 0) {
          const kept = Math.min(text.length, size - 1);
          for (let at = 0; at < kept; at++) memory.u8[to + at] = text.charCodeAt(at);
          memory.u8[to + kept] = 0;
        }
        return text.length + 1;
      },
  },
  {
    name: "trace_vprintk",
    passing: "i32",
    implement: (host) => (format, size, data, dataSize) => {
      const args = formatValues(host.memory, data, dataSize);
      const line = args === undefined ? -ERRNO.EINVAL : formatAt(host.memory, format, size, args);
      if (typeof line === "number") return line;
      host.trace(new TextDecoder().decode(Uint8Array.from(line, (byte) => byte.charCodeAt(0))));
      return line.length;
    },
  },
];
