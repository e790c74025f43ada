import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linearBinning, linearSlotBinning, log2Binning, log2SlotBinning } from "../../src/plot/binning.ts";

/** The label of the bin that a value falls into. */
const log2 = (value: number | bigint) => log2Binning.label(log2Binning.index(value));

describe("log2 bins are bpftrace's", () => {
  // Rows of what bpftrace printed for hist() of these values.
  test.each([
    [-5, "(..., 0)"],
    [0, "[0]"],
    [1, "[1]"],
    [2, "[2, 4)"],
    [3, "[2, 4)"],
    [4, "[4, 8)"],
    [511, "[256, 512)"],
    [512, "[512, 1K)"],
    [1024, "[1K, 2K)"],
    [2 ** 20, "[1M, 2M)"],
    [2 ** 31, "[2G, 4G)"],
    [2n ** 63n, "[8E, 16E)"],
    [2n ** 64n - 1n, "[8E, 16E)"],
    [0.5, "[0]"],
    [-0.5, "(..., 0)"],
  ])("%s in %s", (value, label) => expect(log2(value)).toBe(label));

  test("a value lies between its bin's powers", () => {
    fc.assert(
      fc.property(fc.bigInt(2n, 2n ** 64n - 1n), (value) => {
        const index = BigInt(log2Binning.index(value));
        expect(2n ** (index - 2n)).toBeLessThanOrEqual(value);
        expect(value).toBeLessThan(2n ** (index - 1n));
      }),
    );
  });

  test("a number and the same bigint are in one bin, up to the largest doubles", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(log2Binning.index(value)).toBe(log2Binning.index(BigInt(Math.floor(value))));
      }),
    );
    expect(log2Binning.index(2 ** 49 - 1)).toBe(log2Binning.index(2n ** 49n - 1n));
  });

  test("edges join on to each other", () => {
    for (let i = 2; i < 70; i++)
      if (i > 2) expect(log2Binning.label(i)).toBe(`[${log2Binning.edge(i)}, ${log2Binning.edge(i + 1)})`);
    expect(log2Binning.edge(0)).toBe("−∞");
  });
});

describe("log2 slots", () => {
  test.each([
    [0, "[1, 2)"],
    [1n, "[2, 4)"],
    [12, "[4K, 8K)"],
    [63n, "[8E, 16E)"],
  ])("slot %s is %s", (slot, label) => expect(log2SlotBinning.label(log2SlotBinning.index(slot))).toBe(label));

  test("are called as bpftrace calls the bins of their values, but for the first, which it calls [1]", () => {
    for (let k = 1; k < 64; k++) expect(log2SlotBinning.label(k)).toBe(log2(2n ** BigInt(k)));
    expect([0, 1, 10].map(log2SlotBinning.edge)).toEqual(["1", "2", "1K"]);
  });

  test.each([[64], [-1n], [4096], [1.5]])("key %s is none, and the error says what to do", (key) => {
    expect(() => log2SlotBinning.index(key)).toThrow(/is not a log2 slot.*keys: "values"/);
  });
});

describe("linear bins", () => {
  test("have the width asked for", () => {
    const bins = linearBinning([5, 17, 23], 10);
    expect([5, 17, 23].map((v) => bins.label(bins.index(v)))).toEqual(["[0, 10)", "[10, 20)", "[20, 30)"]);
  });

  test("carry bpftrace's suffixes only where the width is a multiple of 1024", () => {
    expect(linearBinning([3000], 1000).label(0)).toBe("[3000, 4000)");
    expect(linearBinning([3072], 1024).label(0)).toBe("[3K, 4K)");
    expect(linearBinning([1048576], 1048576).label(0)).toBe("[1M, 2M)");
  });

  test("floor below zero, so that no bin is wider around it", () => {
    const bins = linearBinning([-15, 15], 10);
    expect([-15, -10, -1, 0, 15].map((v) => bins.label(bins.index(v)))).toEqual([
      "[-20, -10)",
      "[-10, 0)",
      "[-10, 0)",
      "[0, 10)",
      "[10, 20)",
    ]);
  });

  test("of fractions have round edges", () => {
    const bins = linearBinning([0.1, 0.2, 0.3], 0.1);
    expect([bins.edge(0), bins.edge(1), bins.edge(2)]).toEqual(["0.1", "0.2", "0.3"]);
  });

  test("are exact at 2^63, where doubles are not", () => {
    const bins = linearBinning([2n ** 63n, 2n ** 63n + 1n], 1);
    expect(bins.index(2n ** 63n + 1n)).toBe(1);
    expect(bins.label(1)).toBe("[9223372036854775809, 9223372036854775810)");
  });

  test("are about twenty of a round width unless a width is given", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const bins = linearBinning(values);
        const indexes = values.map((v) => bins.index(v));
        expect(Math.min(...indexes)).toBe(0);
        expect(Math.max(...indexes)).toBeLessThanOrEqual(21);
      }),
    );
    const bins = linearBinning([0, 1999]);
    expect(bins.label(0)).toBe("[0, 100)");
  });

  test.each([[0], [-1], [Number.NaN], [Number.POSITIVE_INFINITY]])("interval %s is no width", (interval) => {
    expect(() => linearBinning([1], interval)).toThrow(/interval is .* a finite number above 0/);
  });

  test("are at most a thousand", () => {
    expect(() => linearBinning([0, 1e9], 1)).toThrow(/makes 1000000000 bins/);
  });

  test("counted by the program keep their numbers", () => {
    const bins = linearSlotBinning(10);
    expect(bins.label(bins.index(3n))).toBe("[30, 40)");
    expect(() => bins.index(2n ** 60n)).toThrow(/not a slot number/);
  });
});
