/** Text that stands for itself between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/**
 * The styles of the displays of values, as attributes: front ends drop style sheets from notebooks they do not trust yet.
 * Colours are those of the page, so light and dark both work.
 */
export const STYLE = {
  tree: "font-family:monospace;white-space:pre-wrap;line-height:1.4",
  branch: "margin-left:1.2em",
  key: "opacity:0.75",
  table: "border-collapse:collapse",
  head: "text-align:left;padding:2px 10px;border-bottom:1px solid rgba(127,127,127,0.6)",
  cell: "text-align:left;padding:1px 10px",
  number: "text-align:right;padding:1px 10px;font-variant-numeric:tabular-nums",
  note: "opacity:0.75",
} as const;
