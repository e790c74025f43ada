import { PlotError } from "./error.ts";
import { brief, plural, toCount } from "./format.ts";
import { layers } from "./graph.ts";
import { sentencePlot } from "./lite.ts";
import type { PlotOptions } from "./options.ts";
import { Plot } from "./plot.ts";
import { kindAndTitle } from "./plotted.ts";
import type { Numeric } from "./series.ts";
import { FONT, INK, NOTE, SERIES } from "./theme.ts";
import { VEGA_SCHEMA, vegaTitle } from "./vega-parts.ts";

/** A device, a namespace, a host: what stands in a box. */
export interface TopologyNode {
  /** By which links name it. */
  readonly id: string;
  /** What stands in the box; the id unless given. */
  readonly label?: string;
  /** A second, smaller line. */
  readonly note?: string;
  /** Boxes of one group have one colour: a network namespace, a kind of device. */
  readonly group?: string;
}

/** A way for packets; `count` says how many went it. */
export interface TopologyLink {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  readonly count?: Numeric;
}

export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly links: readonly TopologyLink[];
}

const BOX = { width: 128, height: 40, gap: 22 } as const;
/** A graph with more boxes is a list. */
const MOST_NODES = 80;
const MOST_LINKS = 300;

/**
 * Devices and what leads from one to another, from the left to the right; a line is as thick as its packets are many.
 *
 * @throws {PlotError} `PLOT_LINK` for a link to a node that is not there, `PLOT_COUNT`
 * @example
 * plot.topology({ nodes: [{ id: "outside" }, { id: "eth0", note: "10.0.0.2" }], links: [{ from: "outside", to: "eth0", count: 12 }] });
 */
export function topology({ nodes, links }: Topology, options: Omit<PlotOptions, "height"> = {}): Plot {
  const kind = kindAndTitle("Topology", options.title);
  const title = options.title ?? "Topology";
  const numbers = new Map(nodes.map(({ id }, index) => [id, index]));
  const edges = links.map((link) => ({ ...read(link), from: numberOf(link.from), to: numberOf(link.to) }));
  if (nodes.length === 0) {
    const data = { emptyReason: "There are no devices." };
    return sentencePlot({ kind, title, data, alt: options.alt });
  }
  const packets = edges.reduce((sum, { count }) => sum + (count ?? 0n), 0n);
  const counted = edges.some(({ count }) => count !== undefined);
  const busiest = edges.reduce((best, edge) => ((edge.count ?? 0n) > (best?.count ?? 0n) ? edge : best), edges[0]);
  const most =
    counted && packets > 0n
      ? `; most on ${nodes[busiest!.from]!.id} to ${nodes[busiest!.to]!.id} with ${plural(busiest!.count!, "packet")}`
      : "";
  const large = nodes.length > MOST_NODES || links.length > MOST_LINKS;
  const tooLarge = large ? " Too many to draw: they are listed as text." : "";
  const alt =
    options.alt ?? `${kind}: ${plural(nodes.length, "node")}, ${plural(links.length, "link")}${most}.${tooLarge}`;
  const text = topologyText(nodes, links);
  if (large) {
    const said = {
      emptyReason: `${plural(nodes.length, "node")} and ${plural(links.length, "link")} are too many to draw.`,
    };
    const empty = sentencePlot({ kind, title, data: said, alt });
    return new Plot({ title, alt, text, picture: { mime: empty.mime, spec: empty.spec } as never });
  }
  const spec = topologySpec({ nodes, edges, title, alt, width: options.width ?? 560 });
  return new Plot({ title, alt, text, picture: { mime: "application/vnd.vega.v5+json", spec } });

  function numberOf(id: string): number {
    const found = numbers.get(id);
    if (found !== undefined) return found;
    throw new PlotError(
      "PLOT_LINK",
      `a link names ${id}, which is no node`,
      `nodes are ${nodes
        .slice(0, 8)
        .map((node) => node.id)
        .join(", ")}`,
    );
  }
}

function read({ label, count, from, to }: TopologyLink) {
  return { label, count: count === undefined ? undefined : toCount(count, `${from} to ${to}`) };
}

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly label?: string;
  readonly count?: bigint;
}

interface TopologyPicture {
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly Edge[];
  readonly title: string;
  readonly alt: string;
  readonly width: number;
}

