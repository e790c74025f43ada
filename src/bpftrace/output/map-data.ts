import type { AggregateName, Type } from "../types/type.ts";
import { compareData, type Data } from "./data.ts";
import { greatest, least } from "./extremes.ts";
import { powerRows, type Row, stepRows } from "./histogram.ts";

/** What a map holds for one key. */
export type MapValue =
  | { readonly kind: "value"; readonly data: Data }
  | { readonly kind: "stats"; readonly count: bigint; readonly average: bigint; readonly total: bigint }
  | { readonly kind: "average"; readonly average: bigint }
  | { readonly kind: "histogram"; readonly rows: readonly Row[]; readonly total: bigint }
  | { readonly kind: "series"; readonly points: readonly { readonly interval: bigint; readonly value: bigint }[] };

/** An element of a map; a map without key has one without key. */
export interface Entry {
  readonly key: Data | undefined;
  readonly value: MapValue;
}

/** A map in the order that it is printed. */
export interface MapData {
  readonly name: string;
  readonly entries: readonly Entry[];
  /** The key of each element as text, for pictures. */
  readonly labels: readonly string[];
  /** What its values are, for pictures. */
  readonly type: Type;
}

/** A map as it was when the program printed it. */
export interface MapPrint {
  /** Virtual nanoseconds since boot. */
  readonly time: bigint;
  readonly map: MapData;
}

/** What each CPU counted for one key of an aggregation: words of its values. */
export type Words = readonly (readonly bigint[])[];

/** What the values of all CPUs come to. */
export function aggregated(name: AggregateName, signed: boolean, cpus: Words): MapValue {
  const integer = (value: bigint): MapValue => ({
    kind: "value",
    data: { kind: "integer", value: signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value) },
  });
  const word = (value: bigint) => (signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value));
  const sum = (index: number) => cpus.reduce((total, words) => total + word(words[index]!), 0n);
  switch (name) {
    case "min":
    case "max": {
      const values = cpus.filter((words) => words[1] !== 0n).map((words) => word(words[0]!));
      return integer(name === "min" ? least(values) : greatest(values));
    }
    case "avg": {
      const count = sum(1);
      return { kind: "average", average: count === 0n ? 0n : sum(0) / count };
    }
    case "stats": {
      const [total, count] = [sum(0), sum(1)];
      return { kind: "stats", count, total, average: count === 0n ? 0n : total / count };
    }
    default:
      return integer(sum(0));
  }
}

/** The rows of a histogram from its elements' numbers. */
export function histogram(type: Extract<Type, { kind: "aggregate" }>, counts: ReadonlyMap<number, bigint>): MapValue {
  const rows = type.name === "hist" ? powerRows(counts, Number(type.parameters[0])) : stepRows(counts, type.parameters);
  return { kind: "histogram", rows, total: [...counts.values()].reduce((sum, count) => sum + count, 0n) };
}

/** What an element is sorted by; undefined: its key. */
function weight({ value }: Entry): bigint | undefined {
  switch (value.kind) {
    case "value":
      return value.data.kind === "integer" && value.data.form !== "pointer" ? value.data.value : undefined;
    case "stats":
    case "average":
      return value.average;
    case "histogram":
      return value.total;
    case "series":
      return undefined;
  }
}

/** Elements in bpftrace's order: numbers ascending, others by their keys. */
export function sorted(entries: readonly Entry[]): readonly Entry[] {
  const byKey = (a: Entry, b: Entry) => (a.key === undefined || b.key === undefined ? 0 : compareData(a.key, b.key));
  return [...entries].sort((a, b) => {
    const [left, right] = [weight(a), weight(b)];
    if (left === undefined || right === undefined || left === right) return byKey(a, b);
    return left < right ? -1 : 1;
  });
}
