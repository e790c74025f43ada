import { PlotError } from "./error.ts";
import { fromTo, percent, plural } from "./format.ts";
import { litePlot, sentencePlot } from "./lite.ts";
import { SHORT } from "./lite-parts.ts";
import type { PlotOptions } from "./options.ts";
import type { Plot } from "./plot.ts";
import { factOf, kindAndTitle, type PlottedFacts } from "./plotted.ts";
import { leftOut, type Numeric, place } from "./series.ts";
import { INK, SERIES } from "./theme.ts";

/** What was on a lane (a CPU, a task) from one time to another. */
export interface Interval {
  readonly lane: string | number;
  readonly from: Numeric;
  readonly to: Numeric;
  /** What it was: intervals of one name have one colour. */
  readonly name: string;
}

export interface GanttOptions extends PlotOptions {
  readonly x?: { readonly label?: string };
  /** So many lanes are drawn, 24 unless given. */
  readonly limit?: number;
}

/** More boxes than this are narrower than they can be seen: the rest of a pixel's time goes to the longest in it. */
const MOST_BOXES = 900;
/** The four that take most of the time have a colour; all others share one. */
const MOST_NAMES = 4;
const OTHERS = "others";

/**
 * Who had what when: a row for each CPU or task, a box for each interval.
 *
 * @throws {PlotError} `PLOT_NUMBER` for times that are none, or an interval that ends before it begins
 * @example
 * plot.gantt([{ lane: "CPU 0", from: 0, to: 4, name: "nginx" }, { lane: "CPU 0", from: 4, to: 9, name: "idle" }]);
 */
export function gantt(data: Iterable<Interval> & PlottedFacts, options: GanttOptions = {}): Plot {
  const { boxes, left } = read(data);
  const kind = kindAndTitle("Gantt chart", options.title, data);
  const title = options.title ?? factOf(data, "name") ?? "Gantt chart";
  const missing = leftOut(left, "interval");
  if (boxes.length === 0) return sentencePlot({ kind, title, data, missing, alt: options.alt });
  const lanes = [...new Set(boxes.map(({ lane }) => lane))];
  const shown = lanes.slice(0, options.limit ?? 24);
  const from = boxes.reduce((least, box) => Math.min(least, box.from), Number.POSITIVE_INFINITY);
  const to = boxes.reduce((most, box) => Math.max(most, box.to), Number.NEGATIVE_INFINITY);
  const times = new Map<string, number>();
  for (const box of boxes) times.set(box.name, (times.get(box.name) ?? 0) + (box.to - box.from));
  const byTime = [...times].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const named = byTime.slice(0, MOST_NAMES).map(([name]) => name);
  const names = byTime.length > MOST_NAMES ? [...named, OTHERS] : named;
  const drawn = boxes.filter(({ lane }) => shown.includes(lane));
  const cells = Math.max(20, Math.floor(MOST_BOXES / shown.length));
  const merged = drawn.length > MOST_BOXES ? shown.flatMap((lane) => merge(drawn, lane, from, to, cells)) : drawn;
  const whole = (to - from) * lanes.length;
  const [first, longest] = byTime[0]!;
  const unseen = lanes.length > shown.length ? ` ${plural(lanes.length - shown.length, "lane")} not drawn.` : "";
  const alt =
    options.alt ??
    `${kind}: ${plural(boxes.length, "interval")} of ${plural(times.size, "name")} on ${plural(lanes.length, "lane")}, from ${fromTo(from, to)}; most time ${first} (${percent(longest, whole)}).${unseen}${missing}`;
  const width = options.width ?? 560;
  return litePlot({
    title,
    alt,
    text: ganttText(drawn, shown, from, to, byTime),
    subtitle: `${plural(boxes.length, "interval")} on ${plural(lanes.length, "lane")}${merged === drawn ? "" : "; in each pixel what had most of it"}`,
    spec: ganttSpec({ boxes: merged, lanes: shown, names, width, from, to, options }),
  });
}

