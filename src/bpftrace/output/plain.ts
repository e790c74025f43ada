import type { Data } from "./data.ts";
import type { MapData, MapValue } from "./map-data.ts";
import { bytesText } from "./text.ts";

/** A value of a map as TypeScript has it. */
export type PlainValue =
  | number
  | bigint
  | boolean
  | string
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue | undefined };

/** Whole numbers that a double holds exactly are numbers. */
const plainInteger = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

function plainData(data: Data): PlainValue {
  switch (data.kind) {
    case "integer":
      if (data.name !== undefined) return data.name;
      return data.form === "bool" ? data.value !== 0n : plainInteger(data.value);
    case "text":
      return data.text;
    case "bytes":
      return bytesText(data.bytes);
    case "stack":
      return data.functions;
    case "tuple":
    case "array":
      return data.elements.map(plainData);
    case "record":
      return Object.fromEntries(data.fields.map(({ name, value }) => [name, plainData(value)]));
  }
}

function plainValue(value: MapValue): PlainValue {
  const optional = (bound: bigint | undefined) => (bound === undefined ? undefined : plainInteger(bound));
  switch (value.kind) {
    case "value":
      return plainData(value.data);
    case "average":
      return plainInteger(value.average);
    case "stats":
      return {
        count: plainInteger(value.count),
        average: plainInteger(value.average),
        total: plainInteger(value.total),
      };
    case "histogram":
      return value.rows.map(({ min, max, count }) => ({
        min: optional(min),
        max: optional(max),
        count: plainInteger(count),
      }));
    case "series":
      return value.points.map(({ interval, value: own }) => ({
        interval: plainInteger(interval),
        value: plainInteger(own),
      }));
  }
}

/** A key as a text: the parts of a tuple joined by commas, as in bpftrace's JSON. */
function keyText(key: Data): string {
  const parts = key.kind === "tuple" ? key.elements : [key];
  return parts.map((part) => String(plainData(part))).join(",");
}

/** A map's value, or its values by key; undefined for an empty one. */
export function plainMap({ entries }: MapData): PlainValue | ReadonlyMap<string, PlainValue> | undefined {
  const [first] = entries;
  if (first === undefined) return undefined;
  if (first.key === undefined) return plainValue(first.value);
  return new Map(entries.map(({ key, value }) => [keyText(key!), plainValue(value)]));
}
