import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BundleError, isDisplayable, plainText, show } from "../../kernel/display/bundle.ts";
import { excerpt } from "../../kernel/display/traceback.ts";

const DISPLAY = Symbol.for("Jupyter.display");
const LIVE = Symbol.for("Jupyter.live");

describe("how a value is shown", () => {
  test("plain values as text without colours", () => {
    expect(show(42)).toEqual({ kind: "now", bundle: { "text/plain": "42" } });
    expect(show("a")).toEqual({ kind: "now", bundle: { "text/plain": "'a'" } });
    expect(show(null)).toEqual({ kind: "now", bundle: { "text/plain": "null" } });
    expect(plainText({ a: [1n, new Map([[1, 2]])] })).toBe("{ a: [ 1n, Map(1) { 1 => 2 } ] }");
    expect(plainText(new Error("red"))).not.toContain("\u001b");
  });

  test("a value's own method wins, called on the value", () => {
    const value = {
      html: "<b>1</b>",
      [DISPLAY]() {
        return { "text/html": this.html };
      },
    };
    expect(show(value)).toEqual({ kind: "now", bundle: { "text/html": "<b>1</b>" } });
    expect(isDisplayable(value)).toBe(true);
    expect(isDisplayable({ [DISPLAY]: 5 })).toBe(false);
  });

  test("a function can show itself too", () => {
    const shown = Object.assign(() => 1, { [DISPLAY]: () => ({ "text/plain": "the function" }) });
    expect(show(shown)).toEqual({ kind: "now", bundle: { "text/plain": "the function" } });
  });

  test("a promised bundle comes later", async () => {
    const showing = show({ [DISPLAY]: async () => ({ "text/plain": "later" }) });
    expect(showing.kind === "later" && (await showing.bundle)).toEqual({ "text/plain": "later" });
  });

  test("a live value gives one bundle after the other", async () => {
    const showing = show({
      async *[LIVE]() {
        yield { "text/plain": "1" };
        yield { "text/plain": "2" };
      },
    });
    const bundles = showing.kind === "live" ? await Array.fromAsync(showing.bundles) : [];
    expect(bundles).toEqual([{ "text/plain": "1" }, { "text/plain": "2" }]);
  });

  test("bytes become base64", () => {
    const value = { [DISPLAY]: () => ({ "image/png": new Uint8Array([1, 2, 3]) }) };
    expect(show(value)).toEqual({ kind: "now", bundle: { "image/png": "AQID" } });
  });

  test.each([[undefined], ["text"], [[]], [{ html: "no mime type" }]])("%o is no mime bundle", (bundle) => {
    expect(() => show({ [DISPLAY]: () => bundle })).toThrow(BundleError);
  });

  test("a value whose inspection throws is shown all the same", () => {
    const hostile = {
      [Symbol.for("nodejs.util.inspect.custom")]() {
        throw new TypeError("no");
      },
    };
    expect(plainText(hostile)).toBe("[a value that cannot be shown: TypeError: no]");
  });
});