interface Box {
  readonly lane: string;
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

function read(data: Iterable<Interval>): { readonly boxes: readonly Box[]; readonly left: number } {
  const boxes: Box[] = [];
  let left = 0;
  for (const { lane, from, to, name } of data) {
    const [begin, end] = [place(from, `the beginning of ${name}`), place(to, `the end of ${name}`)];
    if (begin === undefined || end === undefined) left++;
    else if (end < begin)
      throw new PlotError("PLOT_NUMBER", `${name} ends at ${to}, before it begins at ${from}`, "from is at most to");
    else boxes.push({ lane: String(lane), from: begin, to: end, name });
  }
  return { boxes, left };
}

/** One box for each stretch of time's parts that the same name had most of. */
function merge(boxes: readonly Box[], lane: string, from: number, to: number, cells: number): Box[] {
  const parts = partsOf(boxes, lane, from, to, cells);
  const step = (to - from) / cells;
  const merged: { lane: string; from: number; to: number; name: string }[] = [];
  parts.forEach((name, index) => {
    const last = merged[merged.length - 1];
    const begin = from + index * step;
    if (name === undefined) return;
    if (last?.name === name && Math.abs(last.to - begin) < step / 2) last.to = begin + step;
    else merged.push({ lane, from: begin, to: begin + step, name });
  });
  return merged;
}

/** For each of `cells` parts of the time the name that had most of it; undefined for none. */
function partsOf(boxes: readonly Box[], lane: string, from: number, to: number, cells: number) {
  const shares = Array.from({ length: cells }, () => new Map<string, number>());
  const step = (to - from) / cells || 1;
  for (const box of boxes) {
    if (box.lane !== lane) continue;
    const first = Math.min(cells - 1, Math.floor((box.from - from) / step));
    const last = Math.min(cells - 1, Math.floor((box.to - from) / step));
    for (let at = first; at <= last; at++) {
      const begin = from + at * step;
      // An interval without length is there all the same.
      const length = Math.max(Math.min(box.to, begin + step) - Math.max(box.from, begin), step / 1e6);
      shares[at]!.set(box.name, (shares[at]!.get(box.name) ?? 0) + length);
    }
  }
  return shares.map((names) => {
    let best: string | undefined;
    for (const [name, length] of names) if (best === undefined || length > names.get(best)!) best = name;
    return best;
  });
}

interface GanttPicture {
  readonly boxes: readonly Box[];
  readonly lanes: readonly string[];
  readonly names: readonly string[];
  readonly width: number;
  readonly from: number;
  readonly to: number;
  readonly options: GanttOptions;
}

function ganttSpec({ boxes, lanes, names, width, from, to, options }: GanttPicture) {
  const pixels = (box: Box) => (to === from ? width : ((box.to - box.from) / (to - from)) * width);
  const values = boxes.map((box) => ({
    l: box.lane,
    a: round(box.from),
    b: round(box.to),
    n: box.name,
    c: names.includes(box.name) ? box.name : OTHERS,
    // Six pixels a character.
    ...(pixels(box) > box.name.length * 6 + 6 && { t: box.name }),
  }));
  const y = {
    field: "l",
    type: "nominal",
    sort: lanes,
    scale: { domain: lanes, paddingInner: 0.15 },
    axis: { title: null, domain: false, ticks: false, labelLimit: 160 },
  };
  const x = {
    field: "a",
    type: "quantitative",
    scale: { domain: from === to ? [from - 1, to + 1] : [from, to], nice: false, zero: false },
    axis: { title: options.x?.label ?? null, tickCount: 8, labelExpr: SHORT },
  };
  return {
    width,
    height: options.height ?? { step: 26 },
    data: { values },
    layer: [
      {
        mark: { type: "rect", minBandSize: 2 },
        encoding: {
          x,
          x2: { field: "b" },
          y,
          color: {
            field: "c",
            type: "nominal",
            scale: { domain: names, range: names.map((name, i) => (name === OTHERS ? SERIES[4] : SERIES[i])) },
            legend: { title: null, orient: "bottom", direction: "horizontal" },
          },
          tooltip: [
            { field: "n", title: "name" },
            { field: "l", title: "on" },
            { field: "a", title: "from" },
            { field: "b", title: "to" },
          ],
        },
      },
      {
        transform: [{ filter: "isValid(datum.t)" }, { calculate: "(datum.a + datum.b) / 2", as: "m" }],
        mark: { type: "text", fontSize: 10, color: INK, tooltip: null },
        encoding: { x: { ...x, field: "m" }, y, text: { field: "t" } },
      },
    ],
  };
}

const TEXT_COLUMNS = 60;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A line for each lane with a letter for each part of the time, and what the letters are. */
function ganttText(
  boxes: readonly Box[],
  lanes: readonly string[],
  from: number,
  to: number,
  byTime: readonly (readonly [string, number])[],
): string {
  const letter = new Map(byTime.slice(0, LETTERS.length).map(([name], index) => [name, LETTERS[index]!]));
  const wide = Math.max(...lanes.map((lane) => lane.length));
  const lines = lanes.map((lane) => {
    const parts = partsOf(boxes, lane, from, to, TEXT_COLUMNS);
    return `${lane.padEnd(wide)} |${parts.map((name) => (name === undefined ? " " : (letter.get(name) ?? "?"))).join("")}|`;
  });
  const key = byTime.slice(0, 12).map(([name]) => `${letter.get(name)} ${name}`);
  const more = byTime.length > 12 ? `, and ${byTime.length - 12} more` : "";
  return [...lines, `${" ".repeat(wide)}  ${fromTo(from, to)}`, `${key.join(", ")}${more}`].join("\n");
}

/** Nine digits tell times apart to a billionth of the whole. */
function round(time: number): number {
  return Number(time.toPrecision(12));
}
