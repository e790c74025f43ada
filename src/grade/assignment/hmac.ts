import { sha256 } from "../../bpftool/prog/digest.ts";

export { sha256 };

const BLOCK = 64;

/**
 * HMAC-SHA256 (RFC 2104), at once and everywhere, as the digest that it uses.
 *
 * @example toHex(hmac(new TextEncoder().encode("key"), new TextEncoder().encode("text")))
 */
export function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(BLOCK);
  padded.set(key.length > BLOCK ? sha256(key) : key);
  const pass = (pad: number, text: Uint8Array): Uint8Array => {
    const bytes = new Uint8Array(BLOCK + text.length);
    bytes.set(padded.map((byte) => byte ^ pad));
    bytes.set(text, BLOCK);
    return sha256(bytes);
  };
  return pass(0x5c, pass(0x36, message));
}
