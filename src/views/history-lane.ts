/** The way of a register through a listing, drawn beside it as a line with an arrow at its end. */

/** A place where a register came to hold something. */
interface Stop {
  readonly at: number;
  readonly register: string;
}

/**
 * What stands beside each instruction of `all` from the first stop to the last: `╭ R2`, `│`, `├ R3`, and at the wrong instruction
 * `╰▶`. A line of characters, as it is to be read in notebooks whose pictures are not trusted, and by screen readers.
 *
 * @example historyLane([{ at: 0, register: "R2" }], 2, [0, 1, 2]) // 0: "╭ R2", 1: "│", 2: "╰▶"
 */
export function historyLane(stops: readonly Stop[], at: number, all: readonly number[]): Map<number, string> {
  const lane = new Map<number, string>();
  if (stops.length === 0) return lane;
  const marked = [...stops.map((stop) => stop.at), at];
  const [first, last] = [Math.min(...marked), Math.max(...marked)];
  if (first === last) return lane;
  for (const index of all) {
    if (index < first || index > last) continue;
    const line = index === first ? "╭" : index === last ? "╰" : marked.includes(index) ? "├" : "│";
    const registers = new Set(stops.filter((stop) => stop.at === index).map(({ register }) => register));
    lane.set(index, `${line}${index === at ? "▶" : ""}${registers.size > 0 ? ` ${[...registers].join(", ")}` : ""}`);
  }
  return lane;
}
