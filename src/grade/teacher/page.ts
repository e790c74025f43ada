import { xmlText } from "../writers/junit.ts";

const STYLE =
  ":root{color-scheme:light dark;--text:#1b1b1b;--page:#fff;--soft:#f1f3f5;--line:#b8bec4;--bar:#2f6fab;--mark:#fff1bf;--bad:#a51d1d}" +
  "@media(prefers-color-scheme:dark){:root{--text:#eee;--page:#181818;--soft:#262626;--line:#555;--bar:#7fb2e5;--mark:#4a3f12;--bad:#ff9a9a}}" +
  "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:var(--text);background:var(--page)}" +
  "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid var(--line)}" +
  "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.wide{overflow-x:auto}" +
  "pre{background:var(--soft);padding:.6rem;overflow:auto;font-size:13px;line-height:1.35;margin:0}mark{background:var(--mark);color:inherit}" +
  ".two{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:1rem}.two>div{min-width:0}summary{cursor:pointer;padding:.3rem 0}" +
  "svg{display:block;max-width:100%;height:auto}svg rect{fill:var(--bar)}svg text{fill:var(--text);font:12px system-ui,sans-serif}";

/** A page for the teacher that loads nothing and runs nothing, whatever stands in it. `body` is HTML. */
export const teacherPage = (title: string, body: string): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8">` +
  `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` +
  `<meta name="viewport" content="width=device-width"><title>${xmlText(title)}</title><style>${STYLE}</style></head><body>\n` +
  `<main><h1>${xmlText(title)}</h1>\n${body}\n</main></body></html>\n`;

/** A table; cells are text, numbers stand at the right. */
export function htmlTable(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const numeric = heads.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === "number"));
  const of = (tag: "th" | "td", cells: readonly (string | number)[]): string =>
    cells
      .map(
        (cell, at) =>
          `<${tag}${numeric[at] ? ' class="n"' : ""}>${xmlText(String(cell)).replaceAll("\n", "<br>")}</${tag}>`,
      )
      .join("");
  const body = rows.map((row) => `<tr>${of("td", row)}</tr>`).join("\n");
  return `<div class="wide"><table><thead><tr>${of("th", heads)}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}
