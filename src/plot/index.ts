/**
 * Plots: data in, one mime bundle out. The book's index exports this module whole, as `plot`.
 *
 * @module
 * @example plot.histogram(sizes); plot.flameGraph(counts, { stacks });
 */
export { type BarsData, type BarsOptions, bars } from "./bars.ts";
export { DISPLAY, type Displayable, LIVE, type MimeBundle } from "./displayable.ts";
export { type EcdfData, type EcdfOptions, ecdf } from "./ecdf.ts";
export { PlotError, type PlotErrorCode } from "./error.ts";
export { type FlameGraphData, type FlameGraphOptions, flameGraph } from "./flame-graph.ts";
export { type GanttOptions, gantt, type Interval } from "./gantt.ts";
export { type HeatmapData, type HeatmapOptions, heatmap } from "./heatmap.ts";
export { type HistogramData, type HistogramOptions, histogram } from "./histogram.ts";
export { type Bar, histogramText } from "./histogram-text.ts";
export { type LiveOptions, LivePlot, live } from "./live.ts";
export type { AxesOptions, AxisOptions, PlotOptions } from "./options.ts";
export { Plot, type PlotParts } from "./plot.ts";
export type { PlottedFacts } from "./plotted.ts";
export { type Renderer, register, render } from "./registry.ts";
export { type Flow, sankey } from "./sankey.ts";
export { type ScatterData, scatter } from "./scatter.ts";
export type { Numeric, Point, Series } from "./series.ts";
export type { StackKey, StackSource } from "./stacks.ts";
export { type TimeSeriesData, type TimeSeriesOptions, timeSeries } from "./time-series.ts";
export { type Topology, type TopologyLink, type TopologyNode, topology } from "./topology.ts";
