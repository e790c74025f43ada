/** Each kind of plot with its options, and with data that is broken, empty or huge. */
import * as plot from "../../src/plot/index.ts";
import type { Plot } from "../../src/plot/plot.ts";

/** A fixed sequence that looks random. */
export function sequence(seed = 1): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff;
}

const next = sequence();
const many = <T>(n: number, make: (index: number) => T): T[] => Array.from({ length: n }, (_, index) => make(index));
const NAN = Number.NaN;
const HUGE = 2n ** 63n;

/** What a map declaration is to a plot: a name, and pairs of a log2 slot and a 64-bit count. */
export const sizes = Object.assign(
  [
    [0, 12n],
    [3, 40n],
    [5, 120n],
    [6, 300n],
    [9, 512n],
    [12, 1234n],
  ] as const,
  { name: "sizes" },
);

/** Histograms of one series. */
export const HISTOGRAMS = {
  "log2-map": () => plot.histogram(sizes, { x: { label: "read size (bytes)" }, title: "Sizes of reads" }),
  linear: () => plot.histogram([1, 2, 2, 3, 3, 3, 4, 4, 12], { bins: "linear" }),
  fractions: () => plot.histogram([0.25, 0.5, 0.75], { bins: "linear", y: { label: "requests" } }),
  empty: () => plot.histogram([]),
  "empty-why": () =>
    plot.histogram(
      Object.assign([], {
        name: "sizes",
        emptyReason:
          "sizes was never loaded into a machine. A program assembled before this declaration uses an older map named sizes: run its cell again.",
      }),
    ),
  "one-value": () => plot.histogram([7]),
  "all-equal": () => plot.histogram([5, 5, 5, 5], { bins: "linear" }),
  "nan-negative-2to63": () => plot.histogram([Number.NaN, -7, 0, 2n ** 63n, Number.POSITIVE_INFINITY]),
  hostile: () => plot.histogram([1], { title: '</title><script>alert("1")</script>', x: { label: "<b>&amp;" } }),
  "wide-and-low": () => plot.histogram(sizes, { width: 800, height: 90, alt: "Written by hand." }),
} as const;

/** Stacks as a stack map gives them: innermost first. */
export const names = [
  ["vfs_read", "ksys_read", "entry_SYSCALL_64"],
  ["read", "serve", "main"],
  ["parse", "serve", "main"],
  ["do_idle", "start_secondary"],
];
export const stacks: plot.StackSource = { get: (id) => names[id] };
export const NONE = -14;
const PROFILE = plot.flameGraph(
  [
    [{ kernel: 0, user: 1 }, 40n],
    [{ kernel: NONE, user: 2 }, 50n],
    [{ kernel: 3, user: NONE }, 10n],
  ],
  { stacks, title: "web server" },
);

export const FLAME_GRAPHS = {
  profile: () => PROFILE,
  names: () => plot.flameGraph(names.map((stack, i) => [stack, i + 1])),
  empty: () => plot.flameGraph([[["a"], 0]], { title: "Nothing" }),
  "one-frame": () => plot.flameGraph([[["main"], 1]]),
  hostile: () => plot.flameGraph([[["</text><script>alert(1)</script>", "operator<<"], 1]], { title: '"<&' }),
  narrow: () => plot.flameGraph([[["a_function_with_a_name_that_is_far_too_long"], 3]], { width: 150 }),
} as const;

