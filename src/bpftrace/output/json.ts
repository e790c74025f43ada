import type { Data, Names } from "./data.ts";
import type { Row } from "./histogram.ts";
import type { Entry, MapData, MapValue } from "./map-data.ts";
import { dataText } from "./text.ts";

/** Whole numbers that a double holds exactly are numbers, others texts. */
const number = (value: bigint): string =>
  value >= -9_007_199_254_740_991n && value <= 9_007_199_254_740_991n ? String(value) : `"${value}"`;

/** A value as JSON, in bpftrace's own spacing. */
export function dataJson(data: Data, names: Names): string {
  switch (data.kind) {
    case "integer":
      if (data.form === "bool") return data.value === 0n ? "false" : "true";
      return data.name === undefined ? number(data.value) : JSON.stringify(data.name);
    case "tuple":
    case "array":
      return `[${data.elements.map((element) => dataJson(element, names)).join(",")}]`;
    case "record":
      return `{${data.fields.map(({ name, value }) => `${JSON.stringify(name)}: ${dataJson(value, names)}`).join(", ")}}`;
    default:
      return JSON.stringify(dataText(data, names));
  }
}

function keyJson(key: Data, names: Names, indent: number): string {
  const parts = key.kind === "tuple" ? key.elements : [key];
  return JSON.stringify(parts.map((part) => dataText(part, names, indent)).join(","));
}

const rowJson = ({ min, max, count }: Row): string =>
  `{${[...(min === undefined ? [] : [`"min": ${number(min)}`]), ...(max === undefined ? [] : [`"max": ${number(max)}`]), `"count": ${number(count)}`].join(", ")}}`;

function valueJson(value: MapValue, names: Names): string {
  switch (value.kind) {
    case "value":
      return dataJson(value.data, names);
    case "average":
      return number(value.average);
    case "stats":
      return `{"count": ${number(value.count)}, "average": ${number(value.average)}, "total": ${number(value.total)}}`;
    case "histogram":
      return `[${value.rows.map(rowJson).join(", ")}]`;
    case "series":
      return `[${value.points.map((point) => `{"interval_start": ${number(point.interval)}, "value": ${number(point.value)}}`).join(", ")}]`;
  }
}

const TYPES: Readonly<Record<MapValue["kind"], string>> = {
  value: "map",
  average: "stats",
  stats: "stats",
  histogram: "hist",
  series: "tseries",
};

/** One line of `-f json` for a map. */
export function mapJson({ name, entries }: MapData, names: Names, indent: number): string {
  const type = TYPES[entries[0]?.value.kind ?? "value"];
  const only = entries[0];
  const body = (entry: Entry) => valueJson(entry.value, names);
  const data =
    only !== undefined && only.key === undefined
      ? body(only)
      : `{${entries.map((entry) => `${keyJson(entry.key!, names, indent)}: ${body(entry)}`).join(", ")}}`;
  return `{"type": "${type}", "data": {${JSON.stringify(`@${name}`)}: ${data}}}\n`;
}

/** One line of `-f json` of a type. */
export const lineJson = (type: string, data: string): string => `{"type": "${type}", "data": ${data}}\n`;
