/**
 * Time and bytes of each kind of plot for 100, 10,000 and 1,000,000 samples, and what the first picture of a process
 * costs. Run: `node bench/plot.ts`. Prints numbers and fails nothing.
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

const kinds = {
  "histogram, log2": (n: number, next: () => number) =>
    plot.histogram(Array.from({ length: n }, () => Math.floor(next() ** 4 * 1e9))),
  "histogram, linear": (n: number, next: () => number) =>
    plot.histogram(
      Array.from({ length: n }, () => Math.floor((next() + next() + next()) * 1000)),
      { bins: "linear" },
    ),
  // A program that takes 2,000 different ways, each sample counted by itself.
  "flame graph": (n: number, next: () => number) => {
    const stacks = Array.from({ length: 2000 }, () =>
      Array.from({ length: 5 + Math.floor(next() * 20) }, () => `function_${Math.floor(next() ** 3 * 5)}`),
    );
    return plot.flameGraph(Array.from({ length: n }, () => [stacks[Math.floor(next() * 2000)], 1] as const));
  },
};

console.log("kind               samples      plot   picture   spec bytes  SVG bytes  text bytes");
for (const [kind, make] of Object.entries(kinds)) {
  for (const n of [100, 10_000, 1_000_000]) {
    const start = performance.now();
    const made = make(n, sequence());
    const middle = performance.now();
    const svg = await made.toSVG();
    const end = performance.now();
    const bytes = [JSON.stringify(made.spec), svg, made.text].map((part, i) =>
      String(part.length).padStart([13, 11, 12][i]),
    );
    console.log(
      `${kind.padEnd(17)} ${String(n).padStart(8)} ${ms(middle - start).padStart(9)} ${ms(end - middle).padStart(9)}${bytes.join("")}`,
    );
  }
}

function ms(time: number): string {
  return `${time.toFixed(time < 10 ? 1 : 0)} ms`;
}
