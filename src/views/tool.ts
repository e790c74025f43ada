/** What a tool found: a table of its rows, or the picture that fits them, beside the text that it prints. */
import { DISPLAY, type MimeBundle } from "../plot/displayable.ts";
import { flameGraph } from "../plot/flame-graph.ts";
import { plural } from "../plot/format.ts";
import type { Plot } from "../plot/plot.ts";
import { multiplesPlot } from "./bpftrace/pictures.ts";
import { viewBundle } from "./bundle.ts";
import { html } from "./html.ts";
import { STYLE } from "./style.ts";
import { type Column, table } from "./table.ts";

/** Rows shown; of the others only the number. */
const MOST_ROWS = 100;

/** A tool's result as this view needs it. */
export interface ToolView {
  readonly name: string;
  readonly rows: readonly object[];
  readonly text: string;
}

type Cells = Readonly<Record<string, unknown>>;

/** Text and table; histograms and stacks are drawn. */
export async function renderTool({ name, rows, text }: ToolView): Promise<MimeBundle> {
  const plot = plotOf(name, rows as readonly Cells[]);
  if (plot !== undefined) return { ...(await plot[DISPLAY]()), "text/plain": text };
  const [first] = rows as readonly Cells[];
  if (first === undefined) return { "text/plain": text };
  const keys = Object.keys(first);
  const columns = keys.map(
    (key): Column => (typeof first[key] === "number" ? { title: key, kind: "number" } : { title: key }),
  );
  const cells = (rows as readonly Cells[])
    .slice(0, MOST_ROWS)
    .map((row) => ({ cells: keys.map((key) => cellText(row[key])) }));
  const more = rows.length > MOST_ROWS ? `and ${rows.length - MOST_ROWS} more` : "";
  const label = `${name}: ${plural(rows.length, "row")}`;
  const body = html`${table(label, columns, cells)}${more !== "" && html`<p style="${STYLE.headline}">${more}</p>`}`;
  return { ...viewBundle({ label, body, text }), "text/plain": text };
}

/** A value in a cell: fractions with three digits, lists in a line. */
function cellText(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : value.toFixed(3);
  if (typeof value === "bigint") return `0x${value.toString(16)}`;
  return Array.isArray(value) ? value.join(" < ") : String(value);
}

function plotOf(name: string, rows: readonly Cells[]): Plot | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  if ("low" in first && "high" in first) {
    const groups = Map.groupBy(rows, (row) => String(row["of"]));
    return multiplesPlot(
      name,
      [...groups].map(([of, some]) => [
        of,
        some.map((row) => ({
          label: `[${String(row["low"])}, ${String(row["high"])}]`,
          min: BigInt(row["low"] as number),
          count: BigInt(row["count"] as number),
        })),
      ]),
    );
  }
  if (Array.isArray(first["kernel"]) && Array.isArray(first["user"])) {
    const stacks = rows.map((row) => {
      const comm = row["comm"] === "" ? [] : [String(row["comm"])];
      const frames = [...(row["kernel"] as readonly string[]), ...(row["user"] as readonly string[]), ...comm];
      return [frames, BigInt(row["value"] as number)] as const;
    });
    return flameGraph(stacks, { title: name });
  }
  return undefined;
}
