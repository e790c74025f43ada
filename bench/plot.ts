/**
 * Time and bytes of each kind of plot for 100, 10,000 and 1,000,000 samples, and what the first picture of a process
 * costs. Run: `node bench/plot.ts [KIND]`. Prints numbers and fails nothing.
 */
const started = performance.now();
const plot = await import("../src/plot/index.ts");
const imported = performance.now();
await plot.histogram([1, 2, 3]).toSVG();
const drawn = performance.now();
console.log(`import ${ms(imported - started)}, first picture ${ms(drawn - imported)} (Vega's loading included)`);

/** A fixed sequence that looks random, so that every run draws the same. */
function sequence(): () => number {
  let state = 1;
  return () => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff;
}

const list = <T>(n: number, make: (index: number) => T): T[] => Array.from({ length: n }, (_, index) => make(index));

/** Makes the data, then gives what makes the plot: only that is timed. */
const kinds: Readonly<Record<string, (n: number, next: () => number) => () => InstanceType<typeof plot.Plot>>> = {
  "histogram, log2": (n, next) => {
    const data = list(n, () => Math.floor(next() ** 4 * 1e9));
    return () => plot.histogram(data);
  },
  "histogram, linear": (n, next) => {
    const data = list(n, () => Math.floor((next() + next() + next()) * 1000));
    return () => plot.histogram(data, { bins: "linear" });
  },
  "heat map": (n, next) => {
    const data = list(n, (i) => [i, Math.floor(next() ** 4 * 1e9)] as const);
    return () => plot.heatmap(data);
  },
  // A program that takes 2,000 different ways, each sample counted by itself.
  "flame graph": (n, next) => {
    const stacks = list(2000, () => list(5 + Math.floor(next() * 20), () => `function_${Math.floor(next() ** 3 * 5)}`));
    const data = list(n, () => [stacks[Math.floor(next() * 2000)]!, 1] as const);
    return () => plot.flameGraph(data);
  },
  "time series": (n, next) => {
    const data = list(n, (i) => [i, Math.sin(i / 100) + next()] as const);
    return () => plot.timeSeries(data);
  },
  bars: (n, next) => {
    const data = list(n, (i) => [`key ${i}`, Math.floor(next() * 1e6)] as const);
    return () => plot.bars(data);
  },
  scatter: (n, next) => {
    const data = list(n, () => [next(), next() ** 2] as const);
    return () => plot.scatter(data);
  },
  ecdf: (n, next) => {
    const data = list(n, () => next() ** 4 * 1e9);
    return () => plot.ecdf(data);
  },
  gantt: (n, next) => {
    const data = list(n, (i) => ({ lane: i % 4, from: i, to: i + 4 * next(), name: `task${Math.floor(next() * 20)}` }));
    return () => plot.gantt(data);
  },
  // Samples are packets here: a picture of devices has few of them.
  topology: (n, next) => {
    const nodes = list(Math.min(n, 60), (i) => ({ id: `veth${i}` }));
    const links = nodes
      .slice(1)
      .map(({ id }, i) => ({ from: `veth${Math.floor(i / 2)}`, to: id, count: Math.floor(next() * n) }));
    return () => plot.topology({ nodes, links });
  },
  sankey: (n, next) => {
    const data = list(n, () => [`eth${Math.floor(next() * 8)}`, `action ${Math.floor(next() * 12)}`, 1] as const);
    return () => plot.sankey(data);
  },
};

const only = process.argv[2];
console.log("kind               samples      plot    bundle   spec bytes  SVG bytes  HTML bytes  text bytes     total");
for (const [kind, prepare] of Object.entries(kinds)) {
  if (only !== undefined && !kind.includes(only)) continue;
  for (const n of [100, 10_000, 1_000_000]) {
    const make = prepare(n, sequence());
    const start = performance.now();
    const made = make();
    const middle = performance.now();
    const bundle = await made[plot.DISPLAY]();
    const end = performance.now();
    const parts = [JSON.stringify(made.spec), bundle["image/svg+xml"], bundle["text/html"] ?? "", bundle["text/plain"]];
    const bytes = parts.map((part, i) => String(Buffer.byteLength(String(part))).padStart([13, 11, 12, 12][i]!));
    const total = String(Buffer.byteLength(JSON.stringify(bundle))).padStart(10);
    console.log(
      `${kind.padEnd(17)} ${String(n).padStart(8)} ${ms(middle - start).padStart(9)} ${ms(end - middle).padStart(9)}${bytes.join("")}${total}`,
    );
  }
}

function ms(time: number): string {
  return `${time.toFixed(time < 10 ? 1 : 0)} ms`;
}
