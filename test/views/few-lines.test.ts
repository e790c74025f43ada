import fc from "fast-check";
import { expect, test } from "vitest";
import { fewLines } from "../../src/views/few-lines.ts";

const widthOf = (parts: readonly string[]) => Number(/min-width:(\d+)ch/.exec(String(fewLines(parts)))?.[1]);

test("short text asks for its own width, longer text for what three lines need", () => {
  expect(widthOf(["r7 = 0"])).toBe(6);
  expect(widthOf(["a".repeat(20), "b".repeat(20)])).toBe(28);
  expect(widthOf(["a", "b", "c", "d", "e", "f"].map((letter) => letter.repeat(20)))).toBe(40);
  expect(widthOf([])).toBe(0);
});

test("may be broken between its parts, and is escaped", () => {
  expect(String(fewLines(["a,", "<b>,", "c d"]))).toBe('<div style="min-width:9ch">a,<wbr>&#60;b&#62;,<wbr>c d</div>');
  expect(String(fewLines(["a ", "b"]))).toBe('<div style="min-width:3ch">a b</div>');
});

test("is never on more than three lines", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,30}[, ]$/), { minLength: 1, maxLength: 40 }), (parts) => {
      const width = widthOf(parts);
      // What a browser does: as many parts on a line as it holds.
      const lines = [""];
      for (const part of parts)
        if (lines[lines.length - 1] === "" || (lines[lines.length - 1] + part.trimEnd()).length <= width)
          lines[lines.length - 1] += part;
        else lines.push(part);
      expect(lines.length).toBeLessThanOrEqual(3);
    }),
  );
});
