/** What the bytes of a file are: commands that take programs tell text, hexadecimal digits and instructions apart. */

const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46];

export const isObjectFile = (bytes: Uint8Array): boolean => ELF_MAGIC.every((byte, i) => bytes[i] === byte);

/** The text of bytes that are one. */
export function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.some((byte) => byte < 9 || (byte > 13 && byte < 32))) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Comments of lists of digits begin with `#` or `//`. */
export const withoutComments = (text: string): string => text.replaceAll(/(#|\/\/).*/g, "");

/** Nothing but digits; a text of `add` and `bcd` would be one, too, but is no assembly. */
export function isHex(text: string): boolean {
  const digits = withoutComments(text);
  return /^[\s0-9a-fA-F]+$/.test(digits) && /[0-9]/.test(digits);
}
