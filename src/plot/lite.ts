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

/** A card that holds a sentence instead of a plot, for data with nothing to draw. */
export function sentenceSpec(title: string, sentence: string, alt: string): PlotSpec {
  const spec = {
    $schema: LITE_SCHEMA,
    description: alt,
    title: { text: title },
    width: 560,
    height: 40,
    data: { values: [{ sentence }] },
    mark: { type: "text", align: "left", x: 0, fontSize: 13, color: color.muted },
    encoding: { text: { field: "sentence" } },
    config: liteConfig,
  };
  return { mime: "application/vnd.vegalite.v5+json", spec };
}
