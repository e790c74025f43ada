/** Bytes in rows of sixteen, with what changed, or what went wrong, marked. */
import { type Html, html } from "./html.ts";
import { STYLE } from "./style.ts";

const PER_ROW = 16;
/** More bytes of a packet than these are only counted. */
const MAX_BYTES = 256;
/** Bytes that are not there, when shown as wanted: of more only the first. */
const MOST_MISSING = 16;

export interface HexOptions {
  /** Bytes before; where they differ, the byte is marked. Compared from the start. */
  readonly before?: Uint8Array;
  /** What each byte is, told where it is pointed at; HTML only. */
  readonly names?: readonly string[];
  /** A byte that an access wants and that cannot be had; behind the end it stands as `--`. */
  readonly bad?: number;
}

/** `0000  45 00 00 1c ...  E...`, a changed byte in square brackets, a bad one in `>` and `<`. */
export function hexText(bytes: Uint8Array, options: HexOptions = {}): string {
  const rows = rowsOf(bytes, options).map(({ offset, cells, characters }) => {
    const hex = cells
      .map(({ text, mark }) => (mark ? `${SIGNS[mark][0]}${text}${SIGNS[mark][1]}` : ` ${text} `))
      .join("");
    return `${offset} ${hex.padEnd(PER_ROW * 4)} ${characters}`.trimEnd();
  });
  return [...rows, ...rest(bytes)].join("\n");
}

/** The same with changed bytes tinted and bold. */
export function hexHtml(bytes: Uint8Array, options: HexOptions = {}): Html {
  const rows = rowsOf(bytes, options).map(({ offset, cells, characters }) => {
    const hex = cells.map(({ text, mark, name }) => {
      if (mark) return html` <mark style="${STYLE[mark]}" title="${TITLES[mark]}">${text}</mark>`;
      return name ? html` <span title="${name}">${text}</span>` : html` ${text}`;
    });
    const padding = "   ".repeat(PER_ROW - cells.length);
    return html`${offset} ${hex}${padding}  ${characters}\n`;
  });
  return html`<pre style="${STYLE.log}">${rows}${rest(bytes)}</pre>`;
}

type Mark = "changed" | "badByte";

const SIGNS: Readonly<Record<Mark, readonly [string, string]>> = { changed: ["[", "]"], badByte: [">", "<"] };
const TITLES: Readonly<Record<Mark, string>> = { changed: "changed", badByte: "the byte that goes wrong" };

function rowsOf(bytes: Uint8Array, { before, names, bad }: HexOptions) {
  const shown = bytes.subarray(0, MAX_BYTES);
  const isMissing = bad !== undefined && bad >= shown.length && bad < shown.length + MOST_MISSING;
  const size = isMissing && shown.length === bytes.length ? bad + 1 : shown.length;
  return Array.from({ length: Math.ceil(size / PER_ROW) }, (_, row) => {
    const start = row * PER_ROW;
    const part = shown.subarray(start, start + PER_ROW);
    return {
      offset: start.toString(16).padStart(4, "0"),
      cells: Array.from({ length: Math.min(PER_ROW, size - start) }, (_, i) => ({
        text: part[i]?.toString(16).padStart(2, "0") ?? "--",
        mark: markOf(start + i, part[i], before, bad),
        name: names?.[start + i],
      })),
      characters: Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join(""),
    };
  });
}

function markOf(
  at: number,
  byte: number | undefined,
  before: Uint8Array | undefined,
  bad: number | undefined,
): Mark | undefined {
  if (at === bad) return "badByte";
  return before !== undefined && before[at] !== byte ? "changed" : undefined;
}

function rest(bytes: Uint8Array): string[] {
  return bytes.length > MAX_BYTES ? [`and ${bytes.length - MAX_BYTES} more bytes`] : [];
}
