import { describe, expect, test } from "vitest";
import * as bpfbook from "../../src/index.ts";
import { examplesOf, publicModules, runExample } from "./examples.ts";
import { fixturesFor } from "./fixtures.ts";

/** Blocks that need what a test of milliseconds does not have, by a part of their text. */
const SKIPPED: readonly (readonly [part: RegExp, why: string])[] = [
  [/readFile|writeFile/, "reads or writes a file of the reader's"],
  [/\bobject\b|m\.open\(|codecOf/, "is about an object file, which `test/loader/object` runs"],
  [/events\.follow/, "waits for events"],
  [/hooks\.trace/, "is written inside of the simulation, where a task is at hand"],
  [/formatDiagnostic/, "needs the fault of a text, as `test/bpftrace` has them"],
];

/** Blocks that are not run; more than these would be too many. */
const MOST_SKIPPED = 19;

const blocks = publicModules("src/index.ts").flatMap(examplesOf);
const why = (text: string): string | undefined => SKIPPED.find(([part]) => part.test(text))?.[1];

describe("examples in the docstrings of the public surface", () => {
  test("nearly all are run", () => {
    expect(blocks.length).toBeGreaterThan(100);
    expect(blocks.filter(({ text }) => why(text) !== undefined).length).toBeLessThanOrEqual(MOST_SKIPPED);
  });

  test.each(blocks.filter(({ text }) => why(text) === undefined))("$where", async ({ module, text }) => {
    const own = (await import(/* @vite-ignore */ `../../${module}`)) as Record<string, unknown>;
    const outcome = await runExample(text, { ...bpfbook, ...own, ...fixturesFor(text) });
    if (outcome !== undefined) expect(outcome.got).toEqual(outcome.claimed);
  });
});
