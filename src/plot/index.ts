/**
 * Plots: data in, one mime bundle out. The book's index exports this module whole, as `plot`.
 *
 * @module
 * @example plot.histogram(sizes); plot.flameGraph(counts, { stacks });
 */
export { DISPLAY, type Displayable, LIVE, type MimeBundle } from "./displayable.ts";
export { PlotError, type PlotErrorCode } from "./error.ts";
export { type FlameGraphData, type FlameGraphOptions, flameGraph } from "./flame-graph.ts";
export { type HistogramData, type HistogramOptions, histogram } from "./histogram.ts";
export { type Bar, histogramText } from "./histogram-text.ts";
export { Plot, type PlotParts } from "./plot.ts";
export type { PlottedFacts } from "./plotted.ts";
export { type Renderer, register, render } from "./registry.ts";
export type { StackKey, StackSource } from "./stacks.ts";
