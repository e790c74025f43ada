import { ArgumentError, requireBytes, requireInstructions } from "./argument.ts";
import type { Instruction } from "./instruction.ts";

/** Bytes of one slot. */
export const SLOT_BYTES = 8;

/** Bytes, or the hexadecimal text of bytes, that are no program. */
export class DecodeError extends Error {
  readonly code = "DECODE";
  /** Byte offset, or character offset in hexadecimal text, where it went wrong. */
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.name = "DecodeError";
    this.position = position;
  }
}

/**
 * Slots to bytes in the little-endian layout of x86-64 and of `bpf(2)` there; throws `ArgumentError` for a field that
 * does not fit its place.
 *
 * @example
 * toHex(encode([{ code: 0xb7, dst: 0, src: 0, offset: 0, imm: 1 }])); // "b700000001000000"
 */
export function encode(insns: readonly Instruction[]): Uint8Array<ArrayBuffer> {
  requireInstructions("insns", insns);
  const bytes = new Uint8Array(insns.length * SLOT_BYTES);
  const view = new DataView(bytes.buffer);
  insns.forEach(({ code, dst, src, offset, imm }, index) => {
    const at = index * SLOT_BYTES;
    view.setUint8(at, code);
    view.setUint8(at + 1, ((src & 0xf) << 4) | (dst & 0xf));
    view.setInt16(at + 2, offset, true);
    view.setInt32(at + 4, imm, true);
  });
  return bytes;
}

/** Bytes to slots, whatever they hold; throws `DecodeError` when their number is no multiple of 8. */
export function decode(bytes: Uint8Array): Instruction[] {
  requireBytes("bytes", bytes);
  if (bytes.length % SLOT_BYTES !== 0) {
    const whole = bytes.length - (bytes.length % SLOT_BYTES);
    throw new DecodeError(
      `${bytes.length} bytes are no whole number of 8-byte instructions: ${bytes.length - whole} left over`,
      whole,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / SLOT_BYTES }, (_, index) => {
    const at = index * SLOT_BYTES;
    const registers = view.getUint8(at + 1);
    return {
      code: view.getUint8(at),
      dst: registers & 0xf,
      src: registers >> 4,
      offset: view.getInt16(at + 2, true),
      imm: view.getInt32(at + 4, true),
    };
  });
}

/** The character codes of the digits. */
const DIGITS = new TextEncoder().encode("0123456789abcdef");

/** Lower-case hexadecimal digits, two a byte. */
export function toHex(bytes: Uint8Array): string {
  requireBytes("bytes", bytes);
  const text = new Uint8Array(2 * bytes.length);
  for (let index = 0; index < bytes.length; index++) {
    text[2 * index] = DIGITS[bytes[index] >> 4];
    text[2 * index + 1] = DIGITS[bytes[index] & 0xf];
  }
  return new TextDecoder("latin1").decode(text);
}

/** Bytes from hexadecimal digits, which blanks and line ends may separate; throws `DecodeError`. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (typeof text !== "string") throw new ArgumentError("text", "a string of hexadecimal digits", text);
  const wrong = /[^0-9a-fA-F\s]/.exec(text);
  if (wrong) throw new DecodeError(`${JSON.stringify(wrong[0])} is no hexadecimal digit`, wrong.index);
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 !== 0) {
    throw new DecodeError(`${digits.length} hexadecimal digits are no whole number of bytes`, text.length);
  }
  const bytes = new Uint8Array(digits.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = (digitAt(digits, 2 * index) << 4) | digitAt(digits, 2 * index + 1);
  }
  return bytes;
}

/** The value of a digit: letters of both cases have 1 to 6 in their low bits. */
function digitAt(digits: string, index: number): number {
  const code = digits.charCodeAt(index);
  return code <= 0x39 ? code & 0xf : (code & 0x7) + 9;
}
