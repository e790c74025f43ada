import { DISPLAY, type Displayable, type MimeBundle } from "./displayable.ts";
import { svgToPng } from "./png.ts";
import { drawSvg, type PlotSpec } from "./svg.ts";

/** What a plot function hands over: all of it is plain data. */
export interface PlotParts {
  readonly picture: PlotSpec;
  /** A few words: what is plotted. */
  readonly title: string;
  /** The plot as text that a terminal can show. */
  readonly text: string;
  /** One or two sentences from the data: kind, number, range, peak. */
  readonly alt: string;
  /** An interactive view with the static picture in it, as HTML; front ends prefer it. */
  readonly view?: (still: string) => string;
}

/**
 * A finished plot. As the last value of a cell it shows itself: JupyterLab draws the spec, exported pages show the
 * static picture, terminals the text.
 *
 * @example const p = plot.histogram([1, 2, 3]); p.alt; p.text; await p.toSVG();
 */
export class Plot implements Displayable {
  /** The Vega-Lite 5 or Vega 5 spec, with its data inside. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** The mime type that names the spec's grammar. */
  readonly mime: PlotSpec["mime"];
  readonly title: string;
  readonly text: string;
  readonly alt: string;

  readonly #view: PlotParts["view"];

  constructor({ picture, title, text, alt, view }: PlotParts) {
    this.#view = view;
    this.spec = picture.spec;
    this.mime = picture.mime;
    this.title = title;
    this.text = text;
    this.alt = alt;
  }

  /** The static picture: SVG text that stands alone, with its alternative text inside. Loads Vega at the first call. */
  toSVG(): Promise<string> {
    return drawSvg({ mime: this.mime, spec: this.spec }, this);
  }

  /**
   * The picture as PNG, `scale` times as large as the SVG says: drawn by the browser where this runs in one, else refused, for nothing
   * that draws pixels is a part of this package.
   *
   * @throws {PlotError} `PLOT_PNG` where there is no canvas
   */
  async toPNG(scale = 2): Promise<Uint8Array> {
    return svgToPng(await this.toSVG(), scale);
  }

  /** Spec, picture and text; HTML only for an interactive view, which has the picture inside: exporters prefer HTML. */
  async [DISPLAY](): Promise<MimeBundle> {
    const still = await this.toSVG();
    return {
      [this.mime]: this.spec,
      "image/svg+xml": still,
      ...(this.#view && { "text/html": this.#view(still) }),
      "text/plain": `${this.text}\n\n${this.alt}`,
    };
  }
}
