import type { WireBundle } from "./bundle.ts";

const PER_ROW = 16;
const MAX_BYTES = 512;
/** Up to this many bytes one line says it better. */
const ONE_LINE = 8;

/** Pictures by their first bytes. */
const SIGNATURES: readonly { readonly type: string; readonly name: string; readonly bytes: readonly number[] }[] = [
  { type: "image/png", name: "PNG", bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: "image/jpeg", name: "JPEG", bytes: [0xff, 0xd8, 0xff] },
  { type: "image/gif", name: "GIF", bytes: [0x47, 0x49, 0x46, 0x38] },
];

/** The bytes of a typed array, a buffer or a view; undefined for other values, and for arrays of wider numbers. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (value instanceof DataView) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return undefined;
}

/** Bytes as the picture that they are, or in hexadecimal rows; undefined where they are too few for rows. */
export function bytesBundle(value: object, bytes: Uint8Array): WireBundle | undefined {
  const picture = SIGNATURES.find((row) => row.bytes.every((byte, at) => bytes[at] === byte));
  if (picture !== undefined) {
    return {
      [picture.type]: Buffer.from(bytes).toString("base64"),
      "text/plain": `[${picture.name} picture of ${bytes.length} bytes]`,
    };
  }
  const start = Buffer.from(bytes.subarray(0, 200)).toString("utf8");
  if (/^\s*(<\?xml[^>]*>\s*)?<svg[\s>]/.test(start)) {
    return {
      "image/svg+xml": Buffer.from(bytes).toString("utf8"),
      "text/plain": `[SVG picture of ${bytes.length} bytes]`,
    };
  }
  return bytes.length <= ONE_LINE
    ? undefined
    : { "text/plain": `${value.constructor.name}(${bytes.length})\n${hexRows(bytes)}` };
}

/** `0000  45 00 00 1c  E...` */
function hexRows(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, MAX_BYTES);
  const rows: string[] = [];
  for (let at = 0; at < shown.length; at += PER_ROW) {
    const part = [...shown.subarray(at, at + PER_ROW)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    rows.push(`${at.toString(16).padStart(4, "0")}  ${hex.padEnd(PER_ROW * 3 - 1)}  ${text}`);
  }
  if (bytes.length > MAX_BYTES) rows.push(`and ${bytes.length - MAX_BYTES} more bytes`);
  return rows.join("\n");
}
