/** Number of single-character edits between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + change));
    }
    row = next;
  }
  return row[b.length]!;
}

/**
 * The names closest to a mistyped one, best first; none if nothing is close.
 *
 * @example
 * nearest("sys_enter_raed", ["sys_enter_read", "sys_enter_write"]) // ["sys_enter_read"]
 */
export function nearest(word: string, names: readonly string[], limit = 3): readonly string[] {
  const tolerance = Math.max(2, Math.floor(word.length / 8));
  return names
    .filter((name) => Math.abs(name.length - word.length) <= tolerance)
    .map((name) => ({ name, far: distance(word, name) }))
    .filter(({ far }) => far <= tolerance)
    .sort((a, b) => a.far - b.far)
    .slice(0, limit)
    .map(({ name }) => name);
}
