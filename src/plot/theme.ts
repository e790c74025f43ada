/**
 * Colours by role. Every plot is a card: its background is painted together with its text, so it can be read on any
 * page, and the static picture swaps both where the reader's system is dark. Text has a contrast of at least 4.5:1 to
 * its background, bars 3:1; the hues are of Okabe and Ito's palette, which colour-blind readers tell apart.
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
  bar: { light: "#0072b2", dark: "#56b4e9" },
} as const satisfies Record<string, Role>;

export type ThemeRole = keyof typeof THEME;

/** The light colour of a role, which specs use. */
export const color = Object.fromEntries(Object.entries(THEME).map(([role, { light }]) => [role, light])) as Readonly<
  Record<ThemeRole, string>
>;

/** Ink on coloured boxes, which keep their colours in the dark. */
export const INK = "#14181d";

/** One face for all text; front ends have it or something of its width. */
export const FONT = "system-ui, Roboto, Helvetica, Arial, sans-serif";
export const MONOSPACE = "ui-monospace, Menlo, Consolas, monospace";

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
