/** The bytes of a program, field by field. */
import { byteTableCells, byteTableText, type SlotFields } from "../asm/byte-table.ts";
import type { MimeBundle } from "../plot/displayable.ts";
import { plural } from "../plot/format.ts";
import { viewBundle } from "./bundle.ts";
import { html } from "./html.ts";
import { STYLE } from "./style.ts";
import { table } from "./table.ts";

/** Rows of one table; the first ones of a longer program are shown. */
const MAX_ROWS = 250;

/** A line a slot; what is no instruction is tinted and says why. */
export function renderByteTable({ rows }: { readonly rows: readonly SlotFields[] }): MimeBundle {
  const shown = rows.slice(0, MAX_ROWS);
  const [heads, ...cells] = byteTableCells(shown);
  const isNumber = (title: string) => ["slot", "dst", "src", "offset", "imm"].includes(title);
  const columns = heads.map((title) => ({ title, kind: isNumber(title) ? ("number" as const) : ("code" as const) }));
  const caption = `${plural(rows.length, "slot")} of 8 bytes`;
  const left = rows.length - shown.length;
  const more = left > 0 ? html`<p style="${STYLE.note}">${plural(left, "slot")} more</p>` : undefined;
  return viewBundle({
    label: "Bytes of a program",
    body: html`${table(
      caption,
      columns,
      cells.map((line, index) => ({ cells: line, mark: shown[index].fault !== undefined })),
    )}${more}`,
    text: `${caption}\n\n${byteTableText(shown)}${left > 0 ? `${plural(left, "slot")} more\n` : ""}`,
  });
}
