const UNITS: readonly (readonly [bigint, string])[] = [
  [1_000_000_000n, "s"],
  [1_000_000n, "ms"],
  [1_000n, "us"],
];

/** Virtual nanoseconds in the largest unit that leaves at least one: `10 s`, `1.5 ms`. */
export function virtualTime(nanoseconds: bigint): string {
  const [size, unit] = UNITS.find(([least]) => nanoseconds >= least) ?? [1n, "ns"];
  return `${Number((Number(nanoseconds) / Number(size)).toFixed(6))} ${unit}`;
}
