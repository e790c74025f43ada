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
