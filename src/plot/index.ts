/**
 * Plots: data in, one mime bundle out.
 *
 * @module
 */
import { flameGraph } from "./flame-graph.ts";
import { histogram } from "./histogram.ts";

/** One small function for each kind of plot. */
export const plot = { histogram, flameGraph } as const;

export { DISPLAY, type Displayable, LIVE, type MimeBundle } from "./displayable.ts";
export { PlotError, type PlotErrorCode } from "./error.ts";
export type { FlameGraphData, FlameGraphOptions } from "./flame-graph.ts";
export type { HistogramData, HistogramOptions } from "./histogram.ts";
export { type Bar, histogramText } from "./histogram-text.ts";
export { Plot, type PlotParts } from "./plot.ts";
export { type Renderer, register, render } from "./registry.ts";
export type { StackKey, StackSource } from "./stacks.ts";
