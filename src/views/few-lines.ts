/** Monospaced text in a cell of a table that is as narrow as a few lines allow, so that its neighbours have room. */
import { type Html, html } from "./html.ts";

/** Text is broken over at most so many lines, and only where it has this many characters or more. */
const MOST_LINES = 3;
const LEAST_WIDTH = 28;

/**
 * Parts that may stand on lines of their own. A table breaks text as far as it can, into any number of lines, before it
 * becomes wider than the page; here it becomes wider, and the view scrolls.
 */
export function fewLines(parts: readonly string[]): Html {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  // Browsers break at spaces by themselves.
  const pieces = parts.map((part) => (part.endsWith(" ") ? html`${part}` : html`${part}<wbr>`));
  return html`<div style="min-width:${Math.min(length, widthFor(parts))}ch">${pieces.slice(0, -1)}${parts.at(-1)}</div>`;
}

/** Characters a line needs to hold for the parts to stand on few lines. */
function widthFor(parts: readonly string[]): number {
  let width = LEAST_WIDTH;
  while (lineCount(parts, width) > MOST_LINES) width++;
  return width;
}

function lineCount(parts: readonly string[], width: number): number {
  let lines = 1;
  let used = 0;
  for (const part of parts) {
    // A space at the end of a line hangs over it.
    if (used > 0 && used + part.trimEnd().length > width) {
      lines++;
      used = 0;
    }
    used += part.length;
  }
  return lines;
}