describe("excerpt", () => {
  const source = "one\ntwo\n\tthree();\nfour\nfive\nsix";

  test("shows two lines around the marked one", () => {
    expect(excerpt(source, { line: 3, column: 2, length: 5 })).toEqual([
      "  1 | one",
      "  2 | two",
      "> 3 | \tthree();",
      "    | \t^^^^^",
      "  4 | four",
      "  5 | five",
    ]);
  });

  test("numbers are as wide as the last one", () => {
    const long = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`).join("\n");
    expect(excerpt(long, { line: 9, column: 1 })).toContain(">  9 | line 9");
  });

  test("marks do not run over the end of the line", () => {
    expect(excerpt("abc", { line: 1, column: 3, length: 99 })[1]).toBe("    |   ^");
    expect(excerpt("abc", { line: 1, column: 4 })[1]).toBe("    |    ^");
  });

  test("long lines are cut, and a place behind the cut is not marked", () => {
    const lines = excerpt("x".repeat(1000), { line: 1, column: 900 });
    expect(lines).toHaveLength(1);
    expect(lines[0]!.length).toBeLessThan(200);
  });

  test("a place outside the source is nothing", () => {
    expect(excerpt(source, { line: 99, column: 1 })).toEqual([]);
    expect(excerpt(source, { line: 0, column: 1 })).toEqual([]);
  });
});

describe("values without a display of their own", () => {
  const bundle = (value: unknown) => {
    const showing = show(value);
    return showing.kind === "now" ? showing.bundle : {};
  };
  const html = (value: unknown) => String(bundle(value)["text/html"]);

  test("what fits a line stays text", () => {
    for (const value of [
      { a: 1 },
      [1, 2, 3],
      new Map([[1, 2]]),
      new Set([1]),
      new Date(0),
      Array.from({ length: 90 }, Number),
      Array.from({ length: 90 }, (_, i) => [i, BigInt(i)]),
    ])
      expect(Object.keys(bundle(value))).toEqual(["text/plain"]);
  });

  test("a list of objects is a table, numbers to the right, text escaped, long ones cut", () => {
    const rows = Array.from({ length: 100 }, (_, pid) => ({ pid, comm: pid === 1 ? "<b>&" : "c".repeat(200) }));
    const text = html(rows);
    expect(text).toContain(">pid</th>");
    expect(text).toContain("&#60;b&#62;&#38;");
    expect(text).not.toContain("<b>");
    expect(text).toContain("and 40 more rows");
    expect(text).toMatch(/text-align:right[^>]*>99|text-align:right[^>]*>59/);
    expect(text).not.toContain("c".repeat(81));
    expect(bundle(rows)["text/plain"]).toContain("pid: 0");
    expect(
      html(
        new Map([
          ["a", 1],
          ["b", 2],
        ]),
      ),
    ).toContain(">key</th>");
    expect(bundle([{ a: 1 }, { b: 2 }, { c: 3 }])["text/html"]).toBeUndefined();
  });

  test("what needs more lines folds; circles, getters and depth do not hurt", () => {
    const circle: Record<string, unknown> = { long: "x".repeat(100), deep: { er: { and: { deeper: [1, { z: 1 }] } } } };
    circle["self"] = circle;
    Object.defineProperty(circle, "trap", {
      enumerable: true,
      get: () => {
        throw new RangeError("called");
      },
    });
    const text = html(circle);
    expect(text).toMatch(/^<div style="[^"]*"><details open><summary>/);
    expect(text).toContain("[Getter]");
    expect(text.match(/<details/g)!.length).toBe(text.match(/<\/details>/g)!.length);
    expect(html(Array.from({ length: 5000 }, (_, i) => [i, { i }])).length).toBeLessThan(200_000);
  });

  test("bytes in rows, pictures as pictures", () => {
    expect(bundle(new Uint8Array([1, 2]))["text/plain"]).toBe("Uint8Array(2) [ 1, 2 ]");
    expect(bundle(Buffer.from("GET / HTTP/1.1\r\n\r\n"))["text/plain"]).toBe(
      "Buffer(18)\n0000  47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..\n0010  0d 0a                                            ..",
    );
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0);
    expect(bundle(png)).toEqual({
      "image/png": Buffer.from(png).toString("base64"),
      "text/plain": "[PNG picture of 9 bytes]",
    });
    expect(bundle(new TextEncoder().encode("<svg xmlns='x'></svg>"))["image/svg+xml"]).toBe("<svg xmlns='x'></svg>");
    expect(bundle(new Uint8Array(2000))["text/plain"]).toContain("and 1488 more bytes");
  });

  test("specifications are drawn, elements shown, promises explained", () => {
    const spec = { $schema: "https://vega.github.io/schema/vega-lite/v5.json", mark: "bar" };
    expect(bundle(spec)["application/vnd.vegalite.v5+json"]).toBe(spec);
    expect(bundle({ outerHTML: "<i>x</i>" })["text/html"]).toBe("<i>x</i>");
    expect(bundle({ outerHTML: "<svg></svg>" })).toMatchObject({ "image/svg+xml": "<svg></svg>" });
    expect(bundle(Promise.resolve(1))["text/plain"]).toContain("`await`");
  });

  test("any value is shown, as JSON", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
        (value) => {
          const shown = bundle(value);
          expect(typeof shown["text/plain"]).toBe("string");
          JSON.stringify(shown);
        },
      ),
    );
  });
});
