/**
 * Interactive views: a piece of HTML with a picture inside, over which a sandboxed frame lies. No script runs in the page: where
 * frames or scripts are not allowed (a notebook that is not trusted yet, a page without script) the picture shows through. The frame has
 * its data and code inside, may not load anything, and sees nothing of the page but whether it is dark.
 */

/** What an interactive view is made of. */
export interface ComponentParts {
  /** A few words for the frame: `Flame graph`. */
  readonly kind: string;
  /** The alternative text of the picture. */
  readonly alt: string;
  /** The first picture, as SVG text. */
  readonly still: string;
  /** What the client gets: plain JSON. With it a notebook that is opened again shows the same. */
  readonly data: unknown;
  /** The client's code, as `scripts/components/build.ts` makes it of a `*.client.ts`. */
  readonly client: string;
  /** Height of the view in pixels; what does not fit scrolls. */
  readonly height: number;
}

/** The frame may run what is inside and load nothing; nobody may send it anywhere. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * Front ends say on `body` whether they are dark, which a sandboxed frame cannot see. It sees its own height, so that tells it: some
 * pixels more than the view for light, some more for dark, and what the reader's system prefers where nothing is said.
 */
const LIGHT = 10;
const DARK = 20;
const SCHEME = [
  scheme("light", LIGHT, ["[data-jp-theme-light=true]", ".vscode-light"]),
  scheme("dark", DARK, ["[data-jp-theme-light=false]", ".vscode-dark", ".vscode-high-contrast"]),
].join("");

function scheme(name: string, more: number, bodies: readonly string[]): string {
  const all = (inside: string) => bodies.map((body) => `body${body} .bpfbook-view${inside}`).join();
  return `${all("")}{color-scheme:${name}}${all(" iframe")}{height:calc(100% + ${more}px)!important}`;
}

/** The same from inside of the frame; what is clipped below is empty. */
function schemeInside(height: number): string {
  return (
    `:root{color-scheme:light dark}body{padding-bottom:${DARK}px}` +
    `@media(min-height:${height + LIGHT / 2}px){:root{color-scheme:light}}` +
    `@media(min-height:${height + (LIGHT + DARK) / 2}px){:root{color-scheme:dark}}`
  );
}

const FILL = "position:absolute;top:0;left:0;border:0;";

/**
 * The HTML of an interactive view, for `text/html`.
 *
 * @example component({ kind: "Flame graph", alt, still: await plot.toSVG(), data: { boxes }, client: FLAME_CLIENT, height: 300 })
 */
export function component({ kind, alt, still, data, client, height }: ComponentParts): string {
  // A script ends at the first `</script`, wherever it stands.
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  const page =
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
    `<style>${schemeInside(height)}</style><title>${escaped(kind)}</title></head><body><main id="root"></main>` +
    `<script type="application/json" id="data">${json}</script><script>${client.replaceAll("</", "<\\/")}</script></body></html>`;
  return (
    `<div class="bpfbook-view" role="group" aria-label="${escaped(kind)}" style="position:relative;height:${height}px;max-width:100%;overflow:hidden">` +
    `<style>${SCHEME}</style><img alt="${escaped(alt)}" src="${pictureAddress(still)}" style="${FILL}max-width:100%">` +
    `<iframe title="${escaped(`${kind}, interactive`)}" sandbox="allow-scripts" loading="lazy" srcdoc="${escaped(page)}" style="${FILL}width:100%;height:100%"></iframe></div>`
  );
}

/** SVG as an address in a quoted attribute; shorter than base64. */
function pictureAddress(svg: string): string {
  const single = svg.replaceAll("'", "&apos;").replaceAll('"', "'");
  return `data:image/svg+xml,${escaped(single.replaceAll("%", "%25").replaceAll("#", "%23").replaceAll("\n", "%0A"))}`;
}

/** Text in a quoted attribute or between tags. */
function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
}
