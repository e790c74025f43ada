/** Specs to static pictures. */
import type { Spec } from "vega";
import type { TopLevelSpec } from "vega-lite";
import { darkRules, SVG_CLASS } from "./theme.ts";
import { loadVega } from "./vega.ts";

/** A spec with the mime type that names its grammar. Front ends draw version 5 of both, so specs use only what 5 has. */
export type PlotSpec =
  | { readonly mime: "application/vnd.vegalite.v5+json"; readonly spec: Readonly<Record<string, unknown>> }
  | { readonly mime: "application/vnd.vega.v5+json"; readonly spec: Readonly<Record<string, unknown>> };

/** What a reader who cannot see the picture is told. */
export interface PictureText {
  /** A few words, shown by browsers as a tooltip. */
  readonly title: string;
  /** The whole alternative text. */
  readonly alt: string;
}

/**
 * Draws a spec as SVG text: one picture to assistive technology (its parts carry no roles of their own), dark where the
 * reader's system is, the same text on every run.
 *
 * @throws what Vega throws on an invalid spec
 */
export async function drawSvg({ mime, spec }: PlotSpec, { title, alt }: PictureText): Promise<string> {
  const vega = await loadVega();
  const compiled = mime === "application/vnd.vega.v5+json" ? (spec as Spec) : await compileLite(spec);
  const view = new vega.View(vega.parse(compiled), { renderer: "none", logLevel: vega.Error });
  try {
    const svg = await view.toSVG();
    return label(slim(svg), title, alt);
  } finally {
    view.finalize();
  }
}

async function compileLite(spec: Readonly<Record<string, unknown>>): Promise<Spec> {
  const { compile } = await import("vega-lite");
  return compile(spec as unknown as TopLevelSpec).spec as Spec;
}

/**
 * Leaves out what the picture does not need. It is one image with one text: Vega's labels on each bar would repeat it
 * and double the size. Empty texts and attributes at their initial value draw nothing; hundredths of a pixel suffice.
 */
function slim(svg: string): string {
  return svg
    .replace(/<text [^>]*(?:\/>|><\/text>)/g, "")
    .replace(/ (?:role="graphics-[a-z]+"|aria-[a-z]+="[^"]*")/g, "")
    .replace(/ (?:fill-opacity|stroke-opacity|stroke-width|opacity)="1"/g, "")
    .replace(/ (?:d|transform|x2|y2)="[^"]*"/g, (attribute) =>
      attribute.replace(/-?\d+\.\d{3,}(?:e-\d+)?/g, (n) => String(Number(Number(n).toFixed(2)))),
    );
}

/** Replaces Vega's class on the root by ours with the alternative text, which also stands inside for those who look there. */
function label(svg: string, title: string, alt: string): string {
  const inside = `<title>${escapeXml(title)}</title><desc>${escapeXml(alt)}</desc><style>${darkRules()}</style>`;
  return svg.replace(/^<svg ([^>]*?)class="marks"([^>]*)>/, (_, before: string, after: string) => {
    return `<svg ${before}class="${SVG_CLASS}" role="img" aria-label="${escapeXml(alt)}"${after}>${inside}`;
  });
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
}
