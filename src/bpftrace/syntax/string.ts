import { SyntaxFault } from "../diagnostics.ts";

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", '"': '"', "\\": "\\" };

/** Each character a byte: what is not ASCII becomes its bytes of UTF-8. */
export function toBytes(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** The text of bytes, one character each, that are read as UTF-8; what is none becomes U+FFFD. */
export function fromBytes(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

/**
 * A string literal. The value has one character for each byte. Throws `SyntaxFault`.
 *
 * @example readString(String.raw`"a\n"`, 0) // { value: "a\n", end: 5 }
 */
export function readString(text: string, start: number): { readonly value: string; readonly end: number } {
  let value = "";
  for (let at = start + 1; at < text.length; ) {
    const character = text[at]!;
    if (character === '"') return { value, end: at + 1 };
    if (character === "\n") break;
    if (character !== "\\") {
      const point = String.fromCodePoint(text.codePointAt(at)!);
      value += toBytes(point);
      at += point.length;
      continue;
    }
    const number = /\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3}))/y;
    number.lastIndex = at;
    const found = number.exec(text);
    if (found) {
      value += String.fromCharCode(
        (found[1] !== undefined ? Number.parseInt(found[1], 16) : Number.parseInt(found[2]!, 8)) & 0xff,
      );
      at += found[0].length;
      continue;
    }
    const letter = text[at + 1];
    const meant = letter === undefined ? undefined : ESCAPES[letter];
    if (letter === undefined || letter === "\n") break;
    if (meant === undefined) throw new SyntaxFault(`invalid escape character '\\${letter}'`, { start, end: at + 2 });
    value += meant;
    at += 2;
  }
  const newline = text.indexOf("\n", start);
  throw new SyntaxFault("unterminated string", { start, end: newline < 0 ? text.length : newline });
}

/** A literal that reads as these bytes. */
export function printString(bytes: string): string {
  const body = bytes.replace(/["\\]|[^ -~]/g, (character) => {
    if (character === '"' || character === "\\") return `\\${character}`;
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    // Three digits of octal, so that a digit that follows is not taken for one of the number.
    return `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
  return `"${body}"`;
}
