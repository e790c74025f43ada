/**
 * Colours by role. A spec names only the colours of data, which are the same on light and on dark pages: text, axes and background
 * are the front end's, whose theme JupyterLab gives to Vega. The static picture is a card of its own that paints its background
 * together with its text, so it can be read on any page, and swaps both where the reader's system is dark.
 */
interface Role {
  readonly light: string;
  readonly dark: string;
}

/** One row a role. Light colours are unique, because the dark ones are found by them in a finished picture. */
export const THEME = {
  background: { light: "#ffffff", dark: "#11161d" },
  text: { light: "#1f2328", dark: "#e6edf3" },
  muted: { light: "#59636e", dark: "#9ba5b0" },
  grid: { light: "#e6e9ed", dark: "#2a313a" },
  axis: { light: "#8c959f", dark: "#6e7681" },
} as const satisfies Record<string, Role>;

export type ThemeRole = keyof typeof THEME;

/** The light colour of a role, for the static picture. */
export const color = Object.fromEntries(Object.entries(THEME).map(([role, { light }]) => [role, light])) as Readonly<
  Record<ThemeRole, string>
>;

/**
 * Colours of data, first the one that all plots of one series have. Hues are those of Okabe and Ito's palette, which colour-blind
 * readers tell apart, each as light as it must be to have 3:1 on white and on the dark grey (`#333`) of Vega's dark theme.
 */
export const SERIES = ["#1f8bc9", "#d55e00", "#009e73", "#cc79a7", "#7f868d"] as const;

/** The colour of data that is one series. */
export const BAR = SERIES[0];

/** Ink on coloured boxes, which keep their colours in the dark. */
export const INK = "#14181d";

/** One face for all text; front ends have it or something of its width. */
export const FONT = "system-ui, Roboto, Helvetica, Arial, sans-serif";
export const MONOSPACE = "ui-monospace, Menlo, Consolas, monospace";

/** The style of text in a picture: Vega's own name for labels, so themes colour it. */
export const NOTE = "guide-label";

/**
 * Text in a Vega-Lite spec, which paints it in a colour of its own whatever a front end's theme says: the grey that can best be read on
 * white and on dark pages (3.9:1 and 3.2:1). The static picture has the muted colour in its place.
 */
export const NOTE_INK = "#808080";
export const THEMED_TEXT = { color: NOTE_INK } as const;

/** What the static picture is drawn with: the colours that a front end's theme would give. */
export const STILL_CONFIG = {
  background: color.background,
  title: { color: color.text, subtitleColor: color.muted },
  axis: {
    labelColor: color.muted,
    titleColor: color.muted,
    domainColor: color.axis,
    tickColor: color.axis,
    gridColor: color.grid,
  },
  legend: { labelColor: color.muted, titleColor: color.muted },
  header: { labelColor: color.muted, titleColor: color.muted },
  style: { [NOTE]: { fill: color.muted } },
} as const;

/** The class on a static picture that the dark rules are tied to. */
export const SVG_CLASS = "bpfbook-plot";

/** Style rules that turn a finished light picture dark. */
export function darkRules(): string {
  const rules = Object.values(THEME).map(
    ({ light, dark }) =>
      `.${SVG_CLASS} [fill="${light}"]{fill:${dark}}.${SVG_CLASS} [stroke="${light}"]{stroke:${dark}}`,
  );
  return `@media (prefers-color-scheme:dark){${rules.join("")}}`;
}
