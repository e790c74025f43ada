import type { AggregateName } from "../../types/type.ts";
import type { Value } from "../typed.ts";
import type { Call } from "./row.ts";

/** A function whose value a map keeps, added up over CPUs. */
export interface AggregateRow {
  readonly name: AggregateName;
  readonly args: readonly [least: number, most: number];
  readonly doc: string;
}

/** What an aggregation is given: the value of this event, and numbers that are the same for all. */
export interface AggregateCall {
  readonly value: Value | undefined;
  readonly parameters: readonly bigint[];
}

const ROWS: readonly AggregateRow[] = [
  { name: "count", args: [0, 0], doc: "How often." },
  { name: "sum", args: [1, 1], doc: "The sum." },
  { name: "min", args: [1, 1], doc: "The least." },
  { name: "max", args: [1, 1], doc: "The greatest." },
  { name: "avg", args: [1, 1], doc: "The average." },
  { name: "stats", args: [1, 1], doc: "Count, average and sum." },
  { name: "hist", args: [1, 2], doc: "A histogram in powers of two." },
  { name: "lhist", args: [4, 4], doc: "A histogram in steps of one size." },
  { name: "tseries", args: [3, 4], doc: "A value for each interval of time." },
];

/** Functions that only maps take, by name. */
export const AGGREGATES: ReadonlyMap<string, AggregateRow> = new Map(ROWS.map((row) => [row.name, row]));

/** More rows than this a histogram does not have. */
const MOST_BUCKETS = 1000n;

const SERIES = ["avg", "max", "min", "sum"];

/** The arguments of an aggregation; undefined where something is wrong, which is noted. */
export function aggregateCall(call: Call): AggregateCall | undefined {
  const name = call.name as AggregateName;
  if (name === "count") return { value: undefined, parameters: [] };
  const value = call.integer(0);
  switch (name) {
    case "hist": {
      const bits = call.count > 1 ? call.literalInteger(1) : 0n;
      if (bits === undefined) return undefined;
      if (bits < 0n || bits > 5n) {
        call.fail(`hist(n, k): k must be 0..5, got ${bits}`);
        return undefined;
      }
      return value && { value, parameters: [bits] };
    }
    case "lhist":
      return linear(call, value);
    case "tseries": {
      const interval = call.literalInteger(1);
      const count = call.literalInteger(2);
      const how = call.count > 3 ? call.literal(3) : undefined;
      if (interval === undefined || count === undefined || value === undefined) return undefined;
      if (interval <= 0n) call.fail(`tseries() interval_ns must be >= 1 (${interval} provided)`);
      else if (count < 1n || count > 1_000_000n) call.fail(`tseries() num_intervals must be >= 1 (${count} provided)`);
      else if (how !== undefined && !SERIES.includes(how))
        call.fail(
          `tseries() expects one of the following aggregation functions: avg, max, min, sum ("${how}" provided)`,
        );
      else return { value, parameters: [interval, count, BigInt(how === undefined ? -1 : SERIES.indexOf(how))] };
      return undefined;
    }
    default:
      return value && { value, parameters: [] };
  }
}

function linear(call: Call, value: Value | undefined): AggregateCall | undefined {
  const [min, max, step] = [call.literalInteger(1), call.literalInteger(2), call.literalInteger(3)];
  if (min === undefined || max === undefined || step === undefined) return undefined;
  let bad = false;
  const fail = (message: string) => {
    call.fail(message);
    bad = true;
  };
  if (step <= 0n) fail(`lhist() step must be >= 1 (${step} provided)`);
  else if ((max - min) / step > MOST_BUCKETS)
    fail(`lhist() too many buckets, must be <= ${MOST_BUCKETS} (would need ${(max - min) / step})`);
  if (min < 0n) fail(`lhist() min must be non-negative (provided min ${min})`);
  if (min > max) fail(`lhist() min must be less than max (provided min ${min} and max ${max})`);
  if (max - min < step)
    fail(`lhist() step is too large for the given range (provided step ${step} for range ${max - min})`);
  return bad || value === undefined ? undefined : { value, parameters: [min, max, step] };
}
