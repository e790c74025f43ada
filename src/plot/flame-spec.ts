/** The Vega 5 spec of a flame graph. */
import { type FlameChange, pointsText } from "./flame-change.ts";
import type { FlameBox, FlameNode } from "./flame-tree.ts";
import { grouped, percent } from "./format.ts";
import type { FrameKind } from "./stacks.ts";
import type { PlotSpec } from "./svg.ts";
import { FONT, INK, MONOSPACE } from "./theme.ts";
import { VEGA_SCHEMA, vegaTitle } from "./vega-parts.ts";

/** Height of a box with its gap. */
export const FLAME_ROW = 18;
const ROW = FLAME_ROW;
const FONT_SIZE = 11;
/** Width of a character of the monospaced face: names are cut by counting, which is the same everywhere. */
const CHARACTER = FONT_SIZE * 0.61;

/** Neighbours differ by a shade, so that boxes are told apart without a border; ink on all of them has 7:1 or more. */
const SHADES: Readonly<Record<FrameKind, readonly string[]>> = {
  frame: ["#f2a541", "#f5b45c", "#f0ae66", "#f8c27a"],
  kernel: ["#f2a541", "#f5b45c", "#f0ae66", "#f8c27a"],
  user: ["#79b8e0", "#8ec4e6", "#84bbdb", "#a3d0ec"],
  mark: ["#c9d0d8"],
};

/** Boxes of a profile of time off the CPU, and of what won and lost against another; neighbours differ by a shade. */
const OFF_CPU = ["#79b8e0", "#8ec4e6", "#84bbdb", "#a3d0ec"] as const;
const WON = ["#f6d2b3", "#f2b27d", "#e88f4a"] as const;
const LOST = ["#c5def0", "#9cc7e6", "#6fb0dc"] as const;
const SAME = "#dfe3e7";

/** How boxes look and what is said of them. */
export interface FlameLook {
  readonly quantity: (count: bigint) => string;
  readonly change: FlameChange | undefined;
  readonly direction: "up" | "down";
  readonly unit: "samples" | "ns";
}

interface FlamePicture {
  readonly look: FlameLook;
  readonly boxes: readonly FlameBox[];
  readonly title: string;
  readonly alt: string;
  readonly width: number;
}

/** Boxes with hover and zoom; a legend where kernel and user frames are told apart. */
export function flameSpec({ boxes, title, alt, width, look }: FlamePicture): PlotSpec {
  const whole = boxes[0].node.total;
  const kinds = (["kernel", "user"] as const).filter((kind) => boxes.some((box) => box.node.frame.kind === kind));
  const values = boxes.map(({ node, depth, from, to }) => ({
    x0: round(from),
    x1: round(to),
    depth,
    name: node.frame.name,
    ...(node.frame.kind === "kernel" || node.frame.kind === "user" ? { kind: node.frame.kind } : {}),
    samples: look.unit === "ns" ? look.quantity(node.total) : grouped(node.total),
    share: percent(node.total, whole),
    ...(look.change && { change: pointsText(look.change.shares.get(node)!) }),
    fill: fillOf(node, look),
  }));
  const height = (boxes[boxes.length - 1].depth + 1) * ROW;
  const spec = {
    $schema: VEGA_SCHEMA,
    description: alt,
    padding: 12,
    width,
    height,
    title: vegaTitle(title, subtitleOf(whole, look)),
    // The part of the width that is shown. A click on a box zooms to it; the root covers all, so it zooms out.
    signals: [
      { name: "view", value: [0, 1], on: [{ events: "@box:click, @name:click", update: "[datum.x0, datum.x1]" }] },
    ],
    data: [{ name: "boxes", values }],
    scales: [
      // Clamped, callers of the box zoomed to fill the width, and what is beside it has none.
      { name: "x", type: "linear", domain: { signal: "view" }, range: "width", zero: false, nice: false, clamp: true },
      { name: "kinds", type: "ordinal", domain: kinds, range: kinds.map((kind) => SHADES[kind][0]) },
    ],
    ...(kinds.length > 1 && look.change === undefined && look.unit === "samples" ? { legends: [legend(width)] } : {}),
    marks: [boxMark(rowTop(height, look), tooltipOf(look, kinds.length > 0)), nameMark(rowTop(height, look))],
  };
  return { mime: "application/vnd.vega.v5+json", spec };
}

