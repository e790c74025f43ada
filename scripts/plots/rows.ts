/** One row a kind of plot: what its page shows. The page shows the code of `make` as it is written here. */
import * as plot from "../../src/plot/index.ts";
import type { Plot } from "../../src/plot/plot.ts";

/** A kind of plot on the page. */
export interface PlotRow {
  /** The function's name, and the file under `src/plot` that its docstring is in. */
  readonly name: string;
  readonly file: string;
  /** What it is asked when. */
  readonly asks: string;
  readonly make: () => Plot;
}

const row = (name: string, file: string, asks: string, make: () => Plot): PlotRow => ({ name, file, asks, make });

/** In the order of the page. */
export const PLOT_ROWS: readonly PlotRow[] = [
  row("histogram", "histogram.ts", "How are values distributed?", () =>
    plot.histogram(
      { before: [3, 5, 9, 9, 17, 40, 41, 42], after: [3, 3, 5, 5, 9, 9, 9, 10] },
      { x: { label: "latency (µs)" } },
    ),
  ),
  row("ecdf", "ecdf.ts", "What part of all is at most so large?", () =>
    plot.ecdf({ before: [3, 5, 9, 9, 17, 40, 41, 42], after: [3, 3, 5, 5, 9, 9, 9, 10] }, { quantiles: [0.5, 0.9] }),
  ),
  row("heatmap", "heatmap.ts", "How does a distribution change over time?", () =>
    plot.heatmap(
      Array.from({ length: 400 }, (_, i) => [i / 40, 2 ** ((i * 7) % 5) * (i > 240 ? 64 : 4)] as const),
      { x: { label: "seconds" }, y: { label: "latency (µs)" } },
    ),
  ),
  row("flameGraph", "flame-graph.ts", "Which code takes the time?", () =>
    plot.flameGraph([
      [["vfs_read", "ksys_read", "main"], 40],
      [["vfs_write", "ksys_write", "main"], 30],
      [["parse", "serve", "main"], 50],
    ]),
  ),
  row("timeSeries", "time-series.ts", "How does a number change?", () =>
    plot.timeSeries(
      {
        reads: [
          [0, 12],
          [1, 18],
          [2, 9],
          [3, 30],
        ],
        writes: [
          [0, 4],
          [1, 5],
          [2, 21],
          [3, 8],
        ],
      },
      { x: { label: "seconds" }, curve: "step-after" },
    ),
  ),
  row("bars", "bars.ts", "Who has most?", () =>
    plot.bars(
      [
        ["read", 120n],
        ["openat", 48n],
        ["write", 30n],
      ],
      { x: { label: "calls" } },
    ),
  ),
  row("scatter", "scatter.ts", "Do two numbers belong together?", () =>
    plot.scatter(
      Array.from({ length: 60 }, (_, i) => [2 ** (i / 6), 10 + i * 3 + ((i * 37) % 50)] as const),
      { x: { type: "log", label: "bytes" }, y: { label: "ns" } },
    ),
  ),
  row("gantt", "gantt.ts", "Who had which CPU when?", () =>
    plot.gantt(
      [
        { lane: "CPU 0", from: 0, to: 4, name: "nginx" },
        { lane: "CPU 0", from: 4, to: 9, name: "postgres" },
        { lane: "CPU 1", from: 2, to: 6, name: "nginx" },
      ],
      { x: { label: "ms" } },
    ),
  ),
  row("topology", "topology.ts", "What is connected to what?", () =>
    plot.topology({
      nodes: [
        { id: "outside", group: "world" },
        { id: "eth0", note: "10.0.0.2", group: "machine" },
        { id: "veth0", note: "10.1.0.1", group: "machine" },
        { id: "blue/veth1", note: "10.1.0.2", group: "blue" },
      ],
      links: [
        { from: "outside", to: "eth0", count: 120 },
        { from: "eth0", to: "veth0", count: 40 },
        { from: "veth0", to: "blue/veth1", count: 40 },
      ],
    }),
  ),
  row("sankey", "sankey.ts", "What became of all packets?", () =>
    plot.sankey([
      ["eth0", "XDP_DROP", 40],
      ["eth0", "XDP_PASS", 60],
      ["XDP_PASS", "socket", 55],
      ["XDP_PASS", "dropped: NO_SOCKET", 5],
    ]),
  ),
];
