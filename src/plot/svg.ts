/** Specs to static pictures. */
import type { Spec } from "vega";
import type { TopLevelSpec } from "vega-lite";
import { color, darkRules, FONT, NOTE_INK, STILL_CONFIG, SVG_CLASS } from "./theme.ts";
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
  const view = new vega.View(vega.parse(compiled, STILL_CONFIG), { renderer: "none", logLevel: vega.Error });
  try {
    const svg = await view.toSVG();
    return label(slim(svg), title, alt);
  } finally {
    view.finalize();
  }
}

async function compileLite(spec: Readonly<Record<string, unknown>>): Promise<Spec> {
  const { compile } = await import("vega-lite");
  return compile(spec as unknown as TopLevelSpec, { config: STILL_CONFIG }).spec as Spec;
}

/**
 * Leaves out what the picture does not need. It is one image with one text: Vega's labels on each bar would repeat it
 * and double the size. Empty texts and paths, classes and attributes at their initial value draw nothing; the face that most texts have
 * stands at the root; hundredths of a pixel suffice.
 */
function slim(svg: string): string {
  const lean = svg
    .replace(/<text [^>]*(?:\/>|><\/text>)/g, "")
    .replace(/<path class="(?:background|foreground)" d="(?:|M0,0h0v0h0Z)"[^>]*\/>/g, "")
    .replace(/<(?:g|path) [^>]*class="[^"]*"[^>]*>/g, (tag) => tag.replace(/ class="[^"]*"/, ""))
    .replace(/ (?:role="graphics-[a-z]+"|aria-[a-z]+="[^"]*"|pointer-events="none")/g, "")
    .replace(/ (?:fill-opacity|stroke-opacity|stroke-width|opacity)="1"/g, "")
    .replace(/ transform="translate\(0,0\)"/g, "")
    .replaceAll(`fill="${NOTE_INK}"`, `fill="${color.muted}"`)
    .replace(/ (?:d|transform|x2|y2|offset)="[^"]*"/g, (attribute) =>
      attribute.replace(/-?\d+\.\d{3,}(?:e-\d+)?/g, (n) => String(Number(Number(n).toFixed(2)))),
    );
  return inheritFont(withOwnIds(withoutEmptyGroups(lean)));
}

function withoutEmptyGroups(svg: string): string {
  for (
    let [before, after] = [svg, svg.replace(/<g[^>]*><\/g>/g, "")];
    ;
    [before, after] = [after, after.replace(/<g[^>]*><\/g>/g, "")]
  )
    if (before === after) return after;
}

/** Texts inherit the face from the root instead of each naming it. */
function inheritFont(svg: string): string {
  const attribute = ` font-family="${FONT}"`;
  return svg.replaceAll(attribute, "").replace(/^<svg /, `<svg${attribute} `);
}

/** Vega numbers gradients and clips over all pictures that it ever drew; here each picture has its own, named after what it shows. */
function withOwnIds(svg: string): string {
  const numbers = new Map<string, number>();
  const neutral = svg.replace(/\b(gradient_|clip)(\d+)\b/g, (id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size);
    return `bpf-${numbers.get(id)}`;
  });
  if (numbers.size === 0) return svg;
  let hash = 0;
  for (let i = 0; i < neutral.length; i++) hash = (hash * 31 + neutral.charCodeAt(i)) >>> 0;
  return neutral.replace(/\bbpf-(\d+)\b/g, `bpf-${hash.toString(36)}-$1`);
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
