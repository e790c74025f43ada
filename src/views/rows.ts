/** Rows of plain values: files, processes, lines of a log. */
import type { MimeBundle } from "../plot/displayable.ts";
import { plural } from "../plot/format.ts";
import { viewBundle } from "./bundle.ts";
import { html } from "./html.ts";
import { STYLE } from "./style.ts";
import { type Column, table, textTable } from "./table.ts";

/** Rows shown; of the others only the number. */
const MOST_ROWS = 200;

/** A table with one column for each key of the first row. */
export function renderRows({ title, rows }: RowsView): MimeBundle {
  const keys = Object.keys(rows[0] ?? {});
  const columns = keys.map(
    (key): Column => (typeof rows[0]![key] === "number" ? { title: key, kind: "number" } : { title: key }),
  );
  const cells = rows.slice(0, MOST_ROWS).map((row) => keys.map((key) => String(row[key])));
  const more = rows.length > MOST_ROWS ? `and ${rows.length - MOST_ROWS} more` : "";
  const label = `${title}: ${plural(rows.length, "row")}`;
  const shown = cells.map((row) => ({ cells: row }));
  return viewBundle({
    label,
    body: html`${table(title, columns, shown)}${more !== "" && html`<p style="${STYLE.headline}">${more}</p>`}`,
    text: [textTable([keys, ...cells], columns), ...(more === "" ? [] : [more])].join("\n"),
  });
}

/** What is shown: a title and rows, all with the same keys. */
export interface RowsView {
  readonly title: string;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
}
