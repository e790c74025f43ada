/** A classic program beside what it was converted to. */
import type { MimeBundle } from "../plot/displayable.ts";
import { plural } from "../plot/format.ts";
import { viewBundle } from "./bundle.ts";
import { html } from "./html.ts";
import { STYLE } from "./style.ts";
import { table, textTable } from "./table.ts";

/** A program as this view needs it. */
export interface ClassicView {
  readonly name: string;
  readonly insns: readonly unknown[];
  readonly rows: readonly { readonly classic: string; readonly converted: readonly string[] }[];
}

export function renderClassic({ name, insns, rows }: ClassicView): MimeBundle {
  const total = rows.reduce((sum, { converted }) => sum + converted.length, 0);
  const label = `${name}: ${plural(insns.length, "classic instruction")}, ${total} converted`;
  const cells = rows.map(({ classic, converted }) => [classic.replaceAll("\t", " "), converted]) as [
    string,
    string[],
  ][];
  const columns = [
    { title: "classic", kind: "code" },
    { title: "converted", kind: "code" },
  ] as const;
  return viewBundle({
    label,
    body: html`<p style="${STYLE.headline}"><strong>${label}</strong></p>${table(
      "Each instruction and what it became",
      columns,
      cells.map(([classic, converted]) => ({ cells: [classic, converted.join("\n")] })),
    )}`,
    text: `${label}\n${textTable(
      cells.flatMap(([classic, converted]) => converted.map((text, at) => [at === 0 ? classic : "", text])),
      columns,
    )}`,
  });
}
