/** The least and the greatest of at least one value; arguments of `Math.min` are too few for a million. */
export function extremes(values: ArrayLike<number>): readonly [low: number, high: number] {
  let low = values[0]!;
  let high = low;
  for (let i = 1; i < values.length; i++) {
    if (values[i]! < low) low = values[i]!;
    if (values[i]! > high) high = values[i]!;
  }
  return [low, high];
}