/** Beside the title, where no box can be. */
function legend(width: number) {
  return {
    fill: "kinds",
    orient: "none",
    legendX: width - 110,
    legendY: -22,
    direction: "horizontal",
    columnPadding: 14,
    symbolType: "square",
    symbolStrokeWidth: 0,
    labelFont: FONT,
    labelFontSize: 11,
  };
}

/** Without a width, or outside of the view, nothing is drawn. */
const IN_VIEW = "datum.x1 > view[0] && datum.x0 < view[1]";
/** A signal for what a box has: kind and change are not always there. */
function tooltipOf({ change, unit }: FlameLook, kinds: boolean) {
  const parts = [
    "title: datum.name",
    ...(kinds ? ["kind: datum.kind"] : []),
    `${unit === "ns" ? "time" : "samples"}: datum.samples`,
    "share: datum.share",
    ...(change ? ["change: datum.change"] : []),
  ];
  return { signal: `{${parts.join(", ")}}` };
}

/** Where a box's row begins, as Vega computes it. */
function rowTop(height: number, { direction }: FlameLook): string {
  return direction === "down" ? `datum.depth * ${ROW}` : `${height - ROW} - datum.depth * ${ROW}`;
}

function boxMark(top: string, tooltip: object) {
  return {
    type: "rect",
    name: "box",
    from: { data: "boxes" },
    encode: {
      enter: {
        y: { signal: top },
        height: { value: ROW - 1 },
        fill: { field: "fill" },
        tooltip,
        cursor: { value: "pointer" },
      },
      update: {
        x: { scale: "x", field: "x0" },
        // A gap instead of a border, whose colour would have to be the page's; narrow boxes have hardly any.
        x2: { signal: "scale('x', datum.x1) - min(1, (scale('x', datum.x1) - scale('x', datum.x0)) / 8)" },
        opacity: [{ test: IN_VIEW, value: 1 }, { value: 0 }],
        fillOpacity: { value: 1 },
      },
      hover: { fillOpacity: { value: 0.75 } },
    },
  };
}

function nameMark(top: string) {
  const fits = `floor((scale('x', datum.x1) - scale('x', datum.x0) - 6) / ${CHARACTER})`;
  return {
    type: "text",
    name: "name",
    from: { data: "boxes" },
    interactive: false,
    encode: {
      enter: {
        y: { signal: `${top} + ${ROW / 2}` },
        dx: { value: 4 },
        baseline: { value: "middle" },
        font: { value: MONOSPACE },
        fontSize: { value: FONT_SIZE },
        fill: { value: INK },
      },
      update: {
        x: { scale: "x", field: "x0" },
        // Fewer than three characters say nothing.
        text: { signal: `${IN_VIEW} && ${fits} >= 3 ? truncate(datum.name, ${fits}) : ''` },
      },
    },
  };
}

/** The line below the title. */
export function subtitleOf(whole: bigint, { quantity, direction, change }: FlameLook): string {
  const callers = direction === "down" ? "callers above" : "callers below";
  const colours = change ? "; orange won, blue lost" : "";
  return `${quantity(whole)}; a box is as wide as its share, ${callers}${colours}`;
}

/** What is said of one box. */
export function boxWords(node: FlameNode, whole: bigint, { quantity, change }: FlameLook): string {
  const kind = node.frame.kind === "kernel" || node.frame.kind === "user" ? `${node.frame.kind}, ` : "";
  const changed = change ? `, ${pointsText(change.shares.get(node)!)}` : "";
  return `${kind}${quantity(node.total)}, ${percent(node.total, whole)}${changed}`;
}

/** A colour by what the box is, a shade by its name: so a function looks the same wherever it stands. */
export function fillOf(node: FlameNode, { change, unit }: FlameLook): string {
  if (change) {
    const share = change.shares.get(node)!;
    if (Math.abs(share) < 0.0005) return SAME;
    return (share > 0 ? WON : LOST)[Math.min(2, Math.floor(Math.abs(share) * 20))]!;
  }
  const shades = unit === "ns" && node.frame.kind !== "mark" ? OFF_CPU : SHADES[node.frame.kind];
  let hash = 0;
  for (let i = 0; i < node.frame.name.length; i++) hash = (hash * 31 + node.frame.name.charCodeAt(i)) >>> 0;
  return shades[hash % shades.length]!;
}

/** A millionth of the width is far below a pixel. */
function round(part: number): number {
  return Number(part.toFixed(6));
}
