/**
 * What cells written for tslab import as `tslab`, so that they run unchanged. New cells have the global `display`.
 *
 * @see https://github.com/yunabe/tslab
 * @module
 */
import { DISPLAY } from "../display/bundle.ts";
import type { DisplayFunction, DisplayHandle } from "../runtime/display-function.ts";

/** Shows data of one mime type in the cell. Bytes go as base64. */
export interface Display {
  javascript(text: string): void;
  html(text: string): void;
  markdown(text: string): void;
  latex(text: string): void;
  svg(text: string): void;
  png(bytes: Uint8Array): void;
  jpeg(bytes: Uint8Array): void;
  gif(bytes: Uint8Array): void;
  pdf(bytes: Uint8Array): void;
  text(text: string): void;
  /** @param contentType a mime type */
  raw(contentType: string, data: string | Uint8Array): void;
}

/** The mime type of each method. */
const TYPES = {
  javascript: "text/javascript",
  html: "text/html",
  markdown: "text/markdown",
  latex: "text/latex",
  svg: "image/svg+xml",
  png: "image/png",
  jpeg: "image/jpeg",
  gif: "image/gif",
  pdf: "application/pdf",
  text: "text/plain",
} as const satisfies Record<Exclude<keyof Display, "raw">, string>;

// The cells' own, as it is when the first of them imports this.
const { display: show } = globalThis as unknown as { display: DisplayFunction };

function createDisplay(raw: Display["raw"]): Display {
  const methods = Object.entries(TYPES).map(([name, type]) => [name, (data: string | Uint8Array) => raw(type, data)]);
  return { ...(Object.fromEntries(methods) as Omit<Display, "raw">), raw };
}

function bundle(type: string, data: string | Uint8Array): object {
  return { [DISPLAY]: () => ({ [type]: data }) };
}

/**
 * Each call shows one thing more.
 *
 * @example
 * ```ts
 * import * as tslab from "tslab";
 * tslab.display.html("<b>bold</b>");
 * ```
 */
export const display: Display = createDisplay((type, data) => void show(bundle(type, data)));

/**
 * A display of its own: its first call shows something, every later one replaces it.
 *
 * @example
 * ```ts
 * const progress = newDisplay();
 * for (const percent of [0, 50, 100]) progress.text(`${percent} %`);
 * ```
 */
export function newDisplay(): Display {
  let shown: DisplayHandle | undefined;
  return createDisplay((type, data) => {
    if (shown) shown.update(bundle(type, data));
    else shown = show(bundle(type, data));
  });
}
