/**
 * The format strings of `bpf_trace_printk`, as Linux 6.18 checks and prints them: `%d %i %u %x %X` with `l` or `ll`, `%c`,
 * `%s %pks`, pointers `%p %px %pK %ps %pS %pB`, addresses `%pi4 %pI4 %pi6 %pI6`, flags `0+- ` and a width.
 * Pointers print as what they are: the machine has no secrets to hide by hashing, and no symbols down here.
 */
import { ERRNO } from "../maps/errno.ts";
import type { LinearMemory } from "../memory/memory.ts";
import { kernelOffset } from "./probe-read.ts";

/** One conversion of a format string. */
export interface Conversion {
  readonly kind: "signed" | "unsigned" | "hex" | "char" | "string" | "pointer" | "ipv4" | "ipv6";
  /** Bytes of the argument that count. */
  readonly size: 4 | 8;
  readonly flags: string;
  readonly width: number;
  /** `X` rather than `x`; for addresses: with separators as people write them. */
  readonly upper: boolean;
}

/** A format string taken apart: literal text and conversions in order. */
export type Format = readonly (string | Conversion)[];

const CONVERSION =
  /^(?<flags>[0+\- ]*)(?<width>[1-9]\d*)?(?:p(?<address>[iI])(?<version>[46])|(?<text>s|p[ku]s)(?![A-Za-z0-9])|(?<pointer>p[KxsSB]|p(?![A-Za-z0-9]))|(?<char>c)|(?<long>ll?)?(?<digits>[diuxX]))/;

/** Takes one conversion's text, after the `%`; undefined where Linux says EINVAL. */
function conversion(rest: string): { part: Conversion; length: number } | undefined {
  const match = CONVERSION.exec(rest);
  if (!match?.groups) return undefined;
  const { flags, width, address, version, text, pointer, char, long, digits } = match.groups;
  const form = { flags, width: Number(width ?? 0) };
  const part = ((): Conversion => {
    if (address) return { ...form, kind: version === "4" ? "ipv4" : "ipv6", size: 8, upper: address === "I" };
    if (text) return { ...form, kind: "string", size: 8, upper: false };
    if (pointer) return { ...form, kind: "pointer", size: 8, upper: false };
    if (char) return { ...form, kind: "char", size: 4, upper: false };
    const kind = digits === "u" ? "unsigned" : digits === "d" || digits === "i" ? "signed" : "hex";
    return { ...form, kind, size: long ? 8 : 4, upper: digits === "X" };
  })();
  return { part, length: match[0].length };
}

/**
 * Takes a format string apart, or undefined where Linux answers EINVAL: an unknown conversion, more than `limit` of them,
 * or an ASCII character that does not print. The text has one character for each byte.
 *
 * @example parseFormat("pid %d\n", 3) // ["pid ", { kind: "signed", size: 4, ... }, "\n"]
 */
export function parseFormat(text: string, limit: number): Format | undefined {
  if (!/^[\t-\r -~\x80-\xff]*$/.test(text)) return undefined;
  const parts: (string | Conversion)[] = [];
  let conversions = 0;
  for (let at = 0; at < text.length; ) {
    const percent = text.indexOf("%", at);
    if (percent < 0) return [...parts, text.slice(at)];
    if (percent > at) parts.push(text.slice(at, percent));
    if (text[percent + 1] === "%") {
      parts.push("%");
      at = percent + 2;
      continue;
    }
    const found = conversion(text.slice(percent + 1));
    if (!found || ++conversions > limit) return undefined;
    parts.push(found.part);
    at = percent + 1 + found.length;
  }
  return parts;
}

/** The zero-ended text at an offset, at most `limit` bytes, one character for each. */
function textAt(memory: LinearMemory, at: number, limit: number): string {
  const bytes = memory.u8.subarray(at, at + limit);
  const end = bytes.indexOf(0);
  return String.fromCharCode(...bytes.subarray(0, end < 0 ? limit : end));
}

function pad(text: string, { flags, width }: Conversion, zeros: boolean): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (!zeros || !flags.includes("0")) return text.padStart(width);
  const sign = /^[+\- ]/.test(text) ? text[0] : "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

function number(value: bigint, part: Conversion): string {
  if (part.kind === "hex") {
    const digits = value.toString(16);
    return pad(part.upper ? digits.toUpperCase() : digits, part, true);
  }
  // C prints a sign only for signed conversions.
  const plus = part.flags.includes("+") ? "+" : part.flags.includes(" ") ? " " : "";
  return pad(part.kind === "signed" && value >= 0n ? plus + value : String(value), part, true);
}

/** The bytes of an IP address in memory as Linux prints them; zeros where nothing can be read. */
function address(memory: LinearMemory, low: number, high: number, part: Conversion): string {
  const size = part.kind === "ipv4" ? 4 : 16;
  const from = kernelOffset(memory, low, high, size);
  const bytes = from < 0 ? new Uint8Array(size) : memory.u8.slice(from, from + size);
  if (size === 4) return [...bytes].map((byte) => (part.upper ? `${byte}` : `${byte}`.padStart(3, "0"))).join(".");
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return part.upper ? hex.replace(/(....)(?!$)/g, "$1:") : hex;
}

/** One argument, given as two 32-bit halves, printed. */
function print(memory: LinearMemory, part: Conversion, low: number, high: number): string {
  const unsigned = part.size === 8 ? (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0) : BigInt(low >>> 0);
  switch (part.kind) {
    case "signed":
      return number(BigInt.asIntN(part.size * 8, unsigned), part);
    case "unsigned":
    case "hex":
      return number(unsigned, part);
    case "char":
      return pad(String.fromCharCode(low & 0xff), part, false);
    case "pointer":
      // Without a width Linux prints all 16 digits.
      return part.width === 0 ? unsigned.toString(16).padStart(16, "0") : pad(unsigned.toString(16), part, true);
    case "string": {
      const from = kernelOffset(memory, low, high, 1);
      return pad(from < 0 ? "" : textAt(memory, from, 512), part, false);
    }
    case "ipv4":
    case "ipv6":
      return pad(address(memory, low, high, part), part, false);
  }
}

/**
 * What a format at offset `at`, `size` bytes with its zero, prints for arguments given as [low, high] pairs flattened, one
 * character for each byte; `-EINVAL` for a bad format, one without a zero, or one that wants more arguments than there are.
 */
export function formatAt(memory: LinearMemory, at: number, size: number, args: readonly number[]): string | number {
  if (!memory.u8.subarray(at, at + size).includes(0)) return -ERRNO.EINVAL;
  const format = parseFormat(textAt(memory, at, size), args.length / 2);
  if (!format) return -ERRNO.EINVAL;
  let next = 0;
  return format
    .map((part) => (typeof part === "string" ? part : print(memory, part, args[next++], args[next++])))
    .join("");
}
