import { type Html, type HtmlValue, html } from "./html.ts";
import { STYLE } from "./style.ts";

/**
 * How a column is set: numbers to the right, code monospaced on one line, a note monospaced over several, a source line
 * as it was written but broken between words where it has to be. Not `<code>`, behind which front ends paint boxes.
 */
export type ColumnKind = "text" | "number" | "code" | "note" | "source";

export interface Column {
  readonly title: string;
  readonly kind?: ColumnKind;
}

/** A row of cells; `mark` tints it, and its first cell should say why. */
export interface Row {
  readonly cells: readonly HtmlValue[];
  readonly mark?: boolean;
}

/** A table with a caption and heads, readable row by row to a screen reader. */
export function table(caption: HtmlValue, columns: readonly Column[], rows: readonly Row[]): Html {
  const heads = columns.map(({ title }) => html`<th scope="col" style="${STYLE.head}">${title}</th>`);
  const body = rows.map(({ cells, mark }) => {
    const row = cells.map((cell, i) => html`<td style="${CELL_STYLE[columns[i].kind ?? "text"]}">${cell}</td>`);
    return mark ? html`<tr style="${STYLE.badRow}">${row}</tr>` : html`<tr>${row}</tr>`;
  });
  return html`<table style="${STYLE.table}"><caption style="${STYLE.caption}">${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table>`;
}

const CELL_STYLE: Readonly<Record<ColumnKind, string>> = {
  text: STYLE.cell,
  number: STYLE.number,
  code: STYLE.code,
  note: STYLE.note,
  source: STYLE.source,
};

/** The same as text: columns aligned by spaces, no trailing ones. */
export function textTable(rows: readonly (readonly string[])[], columns: readonly Column[] = []): string {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, cell.length)), []);
  return rows
    .map((row) =>
      row
        .map((cell, i) => (columns[i]?.kind === "number" ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
