/** What all Vega-Lite specs share. */
import { Plot } from "./plot.ts";
import { emptySentence, type PlottedFacts } from "./plotted.ts";
import type { PlotSpec } from "./svg.ts";
import { FONT, THEMED_TEXT } from "./theme.ts";

/** JupyterLab 4 draws Vega-Lite 5. */
export const LITE_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json";

/** Quiet axes and a left-aligned title; no colours, which are the front end's (`theme.ts`). */
export const liteConfig = {
  padding: 12,
  font: FONT,
  view: { stroke: null },
  title: {
    anchor: "start",
    frame: "group",
    fontSize: 15,
    fontWeight: 600,
    offset: 14,
    subtitleFontSize: 12,
    subtitlePadding: 4,
  },
  axis: {
    titleFontWeight: "normal",
    titlePadding: 8,
    labelFontSize: 11,
    titleFontSize: 12,
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
    mark: { type: "text", align: "left", x: 0, y: 20, fontSize: 13, lineHeight: LINE_HEIGHT, ...THEMED_TEXT },
    encoding: { text: { field: "sentence" } },
    config: liteConfig,
  };
  return { mime: "application/vnd.vegalite.v5+json", spec };
}

/** What a plot in Vega-Lite is made from; `spec` is what stands in it beside schema, title and config. */
interface LiteParts {
  readonly title: string;
  readonly subtitle?: string;
  readonly alt: string;
  readonly text: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A plot in Vega-Lite 5. */
export function litePlot({ title, subtitle, alt, text, spec: parts }: LiteParts): Plot {
  const heading = subtitle === undefined ? { text: title } : { text: title, subtitle };
  const spec = { $schema: LITE_SCHEMA, description: alt, title: heading, ...parts, config: liteConfig };
  return new Plot({ title, alt, text, picture: { mime: "application/vnd.vegalite.v5+json", spec } });
}

/** What stands in place of a plot that has nothing to draw. */
interface EmptyParts {
  readonly kind: string;
  readonly title: string;
  readonly data: PlottedFacts;
  /** What was left out, as a sentence with a space before it. */
  readonly missing?: string;
  readonly alt: string | undefined;
}

/** A card that says that there is nothing, and why. */
export function sentencePlot({ kind, title, data, missing = "", alt: given }: EmptyParts): Plot {
  const said = `${emptySentence(data)}${missing}`;
  const alt = given ?? `${kind}: ${said}`;
  return new Plot({ title, alt, text: `${title}: ${said}`, picture: sentenceSpec(title, said, alt) });
}
