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
export type MapView = Iterable<readonly [unknown, unknown]> & {
  readonly name: string;
  readonly emptyReason?: string;
} & (MapFacts | { readonly types: MapFacts });

/** Rows that are shown; of the others only the number. */
const MAX_ROWS = 20;

/** One side of the pairs: a column each for the fields that all its structs share, else one column. */
interface Side {
  readonly titles: readonly string[];
  readonly cells: (value: unknown) => string[];
}

/** A row an element: by key where keys are numbers, else in the map's own order; structs are spread over columns. */
export function renderMap(map: MapView): MimeBundle {
  const pairs = inOrder([...map]);
  const count = pairs.length;
  const shown = pairs.slice(0, MAX_ROWS);
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
  const reason = count === 0 && map.emptyReason ? `. ${map.emptyReason}` : "";
  const more = count > MAX_ROWS ? `and ${grouped(count - MAX_ROWS)} more` : "";
  const caption = html`<strong>${map.name}</strong> (${type}): ${size}`;
  return viewBundle({
    label: `Map ${map.name}: ${size}`,
    body:
      count === 0
        ? html`<p style="${STYLE.headline}">${caption}${reason}</p>`
        : html`${table(
            caption,
            columns,
            rows.map((cells) => ({ cells })),
          )}${more && html`<p style="${STYLE.headline}">${more}</p>`}`,
    text: [
      `${map.name} (${type}): ${size}${reason}`,
      ...(count === 0 ? [] : [textTable([columns.map(({ title }) => title), ...rows], columns)]),
      ...(more ? [more] : []),
    ].join("\n"),
  });
}

/** Elements of a hash map come in the order of their hashes, which tells nobody anything. */
function inOrder(pairs: (readonly [unknown, unknown])[]): (readonly [unknown, unknown])[] {
  const numbered = (pair: readonly [unknown, unknown]): pair is readonly [number | bigint, unknown] =>
    typeof pair[0] === "number" || typeof pair[0] === "bigint";
  return pairs.every(numbered) ? pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) : pairs;
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
