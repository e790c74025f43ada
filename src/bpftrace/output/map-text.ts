import type { Names } from "./data.ts";
import { type Row, rowsText } from "./histogram.ts";
import type { Entry, MapData } from "./map-data.ts";
import { seriesText } from "./series.ts";
import type { Style } from "./style.ts";
import { dataText, keyText } from "./text.ts";

/** How much of a map is printed. */
export interface Excerpt {
  /** Only so many rows, the last ones. */
  readonly top?: bigint;
  /** Values are divided by it. */
  readonly div?: bigint;
}

/** A map as `print` prints it. */
export function mapText(map: MapData, names: Names, style: Style, { top = 0n, div = 1n }: Excerpt = {}): string {
  const { entries } = map;
  if (entries.length === 0) return style.emptyMap;
  const shown = top > 0n && top < BigInt(entries.length) ? entries.slice(entries.length - Number(top)) : entries;
  const by = div === 0n ? 1n : div;
  const text = shown.map((entry) => entryText(map.name, entry, names, style, by)).join("");
  const statistics = shown.some(({ value }) => value.kind === "stats" || value.kind === "average");
  return statistics && style.blankAfterStats ? `${text}\n` : text;
}

function entryText(name: string, { key, value }: Entry, names: Names, style: Style, div: bigint): string {
  const head = key === undefined ? `@${name}` : `@${name}[${keyText(key, names, style.stackIndent)}]`;
  switch (value.kind) {
    case "value": {
      const { data } = value;
      const divided =
        data.kind === "integer" && div !== 1n && data.name === undefined ? { ...data, value: data.value / div } : data;
      return `${head}: ${dataText(divided, names)}\n`;
    }
    case "average":
      return `${head}: ${value.average / div}\n`;
    case "stats":
      return `${head}: ${style.stats(value.count, value.average / div, value.total / div)}\n`;
    case "histogram":
      return `${head}${style.histogramHeader}\n${rowsText(divide(value.rows, div))}\n`;
    case "series":
      return `${head}${style.histogramHeader}\n${seriesText(value.points, names)}\n`;
  }
}

const divide = (rows: readonly Row[], div: bigint): readonly Row[] =>
  div === 1n ? rows : rows.map((row) => ({ ...row, count: row.count / div }));
