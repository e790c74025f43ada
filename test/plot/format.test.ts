import { expect, test } from "vitest";
import { PlotError } from "../../src/plot/error.ts";
import { compact, fromTo, grouped, overCpus, percent, plural, powerOfTwo, toCount } from "../../src/plot/format.ts";

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [1234567, "1,234,567"],
  [2n ** 64n, "18,446,744,073,709,551,616"],
])("grouped(%s) is %s", (value, text) => expect(grouped(value)).toBe(text));

test.each([
  [0, 18.4, "0 to 18.4"],
  [2000, 4000, "2k to 4k"],
  [2000.125, 2004.5, "2000.1 to 2004.5"],
  [-1e9, -999_999_000, "−1000000000 to −999999000"],
  [7, 7, "7 to 7"],
])("fromTo(%s, %s) is %s", (from, to, text) => expect(fromTo(from, to)).toBe(text));

test("lists are values by CPU unless the map says that it has none", () => {
  expect(overCpus([1n, 2n], {})).toBe(3n);
  expect(overCpus([1, 2], { type: "lru_percpu_hash" })).toBe(3);
  expect(overCpus([1, 2], { type: "hash" })).toEqual([1, 2]);
  expect(() => toCount([1, 2], "key 0")).toThrow(/a list of 2 values/);
});

test.each([
  [0, 10, "0%"],
  [10, 10, "100%"],
  [1, 3, "33%"],
  [1, 16, "6.3%"],
  [1, 100_000, "<0.1%"],
  [99_999, 100_000, ">99.9%"],
  // Rounded up it would claim to be everything.
  [998, 1000, "99%"],
  [0, 0, "0%"],
  [2n ** 63n, 2n ** 64n, "50%"],
])("percent(%s, %s) is %s", (part, whole, text) => expect(percent(part, whole)).toBe(text));

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1k"],
  [1234, "1.2k"],
  [34_567, "35k"],
  [999_499, "999k"],
  // Not "1000k".
  [999_999, "1M"],
  [2n ** 64n, "18E"],
])("compact(%s) is %s", (value, text) => expect(compact(value)).toBe(text));

test.each([
  [0, "1"],
  [9, "512"],
  [10, "1K"],
  [21, "2M"],
  [63, "8E"],
  [64, "16E"],
  [70, "2^70"],
])("powerOfTwo(%s) is %s", (exponent, text) => expect(powerOfTwo(exponent)).toBe(text));

test("nouns have their number", () => {
  expect(plural(1n, "sample")).toBe("1 sample");
  expect(plural(0, "sample")).toBe("0 samples");
  expect(plural(2000, "sample")).toBe("2,000 samples");
});

test.each([[-1], [-1n], [1.5], [Number.NaN], [Number.POSITIVE_INFINITY], ["5"], [undefined]])(
  "%s is no count, and the error says of what",
  (value) => {
    expect(() => toCount(value, "key 7")).toThrow(PlotError);
    expect(() => toCount(value, "key 7")).toThrow(/count of key 7 is .*whole numbers/);
  },
);
