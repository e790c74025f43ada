/** What all Vega-Lite specs share. */
import type { PlotSpec } from "./svg.ts";
import { color, FONT } from "./theme.ts";

/** JupyterLab 4 draws Vega-Lite 5. */
export const LITE_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json";

/** Quiet axes, a left-aligned title, colours by role. */
export const liteConfig = {
  background: color.background,
  padding: 12,
  font: FONT,
  view: { stroke: null },
  title: {
    anchor: "start",
    frame: "group",
    color: color.text,
    fontSize: 15,
    fontWeight: 600,
    offset: 14,
    subtitleColor: color.muted,
    subtitleFontSize: 12,
    subtitlePadding: 4,
  },
  axis: {
    labelColor: color.muted,
    titleColor: color.muted,
    titleFontWeight: "normal",
    titlePadding: 8,
    labelFontSize: 11,
    titleFontSize: 12,
    domainColor: color.axis,
    tickColor: color.axis,
    gridColor: color.grid,
  },
} as const;

/** Characters that fit on a line of a card that holds sentences, and pixels from one line to the next. */
const LINE_LENGTH = 80;
const LINE_HEIGHT = 18;

/** A card that holds a sentence or two instead of a plot, for data with nothing to draw; it begins with a capital. */
export function sentenceSpec(title: string, said: string, alt: string): PlotSpec {
  const sentence = said.charAt(0).toUpperCase() + said.slice(1);
  // Broken at spaces, by counting: a picture must be the same wherever it is drawn.
  const lines = sentence.match(new RegExp(`\\S.{0,${LINE_LENGTH - 1}}(?=\\s|$)|\\S+`, "g")) ?? [];
  const spec = {
    $schema: LITE_SCHEMA,
    description: alt,
    title: { text: title },
    width: 560,
    height: 40 + LINE_HEIGHT * Math.max(0, lines.length - 1),
    data: { values: [{ sentence: lines }] },
    mark: { type: "text", align: "left", x: 0, y: 20, fontSize: 13, lineHeight: LINE_HEIGHT, color: color.muted },
    encoding: { text: { field: "sentence" } },
    config: liteConfig,
  };
  return { mime: "application/vnd.vegalite.v5+json", spec };
}
