import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CODES } from "../../src/vm/interpreter/code.ts";

// The interpreter switches over numbers, for V8's sake; the names beside them are what people read.
test("each line of the interpreter's table has the name of its operation", () => {
  const text = readFileSync(new URL("../../src/vm/interpreter/execute.ts", import.meta.url), "utf8");
  const lines = Array.from(text.matchAll(/case +(\d+): \/\* (\w+) *\*\//g), ([, number, name]) => [
    Number(number),
    name,
  ]);
  expect(lines).toEqual([...CODES.entries()].filter(([, name]) => name !== "second"));
});
