import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { assemble } from "../../src/asm/assemble.ts";
import { formatDiagnostic } from "../../src/asm/diagnostics.ts";
import { helperId } from "../../src/helpers/names.ts";
import { ROOT } from "../support/programs.ts";
import { asm, errorsOf } from "./names.ts";

const page = readFileSync(join(ROOT, "docs", "assembler.md"), "utf8");
const blocks = (kind: string): string[] =>
  Array.from(page.matchAll(/^```(\w+)\n(.*?)^```$/gms)).flatMap(([, name, text]) => (name === kind ? [text] : []));

describe("examples of docs/assembler.md", () => {
  test.each(blocks("asm"))("assemble: %s", (text) => {
    const { insns } = assemble(text, { helper: helperId, map: (_, declared) => (declared ? 0 : undefined) });
    expect(insns.length).toBeGreaterThan(2);
  });

  test.each(blocks("error"))("are refused as shown: %s", (block) => {
    const [text, shown] = block.split("---\n");
    expect(`${errorsOf(text).map(formatDiagnostic).join("\n")}\n`).toBe(shown);
  });

  test("are there", () => expect([blocks("asm").length, blocks("error").length]).toEqual([8, 1]));
});

test("what the page says of numbers in the two forms", () => {
  expect(asm("mov %r0, 0xffffffff").insns).toEqual(asm("mov %r0, -1").insns);
  expect(() => asm("r0 = 0xffffffff")).toThrow("does not fit");
});
