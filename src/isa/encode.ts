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
 * Slots to bytes in the little-endian layout of x86-64 and of `bpf(2)` there. Fields are cut to their widths.
 *
 * @example
 * toHex(encode([{ code: 0xb7, dst: 0, src: 0, offset: 0, imm: 1 }])); // "b700000001000000"
 */
export function encode(insns: readonly Instruction[]): Uint8Array<ArrayBuffer> {
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

/** Lower-case hexadecimal digits, two a byte. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes from hexadecimal digits, which blanks and line ends may separate; throws `DecodeError`. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const wrong = /[^0-9a-fA-F\s]/.exec(text);
  if (wrong) throw new DecodeError(`${JSON.stringify(wrong[0])} is no hexadecimal digit`, wrong.index);
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 !== 0) {
    throw new DecodeError(`${digits.length} hexadecimal digits are no whole number of bytes`, text.length);
  }
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  );
}
