import { brief, grouped, percent, plural, toCount } from "./format.ts";
import { layers } from "./graph.ts";
import { sentencePlot } from "./lite.ts";
import type { PlotOptions } from "./options.ts";
import { Plot } from "./plot.ts";
import { factOf, kindAndTitle, type PlottedFacts } from "./plotted.ts";
import type { Numeric } from "./series.ts";
import { FONT, NOTE, SERIES } from "./theme.ts";
import { VEGA_SCHEMA, vegaTitle } from "./vega-parts.ts";

/** From where to where how many went. */
export type Flow = readonly [from: string, to: string, count: Numeric];

/** More bands than this are thinner than they can be seen; the largest are kept. */
const MOST_FLOWS = 120;
const NODE_WIDTH = 14;
const GAP = 14;

/**
 * What became of all that went in: bands as wide as their numbers, from the left to the right.
 *
 * @throws {PlotError} `PLOT_COUNT` for counts that are none, `PLOT_LINK` where the flow goes round in a circle
 * @example plot.sankey([["eth0", "XDP_DROP", 40], ["eth0", "XDP_PASS", 60], ["XDP_PASS", "socket", 55], ["XDP_PASS", "dropped: NO_SOCKET", 5]]);
 */
export function sankey(data: Iterable<Flow> & PlottedFacts, options: PlotOptions = {}): Plot {
  const kind = kindAndTitle("Sankey diagram", options.title, data);
  const title = options.title ?? factOf(data, "name") ?? "Sankey diagram";
  const all = read(data);
  if (all.length === 0) return sentencePlot({ kind, title, data, alt: options.alt });
  const flows = all.slice(0, MOST_FLOWS);
  const names = [...new Set(flows.flatMap(({ from, to }) => [from, to]))];
  const edges = flows.map((flow) => ({ ...flow, from: names.indexOf(flow.from), to: names.indexOf(flow.to) }));
  const layer = layers(names.length, edges, (node) => names[node]!);
  const { nodes, whole } = layOut(names, edges, layer, options);
  const hidden = all.length - flows.length;
  const more = hidden > 0 ? ` ${plural(hidden, "flow")} too thin to draw.` : "";
  const ends = nodes.filter(({ out }) => out === 0n).sort((a, b) => (a.total < b.total ? 1 : -1));
  const alt =
    options.alt ??
    `${kind}: ${grouped(whole)} in all, ${plural(flows.length, "flow")} between ${plural(names.length, "place")}; most end in ${ends[0]!.name} with ${grouped(ends[0]!.total)} (${percent(ends[0]!.total, whole)}).${more}`;
  const spec = sankeySpec({ nodes, edges, title, alt, whole, options });
  return new Plot({
    title,
    alt,
    text: sankeyText(all, whole),
    picture: { mime: "application/vnd.vega.v5+json", spec },
  });
}

interface Counted {
  readonly from: string;
  readonly to: string;
  readonly count: bigint;
}

/** Equal flows are one; the largest first. */
function read(data: Iterable<Flow>): Counted[] {
  const found = new Map<string, { readonly from: string; readonly to: string; count: bigint }>();
  for (const [from, to, value] of data) {
    const count = toCount(value, `${from} to ${to}`);
    if (count === 0n) continue;
    const key = JSON.stringify([from, to]);
    const flow = found.get(key);
    if (flow) flow.count += count;
    else found.set(key, { from: String(from), to: String(to), count });
  }
  return [...found.values()].sort((a, b) => (a.count === b.count ? 0 : a.count < b.count ? 1 : -1));
}

interface Node {
  readonly name: string;
  readonly total: bigint;
  readonly out: bigint;
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly last: boolean;
}

interface Link {
  readonly from: number;
  readonly to: number;
  readonly count: bigint;
}

function layOut(names: readonly string[], edges: readonly Link[], layer: readonly number[], options: PlotOptions) {
  const into = names.map(() => 0n);
  const out = names.map(() => 0n);
  for (const { from, to, count } of edges) {
    out[from]! += count;
    into[to]! += count;
  }
  const total = names.map((_, i) => bigger(into[i]!, out[i]!));
  const whole = total.reduce((sum, count, i) => (into[i] === 0n ? sum + count : sum), 0n);
  const deepest = Math.max(...layer);
  const columns = Array.from({ length: deepest + 1 }, (_, depth) =>
    names.map((_, i) => i).filter((i) => layer[i] === depth),
  );
  const crowded = Math.max(...columns.map((column) => column.length));
  const width = options.width ?? 560;
  const height = options.height ?? Math.max(160, Math.min(480, crowded * 46));
  const room = Math.max(height / 2, height - GAP * (crowded - 1));
  const fullest = Number(
    columns.reduce(
      (most, column) =>
        bigger(
          most,
          column.reduce((sum, i) => sum + total[i]!, 0n),
        ),
      1n,
    ),
  );
  const nodes = new Array<Node>(names.length);
  for (const [depth, column] of columns.entries()) {
    column.sort((a, b) => (total[a] === total[b] ? 0 : total[a]! < total[b]! ? 1 : -1));
    let y = 0;
    for (const i of column) {
      const tall = Math.max(1.5, (Number(total[i]) / fullest) * room);
      const x = deepest === 0 ? 0 : (depth * (width - NODE_WIDTH)) / deepest;
      nodes[i] = { name: names[i]!, total: total[i]!, out: out[i]!, x, y, height: tall, last: depth === deepest };
      y += tall + GAP;
    }
  }
  return { nodes, whole };
}

