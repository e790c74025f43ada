import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as bpfbook from "../../src/index.ts";
import { FOLDER } from "./object/fixtures.ts";

const text = readFileSync(new URL("../../docs/loader.md", import.meta.url), "utf8");
const blocks = [...text.matchAll(/```ts( clang)?\n([\s\S]*?)```/g)];
const hasClang = spawnSync("clang", ["--version"]).error === undefined;

type Run = (scope: object) => Promise<void>;
const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => Run;

describe("docs/loader.md", () => {
  it("has examples", () => expect(blocks.length).toBeGreaterThan(2));

  it.each(blocks.map(([, clang, code], index) => ({ index: index + 1, clang: clang !== undefined, code: code! })))(
    "example $index",
    async ({ clang, code }) => {
      if (clang && !hasClang) return;
      const scope = { ...bpfbook, expect, readFileSync: (name: string) => readFileSync(new URL(name, FOLDER)) };
      await new AsyncFunction(`{ ${Object.keys(scope).join(", ")} }`, code)(scope);
    },
  );
});
