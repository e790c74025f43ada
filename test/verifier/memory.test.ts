/** The largest programs that Linux accepts are verified in less than a gigabyte. At night: each takes some ten seconds. */
import { describe, expect, test } from "vitest";
import { verify } from "../../src/verifier/verify.ts";
import { LARGE_PROGRAMS, memoryOf } from "./large-programs.ts";
import { program } from "./programs.ts";

const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;

describe.skipIf(!NIGHT)(`memory${NIGHT ? "" : " (skipped by day)"}`, () => {
  test.each(Object.keys(LARGE_PROGRAMS))("%s", { timeout: 300_000 }, (name) => {
    const { ok, processed, megabytes } = memoryOf(name);
    console.log(`${name}: ${megabytes} MB`);
    expect([ok, processed > 990_000]).toEqual([true, true]);
    expect(megabytes).toBeLessThan(1024);
  });
});

test("states that were packed are what they were when a path comes back to them", () => {
  // 15,000 checkpoints on the way, then a second path that joins at the first of them.
  const insns = program("call get_prandom_u32\nr6 = r0\nr7 = 0\nr8 = 0\nif r6 == 5 goto +0").insns;
  const part = program(
    "r7 += 1\nr7 += 1\nr7 += 1\nr7 += 1\nr7 += 1\nr7 += 1\nif r8 == 1 goto +0\nif r8 == 1 goto +0",
  ).insns;
  const all = [...insns];
  for (let k = 0; k < 15_000; k++) all.push(...part);
  const spec = { ...program("r0 = 0\nexit"), lines: undefined, insns: [...all, ...program("r0 = 0\nexit").insns] };
  const { ok, processed } = verify(spec);
  expect([ok, processed < 130_000]).toEqual([true, true]);
});
