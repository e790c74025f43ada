/** The least of some numbers, 0 of none. */
export function least(values: readonly bigint[]): bigint {
  let best = values[0] ?? 0n;
  for (const value of values) if (value < best) best = value;
  return best;
}

/** The greatest of some numbers, 0 of none. */
export const greatest = (values: readonly bigint[]): bigint => -least(values.map((value) => -value));
