import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as plot from "../../src/plot/index.ts";
import { HISTOGRAMS as cases, sizes } from "./cases.ts";
import { expectWholeBundle } from "./support.ts";

/** The counts that stand in the text form. */
const countsOf = (text: string) => [...text.matchAll(/ (\d+) \|/g)].map((row) => BigInt(row[1]));

describe("text", () => {
  test("has bpftrace's form to the letter", () => {
    const values = [0, 1, 2, 3, 4, 512, 1023, 1024, 4096, 1048576, 2 ** 20 + 1, 2 ** 31, -5];
    const rows = readFileSync(new URL("bpftrace-hist.txt", import.meta.url), "utf8");
    expect(`${plot.histogram(values).text}\n`).toBe(rows);
  });

  test("truncates bars and keeps the fullest at 52", () => {
    const text = plot.histogramText([
      { label: "[4, 8)", count: 1n },
      { label: "[8, 16)", count: 3n },
    ]);
    expect(text.split("\n").map((row) => row.match(/@*/g)!.join("").length)).toEqual([17, 52]);
  });
});

describe("map of log2 slots", () => {
  test("is drawn from the first slot to the last, empty ones between included", () => {
    const { text } = plot.histogram(sizes);
    expect(text.split("\n")).toHaveLength(13);
    expect(text).toMatch(/^\[1, 2\) {16}12 \|/);
    expect(text).toMatch(/^\[4K, 8K\) {12}1234 \|@{52}\|$/m);
  });

  test("says in its alternative text what it is, how much, from where to where, and where the peak is", () => {
    expect(plot.histogram(sizes).alt).toBe(
      "Histogram of sizes: 2,218 samples from [1, 2) to [4K, 8K) in 13 log2 buckets; peak [4K, 8K) with 1,234 (56%).",
    );
  });

  test("keeps counts above 2^53 exact in text", () => {
    const p = plot.histogram([[3, 2n ** 63n + 1n]]);
    expect(p.text).toContain("9223372036854775809 |");
    expect(JSON.stringify(p.spec)).toContain('"samples":"9223372036854775809"');
  });

  test("whose keys are values says what to do, or is binned when told so", () => {
    const byValue = [
      [4096, 3],
      [4100, 2],
      [9, 1],
    ] as const;
    expect(() => plot.histogram(byValue)).toThrow(/key 4096 is not a log2 slot.*keys: "values"/);
    expect(countsOf(plot.histogram(byValue, { keys: "values" }).text)).toEqual([
      1n,
      0n,
      0n,
      0n,
      0n,
      0n,
      0n,
      0n,
      0n,
      5n,
    ]);
  });

  test("of linear slots has the interval's width", () => {
    const p = plot.histogram(
      [
        [2, 5],
        [3, 1],
      ],
      { bins: "linear", interval: 100 },
    );
    expect(p.text).toMatch(/^\[200, 300\).*\n\[300, 400\)/);
  });

  test("with a negative or broken count is refused with the key", () => {
    expect(() => plot.histogram([[1, -5]])).toThrow(plot.PlotError);
    expect(() => plot.histogram([[1, -5]])).toThrow(/count of key 1 is -5/);
  });
});

describe("picture", () => {
  test("of nothing is a sentence", () => {
    expect(cases.empty().alt).toBe("Histogram: no samples.");
    expect(cases.empty().text).toBe("Histogram: no samples.");
  });

  test("of nothing says why, where the data knows it", async () => {
    const emptyReason = "sizes was never loaded into a machine. Run the cell of its program again, and then load it.";
    const p = plot.histogram(Object.assign([], { name: "sizes", emptyReason }));
    expect(p.alt).toBe(`Histogram of sizes: no samples. ${emptyReason}`);
    expect(p.text).toBe(`sizes: no samples. ${emptyReason}`);
    const svg = String((await expectWholeBundle(p))["image/svg+xml"]);
    // Two lines, broken between words.
    expect([...svg.matchAll(/<tspan[^>]*>([^<]*)/g)].map(([, line]) => line).join(" ")).toBe(
      `No samples. ${emptyReason}`,
    );
    expect(plot.histogram(Object.assign([], { emptyReason: 5 }) as never).text).toBe("Histogram: no samples.");
  });

  test("says a title that was given in quotes, unless it names the kind itself", () => {
    expect(plot.histogram([1], { title: "Read sizes, simulated" }).alt).toMatch(
      /^Histogram "Read sizes, simulated": 1 /,
    );
    expect(plot.histogram([1], { title: "A histogram of one" }).alt).toMatch(/^A histogram of one: 1 sample/);
  });

  test("tells what could not be drawn", async () => {
    const p = cases["nan-negative-2to63"]();
    expect(p.alt).toContain("2 samples not finite and left out.");
    expect(await p.toSVG()).toContain("3 samples, and 2 not finite");
  });

  test("escapes hostile text", async () => {
    const svg = await cases.hostile().toSVG();
    expect(svg).not.toContain("<script");
    expect(svg).toContain("&lt;script&gt;");
  });

  test("takes the alternative text that is given", () => expect(cases["wide-and-low"]().alt).toBe("Written by hand."));
});

describe("any data", () => {
  const sample = fc.oneof(fc.integer(), fc.double(), fc.bigInt(-(2n ** 64n), 2n ** 65n));

  test("keeps the number of finite samples and has an alternative text", () => {
    fc.assert(
      fc.property(fc.array(sample), fc.constantFrom("log2" as const, "linear" as const), (samples, bins) => {
        const p = plot.histogram(samples, { bins });
        const finite = samples.filter((v) => typeof v === "bigint" || Number.isFinite(v)).length;
        expect(countsOf(p.text).reduce((a, b) => a + b, 0n)).toBe(BigInt(finite));
        expect(p.alt.length).toBeGreaterThan(10);
        JSON.stringify(p.spec);
      }),
    );
  });

  test("in slots keeps the sum of all counts", () => {
    const pair = fc.tuple(fc.integer({ min: 0, max: 63 }), fc.bigInt(0n, 2n ** 64n - 1n));
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const sum = pairs.reduce((total, [, count]) => total + count, 0n);
        expect(countsOf(plot.histogram(pairs).text).reduce((a, b) => a + b, 0n)).toBe(sum);
      }),
    );
  });

  test("can be drawn", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sample, { maxLength: 20 }),
        fc.constantFrom("log2" as const, "linear" as const),
        async (samples, bins) => {
          const p = plot.histogram(samples, { bins });
          await expectWholeBundle(p);
        },
      ),
      { numRuns: 12 },
    );
  });
});
