import type { CountedStack } from "./stacks.ts";

/** So many of the most frequent stacks are listed; a bundle should stay small. */
const MAX_LINES = 200;

/**
 * Stacks in folded form, one line each: frames outermost first, `;` between, a space, the number of samples. Equal
 * stacks are one line. Lines are in alphabetical order; of very many, only the most frequent are listed, and a last
 * line that starts with `#` says so.
 *
 * @example folded([{ frames: [{ name: "main", kind: "user" }, { name: "read", kind: "user" }], count: 3n }]) // main;read 3
 */
export function folded(stacks: readonly CountedStack[]): string {
  const counts = new Map<string, bigint>();
  for (const { frames, count } of stacks) {
    const line = frames.map((frame) => clean(frame.name)).join(";");
    counts.set(line, (counts.get(line) ?? 0n) + count);
  }
  const byCount = [...counts].sort(([a, m], [b, n]) => (m === n ? (a < b ? -1 : 1) : m > n ? -1 : 1));
  const kept = byCount.slice(0, MAX_LINES).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = kept.map(([line, count]) => `${line} ${count}`);
  const more = byCount.length - kept.length;
  return [...lines, ...(more > 0 ? [`# and ${more} more stacks, each less frequent`] : [])].join("\n");
}

/** `;` and line ends separate; inside a name they would make other frames. */
function clean(name: string): string {
  return name.replaceAll(";", ":").replace(/[\r\n]+/g, " ");
}
