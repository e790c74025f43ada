import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { plotPages } from "../../scripts/plots/page.ts";

test("the page of plots is what rows, docstrings and plots make", async () => {
  for (const [file, text] of await plotPages())
    expect(readFileSync(file, "utf8"), `${file}; run: node scripts/plots/page.ts`).toBe(text);
});
