/**
 * The few styles of all views, as `style` attributes: front ends drop style sheets from notebooks they do not trust
 * yet. Text keeps the page's own colour, and what is marked is tinted, so light and dark pages both work; each tint
 * goes with a sign or a word, so no meaning is in a colour alone.
 */
export const STYLE = {
  view: "margin:4px 0;max-width:100%;overflow-x:auto",
  headline: "margin:0 0 6px 0",
  table: "border-collapse:collapse;margin:6px 0",
  head: "text-align:left;padding:2px 10px;border-bottom:1px solid rgba(127,127,127,0.6)",
  cell: "text-align:left;padding:1px 10px",
  code: "text-align:left;padding:1px 10px;font-family:monospace;white-space:pre",
  note: "text-align:left;padding:1px 10px;font-family:monospace",
  source: "text-align:left;padding:1px 10px;font-family:monospace;white-space:pre-wrap",
  number: "text-align:right;padding:1px 10px",
  caption: "text-align:left;white-space:nowrap;font-weight:bold;padding:4px 0",
  good: "background-color:rgba(0,158,115,0.18);padding:1px 6px;border-radius:3px",
  bad: "background-color:rgba(213,94,0,0.2);padding:1px 6px;border-radius:3px",
  badRow: "background-color:rgba(213,94,0,0.2)",
  mono: "font-family:monospace",
  added: "background-color:rgba(0,158,115,0.18);text-decoration:none",
  removed: "background-color:rgba(213,94,0,0.2);text-decoration:none",
  changed: "background-color:rgba(230,159,0,0.3);font-weight:bold",
  badByte: "background-color:rgba(213,94,0,0.35);font-weight:bold;text-decoration:underline",
  whole: "margin:4px 0;white-space:pre-wrap;font-family:monospace;user-select:all",
  log: "margin:4px 0;white-space:pre-wrap;font-family:monospace",
} as const;