/** By kind and name; each is drawn, validated and kept as a picture. */
export const CASES: Readonly<Record<string, Readonly<Record<string, () => Plot>>>> = {
  histogram: {
    ...HISTOGRAMS,
    overlay: () => plot.histogram({ before: [1, 2, 2, 9], after: [2, 4, 4, 4] }),
    multiples: () => plot.histogram({ read: [1, 2, 2, 9], write: [30, 40, 41] }, { fy: true, bins: "linear" }),
    logarithmic: () =>
      plot.histogram(
        many(500, () => Math.floor(next() ** 3 * 1e4)),
        { y: { type: "log" } },
      ),
    "one-series-empty": () => plot.histogram({ read: [1, 2], write: [] }, { fy: true }),
  },
  "time-series": {
    one: () =>
      plot.timeSeries(
        Object.assign(
          [
            [0, 3],
            [1, 5],
            [2, 4],
          ] as const,
          { name: "load" },
        ),
        {
          x: { label: "seconds" },
          y: { label: "tasks" },
        },
      ),
    several: () =>
      plot.timeSeries(
        {
          read: [
            [0, 3],
            [1, 5],
          ],
          write: [
            [0, 9],
            [1, 1],
          ],
        },
        { title: "Calls", width: 300 },
      ),
    rows: () =>
      plot.timeSeries(
        {
          read: [
            [0, 3],
            [1, 5],
          ],
          write: [[0, 9]],
        },
        { fy: true, curve: "step-after" },
      ),
    logarithmic: () =>
      plot.timeSeries(
        [
          [1, 1],
          [10, 1e6],
          [100, 0],
        ],
        { x: { type: "log" }, y: { type: "log" } },
      ),
    dashed: () =>
      plot.timeSeries(
        Object.fromEntries(
          many(7, (i) => [
            `cpu${i}`,
            [
              [0, i],
              [1, i + 1],
            ] as const,
          ]),
        ),
      ),
    many: () => plot.timeSeries(many(10_000, (i) => [i, Math.sin(i / 500) * 100 + next()] as const)),
    empty: () => plot.timeSeries(Object.assign([], { emptyReason: "Nothing ran." })),
    "one-point": () => plot.timeSeries([[5, 5]]),
    "all-equal": () =>
      plot.timeSeries(
        many(5, () => [3, 3] as const),
        { height: 80 },
      ),
    broken: () =>
      plot.timeSeries([
        [NAN, 1],
        [1, -7],
        [2, HUGE],
        [3, Number.POSITIVE_INFINITY],
      ]),
    "largest-doubles": () =>
      plot.timeSeries([
        [-Number.MAX_VALUE, Number.MAX_VALUE],
        [Number.MAX_VALUE, -Number.MAX_VALUE],
      ]),
  },
  bars: {
    sorted: () =>
      plot.bars(
        [
          ["write", 30n],
          ["read", 120n],
        ],
        { x: { label: "calls" }, title: "System calls" },
      ),
    "as-given": () =>
      plot.bars(
        new Map([
          ["write", 30],
          ["read", 120],
        ]),
        { sort: null, width: 200 },
      ),
    limited: () =>
      plot.bars(
        many(30, (i) => [`key ${i}`, i] as const),
        { limit: 3 },
      ),
    structs: () =>
      plot.bars([
        [{ pid: 7, comm: "a name that is far too long to stand" }, 2n],
        [[1, 2], 1n],
      ]),
    empty: () => plot.bars([]),
    one: () => plot.bars([["only", 1]]),
    "all-equal": () =>
      plot.bars([
        ["a", 2],
        ["b", 2],
      ]),
    broken: () =>
      plot.bars([
        ["nan", NAN],
        ["negative", -7],
        ["2^63", HUGE],
        ["half", 0.5],
      ]),
    "all-negative": () =>
      plot.bars([
        ["a", -2],
        ["b", -(2n ** 63n)],
      ]),
  },
  scatter: {
    few: () =>
      plot.scatter(
        [
          [1, 2],
          [3, 4],
          [2, 9],
        ],
        { x: { label: "bytes" }, y: { label: "ns" } },
      ),
    series: () =>
      plot.scatter({
        read: [
          [1, 2],
          [3, 4],
        ],
        write: [[2, 2]],
      }),
    rows: () =>
      plot.scatter(
        {
          read: [
            [1, 2],
            [3, 4],
          ],
          write: [[2, 2]],
        },
        { fy: true },
      ),
    "many-logarithmic": () =>
      plot.scatter(
        many(10_000, () => [next() ** 3 * 1e6, next() * 100] as const),
        { x: { type: "log" } },
      ),
    empty: () => plot.scatter([]),
    one: () => plot.scatter([[1, 1]]),
    "all-equal": () => plot.scatter(many(1000, () => [4, 4] as const)),
    broken: () =>
      plot.scatter([
        [NAN, 1],
        [-1, -2],
        [HUGE, HUGE],
      ]),
  },
  ecdf: {
    one: () => plot.ecdf([1, 2, 2, 3, 10], { x: { label: "latency (µs)" } }),
    several: () => plot.ecdf({ before: [1, 2, 3], after: [2, 3, 9] }, { quantiles: [0.5, 0.999] }),
    rows: () => plot.ecdf({ before: [1, 2, 3], after: [2, 3, 9] }, { fy: true }),
    "many-logarithmic": () =>
      plot.ecdf(
        many(10_000, () => next() ** 4 * 1e9),
        { x: { type: "log" } },
      ),
    empty: () => plot.ecdf([NAN]),
    "one-value": () => plot.ecdf([7]),
    "all-equal": () => plot.ecdf(many(500, () => 5n)),
    broken: () => plot.ecdf([NAN, -7, 0, HUGE, Number.NEGATIVE_INFINITY]),
  },
  heatmap: {
    latencies: () =>
      plot.heatmap(
        many(300, (i) => [i / 10, Math.floor(next() ** 3 * 1e5)] as const),
        {
          x: { label: "seconds" },
          y: { label: "latency (ns)" },
        },
      ),
    linear: () =>
      plot.heatmap(
        many(50, (i) => [i, i % 7] as const),
        { bins: "linear", x: { interval: 10 }, color: { type: "log" } },
      ),
    slots: () =>
      plot.heatmap(
        [
          [0, 3, 10n],
          [1, 4, 20n],
        ],
        { keys: "slots", color: { type: "linear" } },
      ),
    many: () => plot.heatmap(many(10_000, () => [next() * 1e9, Math.floor(next() * 2 ** 40)] as const)),
    empty: () => plot.heatmap([[1, 1, 0]]),
    one: () => plot.heatmap([[1, 1]]),
    "all-equal": () =>
      plot.heatmap(
        many(9, () => [2, 8] as const),
        { width: 100, height: 60 },
      ),
    broken: () =>
      plot.heatmap([
        [NAN, 1],
        [0, -7],
        [1, HUGE],
        [2, Number.POSITIVE_INFINITY],
      ]),
  },
  gantt: {
    cpus: () =>
      plot.gantt(
        [
          { lane: "CPU 0", from: 0, to: 4, name: "nginx" },
          { lane: "CPU 0", from: 4, to: 9, name: "postgres" },
          { lane: "CPU 1", from: 2, to: 3, name: "nginx" },
        ],
        { x: { label: "ms" } },
      ),
    "many-names": () => plot.gantt(many(8, (i) => ({ lane: i % 2, from: i, to: i + 1, name: `task${i}` }))),
    many: () =>
      plot.gantt(many(10_000, (i) => ({ lane: i % 4, from: i, to: i + 3, name: `task${Math.floor(next() * 9)}` }))),
    "many-lanes": () =>
      plot.gantt(
        many(40, (i) => ({ lane: i, from: i, to: i + 5, name: "a" })),
        { limit: 5 },
      ),
    empty: () => plot.gantt([]),
    "no-length": () => plot.gantt([{ lane: 0, from: 5, to: 5, name: "a" }]),
    "all-equal": () => plot.gantt(many(3, () => ({ lane: "a", from: 1, to: 2, name: "b" }))),
    broken: () =>
      plot.gantt([
        { lane: 0, from: NAN, to: 1, name: "lost" },
        { lane: 0, from: -5, to: HUGE, name: "long" },
      ]),
  },
  topology: {
    devices: () =>
      plot.topology({
        nodes: [
          { id: "outside" },
          { id: "eth0", note: "10.0.0.2/24", group: "machine" },
          { id: "veth0", group: "machine", label: "a name that is too long for it" },
        ],
        links: [
          { from: "outside", to: "eth0", count: 120 },
          { from: "eth0", to: "outside", count: 80n, label: "tx" },
          { from: "eth0", to: "veth0" },
          { from: "veth0", to: "veth0", count: 1 },
        ],
      }),
    empty: () => plot.topology({ nodes: [], links: [] }),
    one: () => plot.topology({ nodes: [{ id: "lo" }], links: [] }),
    huge: () => plot.topology({ nodes: [{ id: "a" }, { id: "b" }], links: [{ from: "a", to: "b", count: HUGE }] }),
    "too-many": () => plot.topology({ nodes: many(500, (i) => ({ id: `n${i}` })), links: [] }),
  },
  sankey: {
    xdp: () =>
      plot.sankey([
        ["eth0", "XDP_DROP", 40],
        ["eth0", "XDP_PASS", 60],
        ["XDP_PASS", "socket", 55],
        ["XDP_PASS", "dropped: NO_SOCKET", 5],
      ]),
    many: () => plot.sankey(many(10_000, (i) => [`a${i % 50}`, `b${i % 60}`, i] as const)),
    empty: () => plot.sankey([["a", "b", 0]]),
    one: () => plot.sankey([["a", "b", 1]]),
    "all-equal": () =>
      plot.sankey(
        [
          ["a", "b", 5],
          ["a", "c", 5],
        ],
        { width: 300, height: 90 },
      ),
    huge: () =>
      plot.sankey([
        ["a", "b", HUGE],
        ["a", "c", 1],
      ]),
  },
  "flame-graph": {
    ...FLAME_GRAPHS,
    icicle: () =>
      plot.flameGraph(
        [
          [["read", "main"], 3],
          [["parse", "main"], 1],
        ],
        { direction: "down" },
      ),
    differential: () =>
      plot.flameGraph(
        [
          [["read", "main"], 3],
          [["parse", "main"], 1],
        ],
        {
          baseline: [
            [["read", "main"], 1],
            [["parse", "main"], 1],
            [["gone"], 5],
          ],
        },
      ),
    "off-cpu": () => plot.flameGraph([[["schedule", "main"], 3_000_000n]], { unit: "ns", title: "Off CPU" }),
    huge: () =>
      plot.flameGraph([
        [["a"], HUGE],
        [["b"], 1],
      ]),
    "same-as-before": () => plot.flameGraph([[["a"], 1]], { baseline: [[["a"], 7]] }),
    "nothing-before": () => plot.flameGraph([[["a"], 1]], { baseline: [] }),
  },
};
