import type { FlowBlock, FlowEdge, FunctionFlow } from "./control-flow.ts";

/** Lines of arrows side by side at most; edges beyond are only named below their block. */
const MOST_LANES = 12;

/**
 * A control-flow graph for a terminal: each block a box, in the order of the program, with what leads on written below
 * it; arrows at the left lead where a block does not simply go on to the next.
 *
 * ```
 *    main: slots 0 to 4, 3 blocks, 1 loop
 *     ┌ block 0
 *     │   0: r0 = 0
 *     └ next 1
 *  ╭─▶┌ block 1 (head of a loop)
 *  │  │   1: r0 += 1
 *  │  │   2: if r0 < 0x9 goto pc-2
 *  ╰──└ next 2, branch 1 (back)
 *     ┌ block 2
 *     │   3: exit
 *     └ exit
 * ```
 *
 * @param textOf the instruction at a slot; undefined in the second half of `ld_imm64`
 */
export function flowText(flows: readonly FunctionFlow[], textOf: (slot: number) => string | undefined): string {
  return flows.map((flow) => functionText(flow, textOf)).join("\n");
}

/** An arrow from the last line of a block to the first of another. */
interface Arrow {
  readonly from: number;
  readonly to: number;
  lane: number;
}

function functionText(flow: FunctionFlow, textOf: (slot: number) => string | undefined): string {
  const { blocks, loops, name, start, end, reducible } = flow;
  const lines: string[] = [];
  const firstLine: number[] = [];
  const lastLine: number[] = [];
  blocks.forEach((block, index) => {
    firstLine.push(lines.length);
    lines.push(`┌ block ${index}${notes(flow, index)}`);
    for (let slot = block.start; slot < block.end; slot++) {
      const text = textOf(slot);
      if (text !== undefined) lines.push(`│${String(slot).padStart(4)}: ${text}`);
    }
    lastLine.push(lines.length);
    lines.push(`└ ${ways(block)}`);
  });
  const arrows = blocks.flatMap(({ edges }, index) =>
    edges
      .filter(({ to }) => to !== index + 1)
      .map(({ to }): Arrow => ({ from: lastLine[index], to: firstLine[to], lane: 0 })),
  );
  const gutter = drawGutter(lines.length, arrows);
  const counted = [count(blocks.length, "block"), ...(loops.length > 0 ? [count(loops.length, "loop")] : [])];
  const facts = [...counted, ...(reducible ? [] : ["a cycle with two entries"])].join(", ");
  const heading = `${name}: slots ${start} to ${end - 1}, ${facts}`;
  return [heading, ...lines.map((line, at) => `${gutter[at]}${line}`), ""].join("\n");
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;

function notes({ blocks, loops }: FunctionFlow, index: number): string {
  const { reachable, loop } = blocks[index];
  if (!reachable) return " (nothing reaches it)";
  if (loop === undefined) return "";
  const { header, depth } = loops[loop];
  const around = depth === 1 ? "a loop" : `a loop of depth ${depth}`;
  return header === index ? ` (head of ${around})` : ` (in the loop of block ${header})`;
}

function ways({ edges, leaves }: FlowBlock): string {
  const way = ({ to, kind, back }: FlowEdge) => `${kind} ${to}${back ? " (back)" : ""}`;
  const all = edges.map(way);
  if (leaves === "exit") all.push("exit");
  if (leaves === "outside") all.push("out of the function");
  return all.join(", ");
}

/** The columns at the left of the lines: a lane holds arrows that do not overlap, the shortest nearest to the boxes. */
function drawGutter(lines: number, arrows: readonly Arrow[]): string[] {
  const drawn = assignLanes(arrows);
  const lanes = drawn.reduce((most, { lane }) => Math.max(most, lane + 1), 0);
  const width = 2 * lanes + 1;
  const cells = Array.from({ length: lines }, () => new Array<string>(width).fill(" "));
  const column = (lane: number) => 2 * (lanes - 1 - lane);
  for (const { from, to, lane } of drawn) {
    const [top, bottom] = from < to ? [from, to] : [to, from];
    for (let line = top + 1; line < bottom; line++) {
      cells[line][column(lane)] = CROSSING[cells[line][column(lane)]] ?? "│";
    }
    for (const line of [top, bottom]) {
      for (let at = column(lane) + 1; at < width; at++)
        cells[line][at] = cells[line][at] === "─" ? "─" : (CROSSING[cells[line][at]] ?? "─");
      cells[line][column(lane)] = line === top ? "╭" : "╰";
    }
    cells[to][width - 1] = "▶";
  }
  return cells.map((cell) => cell.join(""));
}

/** What a line becomes where another crosses or joins it. */
const CROSSING: Readonly<Record<string, string>> = {
  "─": "┼",
  "│": "┼",
  "┼": "┼",
  "╭": "┬",
  "╰": "┴",
  "┬": "┬",
  "┴": "┴",
};

/** Gives each arrow the innermost lane that is free over its whole length; those that find none are left out. */
function assignLanes(arrows: readonly Arrow[]): Arrow[] {
  const span = ({ from, to }: Arrow) => Math.abs(from - to);
  const lanes: Interval[][] = Array.from({ length: MOST_LANES }, () => []);
  const drawn: Arrow[] = [];
  for (const arrow of arrows.toSorted((a, b) => span(a) - span(b))) {
    const interval = { top: Math.min(arrow.from, arrow.to), bottom: Math.max(arrow.from, arrow.to) };
    const lane = lanes.findIndex((taken) => takes(taken, interval));
    if (lane >= 0) drawn.push({ ...arrow, lane });
  }
  return drawn;
}

interface Interval {
  readonly top: number;
  readonly bottom: number;
}

/** Puts an interval into an ordered list unless it overlaps one there. */
function takes(taken: Interval[], interval: Interval): boolean {
  let [low, high] = [0, taken.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (taken[middle].top < interval.top) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && taken[low - 1].bottom >= interval.top) return false;
  if (low < taken.length && taken[low].top <= interval.bottom) return false;
  taken.splice(low, 0, interval);
  return true;
}