function bigger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

interface SankeyPicture {
  readonly nodes: readonly Node[];
  readonly edges: readonly Link[];
  readonly title: string;
  readonly alt: string;
  readonly whole: bigint;
  readonly options: PlotOptions;
}

function sankeySpec({ nodes, edges, title, alt, whole, options }: SankeyPicture) {
  const left = nodes.map(() => 0);
  const right = nodes.map(() => 0);
  const width = options.width ?? 560;
  const height = Math.ceil(Math.max(...nodes.map((node) => node.y + node.height)));
  const ordered = [...edges].sort((a, b) => nodes[a.from]!.y - nodes[b.from]!.y || nodes[a.to]!.y - nodes[b.to]!.y);
  const bands = ordered.map(({ from, to, count }) => {
    const [a, b] = [nodes[from]!, nodes[to]!];
    const share = (node: Node) => (Number(count) / Number(node.total)) * node.height;
    const [ya, yb] = [a.y + right[from]!, b.y + left[to]!];
    right[from]! += share(a);
    left[to]! += share(b);
    return {
      path: band(a.x + NODE_WIDTH, ya, share(a), b.x, yb, share(b)),
      fill: SERIES[from % 4],
      flow: `${a.name} to ${b.name}`,
      count: grouped(count),
      share: percent(count, whole),
    };
  });
  const places = nodes.map((node, index) => ({
    x: round(node.x),
    y: round(node.y),
    h: round(node.height),
    fill: SERIES[index % 4],
    name: node.name,
    count: grouped(node.total),
    text: `${node.name} ${brief(node.total)}`,
    tx: round(node.last && node.x > 0 ? node.x - 5 : node.x + NODE_WIDTH + 5),
    align: node.last && node.x > 0 ? "right" : "left",
  }));
  return {
    $schema: VEGA_SCHEMA,
    description: alt,
    padding: 12,
    width,
    height,
    title: vegaTitle(title, `${grouped(whole)} in all; a band is as wide as its number`),
    data: [
      { name: "bands", values: bands },
      { name: "places", values: places },
    ],
    marks: [
      {
        type: "path",
        from: { data: "bands" },
        encode: {
          enter: {
            path: { field: "path" },
            fill: { field: "fill" },
            tooltip: { signal: "{title: datum.flow, count: datum.count, share: datum.share}" },
          },
          update: { fillOpacity: { value: 0.35 } },
          hover: { fillOpacity: { value: 0.65 } },
        },
      },
      {
        type: "rect",
        from: { data: "places" },
        encode: {
          enter: {
            x: { field: "x" },
            y: { field: "y" },
            width: { value: NODE_WIDTH },
            height: { field: "h" },
            fill: { field: "fill" },
            tooltip: { signal: "{title: datum.name, count: datum.count}" },
          },
        },
      },
      {
        type: "text",
        from: { data: "places" },
        style: NOTE,
        interactive: false,
        encode: {
          enter: {
            x: { field: "tx" },
            y: { signal: "datum.y + datum.h / 2" },
            align: { field: "align" },
            baseline: { value: "middle" },
            font: { value: FONT },
            fontSize: { value: 12 },
            text: { field: "text" },
          },
        },
      },
    ],
  };
}

/** A band from the right side of one box to the left side of another. */
function band(x0: number, y0: number, h0: number, x1: number, y1: number, h1: number): string {
  const middle = round((x0 + x1) / 2);
  const [a, b, c, d, e, f] = [x0, y0, x1, y1, y1 + h1, y0 + h0].map(round);
  return `M${a},${b}C${middle},${b} ${middle},${d} ${c},${d}L${c},${e}C${middle},${e} ${middle},${f} ${a},${f}Z`;
}

function sankeyText(flows: readonly Counted[], whole: bigint): string {
  const shown = flows.slice(0, 40);
  const width = Math.max(...shown.map(({ from, to }) => from.length + to.length + 4));
  const digits = Math.max(...shown.map(({ count }) => grouped(count).length));
  const lines = shown.map(
    ({ from, to, count }) =>
      `${`${from} -> ${to}`.padEnd(width)}  ${grouped(count).padStart(digits)}  ${percent(count, whole)}`,
  );
  return [...lines, ...(flows.length > shown.length ? [`and ${flows.length - shown.length} more`] : [])].join("\n");
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
