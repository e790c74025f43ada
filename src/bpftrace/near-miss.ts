/** How many letters have to change, two that changed places being one; at least `limit` where it is more. */
export function distance(a: string, b: string, limit = 3): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? limit) + 1 : limit;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, changed, swapped));
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** Which of some names was meant: the nearest, of which a third may differ, two letters at most; undefined if it is none. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.min(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of names) {
    const away = distance(name, candidate, least);
    if (away >= least) continue;
    least = away;
    best = candidate;
  }
  return best;
}

/** A fault's hint, where there is one. */
export const hintOf = (meant: string | undefined): { readonly hint?: string } =>
  meant === undefined ? {} : { hint: `Did you mean ${meant}?` };
