/** The first picture of an interactive view: a few lines of text as SVG, for where no script may run. */
import { escapeHtml } from "./html.ts";

const LINE = 17;
const CHARACTER = 7.3;
const MARGIN = 12;
/** Longer lines are cut. */
const MOST_CHARACTERS = 110;

/**
 * Lines as a picture of this height, with colours of its own for light and dark; what does not fit is left out.
 *
 * @example textStill(["step 1 of 7", "  0: r0 = 1"], 200)
 */
export function textStill(lines: readonly string[], height: number): string {
  const fitting = Math.max(1, Math.floor((height - 2 * MARGIN) / LINE));
  const shown = lines
    .slice(0, fitting)
    .map((line) => (line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1)}…` : line));
  const width = Math.ceil(Math.max(40, ...shown.map(({ length }) => length)) * CHARACTER + 2 * MARGIN);
  const texts = shown.map(
    (line, index) =>
      `<text x="${MARGIN}" y="${MARGIN + (index + 1) * LINE - 4}"${index === 0 ? ' font-weight="bold"' : ""} xml:space="preserve">${escapeHtml(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="12"><style>.page{fill:#fff}text{fill:#1f2328}@media(prefers-color-scheme:dark){.page{fill:#11161d}text{fill:#e6edf3}}</style><rect class="page" width="${width}" height="${height}"/>${texts.join("")}</svg>`;
}
