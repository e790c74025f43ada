/** Bytes in rows of sixteen, with what changed marked. */
import { type Html, html } from "./html.ts";
import { STYLE } from "./style.ts";

const PER_ROW = 16;
/** More bytes of a packet than these are only counted. */
const MAX_BYTES = 256;

export interface HexOptions {
  /** Bytes before; where they differ, the byte is marked. Compared from the start. */
  readonly before?: Uint8Array;
  /** What each byte is, told where it is pointed at; HTML only. */
  readonly names?: readonly string[];
}

/** `0000  45 00 00 1c ...  E...`, a changed byte in square brackets. */
export function hexText(bytes: Uint8Array, options: HexOptions = {}): string {
  const rows = rowsOf(bytes, options).map(({ offset, cells, characters }) => {
    const hex = cells.map(({ text, changed }) => (changed ? `[${text}]` : ` ${text} `)).join("");
    return `${offset} ${hex.padEnd(PER_ROW * 4)} ${characters}`.trimEnd();
  });
  return [...rows, ...rest(bytes)].join("\n");
}

/** The same with changed bytes tinted and bold. */
export function hexHtml(bytes: Uint8Array, options: HexOptions = {}): Html {
  const rows = rowsOf(bytes, options).map(({ offset, cells, characters }) => {
    const hex = cells.map(({ text, changed, name }) => {
      if (changed) return html` <mark style="${STYLE.changed}" title="changed">${text}</mark>`;
      return name ? html` <span title="${name}">${text}</span>` : html` ${text}`;
    });
    const padding = "   ".repeat(PER_ROW - cells.length);
    return html`${offset} ${hex}${padding}  ${characters}\n`;
  });
  return html`<pre style="${STYLE.log}">${rows}${rest(bytes)}</pre>`;
}

function rowsOf(bytes: Uint8Array, { before, names }: HexOptions) {
  const shown = bytes.subarray(0, MAX_BYTES);
  return Array.from({ length: Math.ceil(shown.length / PER_ROW) }, (_, row) => {
    const start = row * PER_ROW;
    const part = shown.subarray(start, start + PER_ROW);
    return {
      offset: start.toString(16).padStart(4, "0"),
      cells: Array.from(part, (byte, i) => ({
        text: byte.toString(16).padStart(2, "0"),
        changed: before !== undefined && before[start + i] !== byte,
        name: names?.[start + i],
      })),
      characters: Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join(""),
    };
  });
}

function rest(bytes: Uint8Array): string[] {
  return bytes.length > MAX_BYTES ? [`and ${bytes.length - MAX_BYTES} more bytes`] : [];
}
