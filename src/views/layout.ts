/** A struct in memory with its holes, and one access on several releases. */
import type { MimeBundle } from "../plot/displayable.ts";
import { plural } from "../plot/format.ts";
import { viewBundle } from "./bundle.ts";
import { type Html, html } from "./html.ts";
import { STYLE } from "./style.ts";
import { type Column, table, textTable } from "./table.ts";

/** A layout as this view needs it. */
export interface StructLayoutView {
  readonly name: string;
  readonly size: number;
  readonly wasted: number;
  readonly rows: readonly {
    readonly offset: number;
    readonly size: number;
    readonly bits?: readonly [number, number];
    readonly text: string;
    readonly isHole: boolean;
  }[];
}

/** Rows of one table. */
const MOST_ROWS = 250;
/** Bytes of a cache line, which pahole marks too. */
const CACHE_LINE = 64;

const LAYOUT: readonly Column[] = [
  { title: "offset", kind: "number" },
  { title: "size", kind: "number" },
  { title: "member", kind: "code" },
  { title: "cache line", kind: "number" },
  { title: "" },
];

/** A row a member and hole, with a bar as wide as its share of the struct; where a cache line begins is told. */
export function renderStructLayout(layout: StructLayoutView): MimeBundle {
  const { name, size, wasted } = layout;
  const facts = `${plural(size, "byte")}, ${plural(layout.rows.length, "row")}, ${wasted === 0 ? "no holes" : `${plural(wasted, "byte")} in holes`}`;
  const shown = layout.rows.slice(0, MOST_ROWS);
  const left = layout.rows.length - shown.length;
  const more = left > 0 ? `and ${plural(left, "row")} more: rows has all` : "";
  const cells = shown.map(({ offset, size: bytes, bits, text, isHole }, index) => {
    const line = Math.floor(offset / CACHE_LINE);
    const before = shown[index - 1];
    const isFirst = before === undefined || Math.floor(before.offset / CACHE_LINE) !== line;
    const place = bits === undefined ? String(offset) : `${offset}:${bits[0]}`;
    return [place, String(bytes), isHole ? "✗ hole" : text, isFirst ? String(line) : ""];
  });
  const rows = cells.map((row, index) => {
    const { offset, size: bytes, isHole } = shown[index]!;
    return { mark: isHole, cells: [...row, bar(offset / size, bytes / size)] };
  });
  return viewBundle({
    label: `${name}: ${facts}`,
    body: html`<p style="${STYLE.headline}"><strong>${name}</strong>: ${facts}</p>${table("Members in memory", LAYOUT, rows)}${more !== "" && html`<p style="${STYLE.headline}">${more}</p>`}`,
    text: [
      `${name}: ${facts}`,
      textTable([LAYOUT.slice(0, 4).map(({ title }) => title), ...cells], LAYOUT),
      ...(more === "" ? [] : [more]),
    ].join("\n"),
  });
}

/** Where in the whole it lies. */
function bar(from: number, share: number): Html {
  const percent = (part: number): string => (100 * Math.min(1, Math.max(0, part))).toFixed(2);
  return html`<div aria-hidden="true" style="width:160px;height:10px;border:1px solid rgba(127,127,127,0.5)"><div style="margin-left:${percent(from)}%;width:${percent(Math.max(share, 0.006))}%;max-width:100%;height:10px;background-color:#0072b2"></div></div>`;
}

/** An access as this view needs it. */
export interface CoreAccessView {
  readonly struct: string;
  readonly path: string;
  readonly rows: readonly {
    readonly release: string;
    readonly offset?: number;
    readonly size?: number;
    readonly bits?: readonly [number, number];
    readonly structSize?: number;
    readonly instruction?: string;
  }[];
}

const CORE: readonly Column[] = [
  { title: "Linux" },
  { title: "struct", kind: "number" },
  { title: "offset", kind: "number" },
  { title: "size", kind: "number" },
  { title: "the load after relocation", kind: "code" },
];

/** A row a release; where the offset differs from the row above it, it is marked. */
export function renderCoreAccess({ struct, path, rows }: CoreAccessView): MimeBundle {
  const known = rows.flatMap(({ offset }) => (offset === undefined ? [] : [offset]));
  const places = new Set(known).size;
  const missing = rows.length - known.length;
  const facts = [
    places === 1 ? "at the same place wherever it is" : `at ${places} different places`,
    ...(missing > 0 ? [`not there on ${missing} of ${rows.length}`] : []),
  ].join(", ");
  const cells = rows.map(({ release, offset, size, bits, structSize, instruction }) => [
    release,
    structSize === undefined ? "none" : `${structSize}`,
    offset === undefined ? "" : bits ? `${offset}:${bits[0]}` : `${offset}`,
    size === undefined ? "" : bits ? plural(bits[1], "bit") : `${size}`,
    offset === undefined
      ? structSize === undefined
        ? "no such struct: the relocation fails"
        : "no such member: the relocation fails"
      : (instruction ?? "no single load: its address is r1 + offset"),
  ]);
  const changed = (index: number): boolean => index > 0 && rows[index]!.offset !== rows[index - 1]!.offset;
  return viewBundle({
    label: `${struct}, ${path}: ${facts}`,
    body: html`<p style="${STYLE.headline}"><strong>${struct}</strong>, <code style="${STYLE.mono}">${path}</code>: ${facts}</p>${table(
      "One access, several releases",
      CORE,
      cells.map((row, index) => ({
        cells: row.map((cell, column) =>
          column === 2 && cell !== "" && changed(index)
            ? html`<mark style="${STYLE.changed}" title="elsewhere than in the row above">${cell}</mark>`
            : cell,
        ),
      })),
    )}`,
    text: [`${struct}, ${path}: ${facts}`, textTable([CORE.map(({ title }) => title), ...cells], CORE)].join("\n"),
  });
}
