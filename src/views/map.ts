/** The elements of a map. */
import type { MimeBundle } from "../plot/displayable.ts";
import { grouped, plural } from "../plot/format.ts";
import { viewBundle } from "./bundle.ts";
import { html } from "./html.ts";
import { STYLE } from "./style.ts";
import { type Column, table, textTable } from "./table.ts";
import { fieldsOf, valueText } from "./value-text.ts";

/** What a map is, as its declaration says it. */
interface MapFacts {
  readonly type: string;
  readonly maxEntries: number;
}

/** A map as this view needs it: it iterates over pairs. A declaration tells its facts itself, a machine's map in `types`. */
export type MapView = Iterable<readonly [unknown, unknown]> & { readonly name: string } & (
    | MapFacts
    | { readonly types: MapFacts }
  );

/** Rows that are shown; of the others only the number. */
const MAX_ROWS = 20;

/** One side of the pairs: a column each for the fields that all its structs share, else one column. */
interface Side {
  readonly titles: readonly string[];
  readonly cells: (value: unknown) => string[];
}

/** A row an element, in the map's own order; structs are spread over columns. */
export function renderMap(map: MapView): MimeBundle {
  const shown: (readonly [unknown, unknown])[] = [];
  let count = 0;
  for (const pair of map) if (count++ < MAX_ROWS) shown.push(pair);
  const keys = sideOf(
    "key",
    shown.map(([key]) => key),
  );
  const values = sideOf(
    "value",
    shown.map(([, value]) => value),
  );
  const columns: Column[] = [...keys.titles, ...values.titles].map((title) => ({ title, kind: "number" }));
  const rows = shown.map(([key, value]) => [...keys.cells(key), ...values.cells(value)]);
  const { type, maxEntries } = "types" in map ? map.types : map;
  const size = `${plural(count, "element")} of at most ${grouped(maxEntries)}`;
  const more = count > MAX_ROWS ? `and ${grouped(count - MAX_ROWS)} more` : "";
  const caption = html`<strong>${map.name}</strong> (${type}): ${size}`;
  return viewBundle({
    label: `Map ${map.name}: ${size}`,
    body:
      count === 0
        ? html`<p style="${STYLE.headline}">${caption}</p>`
        : html`${table(
            caption,
            columns,
            rows.map((cells) => ({ cells })),
          )}${more && html`<p style="${STYLE.headline}">${more}</p>`}`,
    text: [
      `${map.name} (${type}): ${size}`,
      ...(count === 0 ? [] : [textTable([columns.map(({ title }) => title), ...rows], columns)]),
      ...(more ? [more] : []),
    ].join("\n"),
  });
}

function sideOf(name: string, values: readonly unknown[]): Side {
  const fields = fieldsOf(values[0]);
  const shared = fields && values.every((value) => fieldsOf(value)?.join() === fields.join());
  if (!shared) return { titles: [name], cells: (value) => [valueText(value)] };
  return {
    titles: fields.map((field) => `${name}.${field}`),
    cells: (value) => fields.map((field) => valueText((value as Record<string, unknown>)[field])),
  };
}
