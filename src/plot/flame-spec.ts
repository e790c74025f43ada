/** The Vega 5 spec of a flame graph. */
import type { FlameBox } from "./flame-tree.ts";
import { grouped, percent, plural } from "./format.ts";
import type { Frame, FrameKind } from "./stacks.ts";
import type { PlotSpec } from "./svg.ts";
import { color, FONT, INK, MONOSPACE } from "./theme.ts";

const ROW = 18;
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

interface FlamePicture {
  readonly boxes: readonly FlameBox[];
  readonly title: string;
  readonly alt: string;
  readonly width: number;
}

/** Boxes with hover and zoom; a legend where kernel and user frames are told apart. */
export function flameSpec({ boxes, title, alt, width }: FlamePicture): PlotSpec {
  const whole = boxes[0].node.total;
  const kinds = (["kernel", "user"] as const).filter((kind) => boxes.some((box) => box.node.frame.kind === kind));
  const values = boxes.map(({ node, depth, from, to }) => ({
    x0: round(from),
    x1: round(to),
    depth,
    name: node.frame.name,
    ...(node.frame.kind === "kernel" || node.frame.kind === "user" ? { kind: node.frame.kind } : {}),
    samples: grouped(node.total),
    share: percent(node.total, whole),
    fill: shade(node.frame),
  }));
  const height = (boxes[boxes.length - 1].depth + 1) * ROW;
  const spec = {
    $schema: "https://vega.github.io/schema/vega/v5.json",
    description: alt,
    background: color.background,
    padding: 12,
    width,
    height,
    title: titleOf(title, `${plural(whole, "sample")}; a box is as wide as its share, callers below`),
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
    ...(kinds.length > 1 ? { legends: [legend(width)] } : {}),
    marks: [boxMark(height), nameMark(height)],
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
    labelColor: color.muted,
    labelFont: FONT,
    labelFontSize: 11,
  };
}

/** Without a width, or outside of the view, nothing is drawn. */
const IN_VIEW = "datum.x1 > view[0] && datum.x0 < view[1]";
const TOOLTIP = {
  signal:
    "datum.kind ? {title: datum.name, kind: datum.kind, samples: datum.samples, share: datum.share}" +
    " : {title: datum.name, samples: datum.samples, share: datum.share}",
};

function boxMark(height: number) {
  return {
    type: "rect",
    name: "box",
    from: { data: "boxes" },
    encode: {
      enter: {
        y: { signal: `${height - ROW} - datum.depth * ${ROW}` },
        height: { value: ROW },
        fill: { field: "fill" },
        stroke: { value: color.background },
        tooltip: TOOLTIP,
        cursor: { value: "pointer" },
      },
      update: {
        x: { scale: "x", field: "x0" },
        x2: { scale: "x", field: "x1" },
        opacity: [{ test: IN_VIEW, value: 1 }, { value: 0 }],
        // Strokes would cover boxes that are hardly wider than they are.
        strokeWidth: { signal: "scale('x', datum.x1) - scale('x', datum.x0) < 3 ? 0.25 : 1" },
        fillOpacity: { value: 1 },
      },
      hover: { fillOpacity: { value: 0.75 } },
    },
  };
}

function nameMark(height: number) {
  const fits = `floor((scale('x', datum.x1) - scale('x', datum.x0) - 6) / ${CHARACTER})`;
  return {
    type: "text",
    name: "name",
    from: { data: "boxes" },
    interactive: false,
    encode: {
      enter: {
        y: { signal: `${height - ROW / 2} - datum.depth * ${ROW}` },
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

function titleOf(text: string, subtitle: string) {
  return {
    text,
    subtitle,
    anchor: "start",
    frame: "group",
    color: color.text,
    font: FONT,
    fontSize: 15,
    fontWeight: 600,
    offset: 14,
    subtitleColor: color.muted,
    subtitleFont: FONT,
    subtitleFontSize: 12,
    subtitlePadding: 4,
  };
}

/** A shade by name, so a function looks the same wherever it stands. */
function shade({ kind, name }: Frame): string {
  const shades = SHADES[kind];
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (hash * 31 + name.charCodeAt(i)) >>> 0;
  return shades[hash % shades.length];
}

/** A millionth of the width is far below a pixel. */
function round(part: number): number {
  return Number(part.toFixed(6));
}
