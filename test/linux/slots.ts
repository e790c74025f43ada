/** Raw instructions for tests of Linux's answers: no assembler in between that could hide a mistake of either. */

/** One 8-byte slot. */
export function slot(code: number, dst = 0, src = 0, offset = 0, imm = 0): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  bytes[0] = code;
  bytes[1] = (src << 4) | dst;
  view.setInt16(2, offset, true);
  view.setInt32(4, imm, true);
  return bytes;
}

/** Slots one after the other. */
export const program = (...slots: readonly (Uint8Array | readonly Uint8Array[])[]): Uint8Array =>
  Uint8Array.from(slots.flat().flatMap((each) => [...each]));

export const EXIT: Uint8Array = slot(0x95);
/** `dst = imm` */
export const set = (dst: number, imm: number): Uint8Array => slot(0xb7, dst, 0, 0, imm);
/** `dst = src` */
export const move = (dst: number, src: number): Uint8Array => slot(0xbf, dst, src);
/** `dst += imm` */
export const add = (dst: number, imm: number): Uint8Array => slot(0x07, dst, 0, 0, imm);
/** `call helper` */
export const call = (helper: number): Uint8Array => slot(0x85, 0, 0, 0, helper);

const SIZE_BITS: Readonly<Record<number, number>> = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 };
/** `dst = *(uN *)(src + offset)` */
export const load = (size: number, dst: number, src: number, offset: number): Uint8Array =>
  slot(0x61 | SIZE_BITS[size], dst, src, offset);
/** `dst = *(sN *)(src + offset)` */
export const loadSigned = (size: number, dst: number, src: number, offset: number): Uint8Array =>
  slot(0x81 | SIZE_BITS[size], dst, src, offset);
/** `*(uN *)(dst + offset) = imm` */
export const store = (size: number, dst: number, offset: number, imm: number): Uint8Array =>
  slot(0x62 | SIZE_BITS[size], dst, 0, offset, imm);

/** `dst = imm ll`; `source` 1: map number `imm`, 2: the start of its first value. */
export const wide = (dst: number, imm: bigint | number, source = 0): readonly Uint8Array[] => {
  const value = BigInt(imm);
  return [
    slot(0x18, dst, source, 0, Number(BigInt.asIntN(32, value))),
    slot(0, 0, 0, 0, source ? 0 : Number(BigInt.asIntN(32, value >> 32n))),
  ];
};