function topologySpec({ nodes, edges, title, alt, width: wanted }: TopologyPicture) {
  const layer = layers(nodes.length, edges);
  const deepest = Math.max(...layer);
  const width = Math.max(wanted, (deepest + 1) * (BOX.width + 40) - 40);
  const columns = Array.from({ length: deepest + 1 }, () => 0);
  const tallest = Math.max(...layer.map((depth) => layer.filter((other) => other === depth).length));
  const height = tallest * (BOX.height + BOX.gap) - BOX.gap;
  const places = nodes.map((_, index) => {
    const depth = layer[index]!;
    const inColumn = layer.filter((other) => other === depth).length;
    const free = (height - (inColumn * (BOX.height + BOX.gap) - BOX.gap)) / 2;
    return {
      x: round(deepest === 0 ? 0 : (depth * (width - BOX.width)) / deepest),
      y: round(free + columns[depth]!++ * (BOX.height + BOX.gap)),
    };
  });
  const groups = [...new Set(nodes.map(({ group }) => group ?? ""))];
  const most = Number(edges.reduce((best, { count }) => ((count ?? 0n) > best ? count! : best), 0n));
  const boxes = nodes.map((node, index) => ({
    ...places[index]!,
    name: cut(node.label ?? node.id),
    note: cut(node.note ?? ""),
    whole: [node.label ?? node.id, node.note, node.group].filter(Boolean).join(", "),
    fill: SERIES[groups.indexOf(node.group ?? "") % 4],
    ty: places[index]!.y + (node.note ? 15 : BOX.height / 2),
  }));
  const lines = edges.map(({ from, to, label, count }) => {
    const [a, b] = [places[from]!, places[to]!];
    const said = [label, count === undefined ? undefined : brief(count)].filter((part) => part !== undefined).join(" ");
    const thick = most === 0 ? 1.5 : 1 + 4 * Math.sqrt(Number(count ?? 0n) / most);
    const whole = `${nodes[from]!.id} to ${nodes[to]!.id}${said === "" ? "" : `: ${label ?? ""} ${count ?? ""}`.trimEnd()}`;
    return { ...curve(a, b), text: said, thick: round(thick), whole };
  });
  return {
    $schema: VEGA_SCHEMA,
    description: alt,
    padding: 12,
    width,
    height,
    title: vegaTitle(title, `${plural(nodes.length, "node")}, ${plural(edges.length, "link")}`),
    data: [
      { name: "lines", values: lines },
      { name: "boxes", values: boxes },
    ],
    marks: [
      {
        type: "path",
        from: { data: "lines" },
        encode: {
          enter: {
            path: { field: "path" },
            stroke: { value: SERIES[4] },
            strokeWidth: { field: "thick" },
            tooltip: { field: "whole" },
          },
        },
      },
      text("lines", { x: { field: "x" }, y: { field: "y" }, text: { field: "text" }, fontSize: { value: 10 } }, NOTE),
      {
        type: "path",
        from: { data: "lines" },
        interactive: false,
        encode: { enter: { path: { field: "head" }, fill: { value: SERIES[4] } } },
      },
      {
        type: "rect",
        from: { data: "boxes" },
        encode: {
          enter: {
            x: { field: "x" },
            y: { field: "y" },
            width: { value: BOX.width },
            height: { value: BOX.height },
            cornerRadius: { value: 4 },
            fill: { field: "fill" },
            tooltip: { field: "whole" },
          },
        },
      },
      text("boxes", inBox("ty", "name", 12)),
      text("boxes", inBox("ty", "note", 10, 14)),
    ],
  };
}

function inBox(y: string, field: string, fontSize: number, dy = 0) {
  return {
    x: { signal: `datum.x + ${BOX.width / 2}` },
    y: { field: y },
    dy: { value: dy },
    text: { field },
    fontSize: { value: fontSize },
    fill: { value: INK },
  };
}

function text(data: string, enter: Readonly<Record<string, unknown>>, style?: string) {
  return {
    type: "text",
    from: { data },
    ...(style && { style }),
    interactive: false,
    encode: {
      enter: { align: { value: "center" }, baseline: { value: "middle" }, font: { value: FONT }, ...enter },
    },
  };
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * From box to box with a head at the end: forwards out on the right and in on the left, above; back the other way round, below; to a
 * box of the same column round the right side.
 */
function curve(a: Place, b: Place): Curve {
  const back = b.x < a.x;
  const same = b.x === a.x;
  const part = BOX.height * (back ? 0.75 : same ? 0.5 : 0.3);
  const [ya, yb] = [round(a.y + part), round(b.y + part)];
  const [xa, xb] = [back ? a.x : a.x + BOX.width, back || same ? b.x + BOX.width : b.x];
  const bend = same ? 30 : (xb - xa) / 2;
  const [ca, cb] = [xa + bend, same ? xb + bend : xb - bend];
  // The line ends where its head begins.
  const neck = back || same ? xb + HEAD : xb - HEAD;
  return {
    path: `M${xa},${ya}C${round(ca)},${ya} ${round(cb)},${yb} ${round(neck)},${yb}`,
    head: `M${xb},${yb}L${round(neck)},${round(yb - HEAD / 2)}L${round(neck)},${round(yb + HEAD / 2)}Z`,
    x: round((xa + 3 * ca + 3 * cb + xb) / 8),
    y: round((ya + yb) / 2 + (back ? 9 : -7)),
  };
}

interface Curve extends Place {
  readonly path: string;
  readonly head: string;
}

/** Pixels of a line's head. */
const HEAD = 9;

/** Nodes with their notes, then links as `a -> b  label  count`. */
function topologyText(nodes: readonly TopologyNode[], links: readonly TopologyLink[]): string {
  const width = Math.max(...nodes.map(({ id }) => id.length));
  const boxes = nodes.map(({ id, label, note, group }) =>
    [id.padEnd(width), label, note, group]
      .filter((part) => part !== undefined)
      .join("  ")
      .trimEnd(),
  );
  const lines = links.map(({ from, to, label, count }) =>
    [`${from} -> ${to}`, label, count === undefined ? undefined : plural(count, "packet")].filter(Boolean).join("  "),
  );
  return [...boxes, ...lines].join("\n");
}

/** Characters that fit into a box. */
function cut(label: string): string {
  return label.length > 20 ? `${label.slice(0, 19)}…` : label;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
