/** Parts of Vega 5 specs that several plots have. */
import { FONT } from "./theme.ts";

export const VEGA_SCHEMA = "https://vega.github.io/schema/vega/v5.json";

/** A title with a line below it; no colours, which are the front end's. */
export function vegaTitle(text: string, subtitle: string) {
  return {
    text,
    subtitle,
    anchor: "start",
    frame: "group",
    font: FONT,
    fontSize: 15,
    fontWeight: 600,
    offset: 14,
    subtitleFont: FONT,
    subtitleFontSize: 12,
    subtitlePadding: 4,
  };
}
