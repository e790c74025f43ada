/**
 * The judge's bounds: a program that Linux accepts and that takes for ever is ended at the same instruction everywhere, and costs its own tests only.
 */
import { afterAll, describe, expect, it } from "vitest";
import { Variant } from "../../src/grade/assignment/index.ts";
import { ASSIGNMENTS } from "../../src/grade/assignments/index.ts";
import { BoundedJudge, gradeBytes } from "../../src/grade/judge/index.ts";
import type { TestResult } from "../../src/grade/result/index.ts";
import { type Artefact, encodeArtefact, encodeSubmission } from "../../src/grade/submission/index.ts";
import { asm } from "../../src/loader/asm.ts";
import { handsOver } from "./run-source.ts";

const secret = "a secret of the tests, long enough";
const options = { secret, tool: "test" };
const OVER = /did not end within 50000000 instructions/;

/** The verifier takes it: each round may be the last one. It executes 8,388,608 rounds, for each packet. */
const SLOW = asm({ type: "xdp", name: "slow" })`
  r6 = 0
again:
  r6 += 1
  r6 ^= 5
  may_goto out
  goto again
out:
  r0 = 2
  exit
`;
const FLOOD = "BEGIN { while (1) { @n++ } }";
const PROBES = Array.from({ length: 40 }, (_, at) => `interval:us:1 { @n${at} = count() }`).join("\n");

const submission = (assignment: string, answers: Record<string, Artefact>): Uint8Array =>
  encodeSubmission({ version: 1, assignment, student: "s1", answers });
const messages = (tests: readonly TestResult[], task: string): readonly string[] =>
  tests.filter(({ id }) => id.startsWith(`${task}.`)).map(({ message }) => message);

describe("endless programs", () => {
  it("end at the same instruction whoever judges, and only their own task has no points", async () => {
    const right = await handsOver(ASSIGNMENTS.a3, Variant.of(secret, "a3", "s1"), { student: "s1" });
    const bytes = submission("a3", { ...right.answers, "a3/1": encodeArtefact(SLOW) });
    const result = await gradeBytes(bytes, options);
    for (const message of messages(result.tests, "a3/1")) expect(message).toMatch(OVER);
    expect(result.score).toBe(6);
    expect(result.tests.filter(({ id }) => id.startsWith("a3/2.")).every(({ status }) => status === "passed")).toBe(
      true,
    );
    if (!process.env.BPFBOOK_NIGHT) return; // another thread reads the whole library
    await using judge = new BoundedJudge();
    expect(await judge.grade(bytes, options)).toEqual(result);
  });

  it.each([
    ["a loop of bpftrace", FLOOD],
    ["forty probes every microsecond", PROBES],
  ])("%s", async (_, text) => {
    const bytes = submission("a5", { "a5/1": { kind: "bpftrace", text } });
    const { tests } = await gradeBytes(bytes, { ...options, visibleOnly: true });
    expect(messages(tests, "a5/1")).toEqual([expect.stringMatching(OVER)]);
  });
});

describe.runIf(process.env.BPFBOOK_NIGHT)("what instructions do not count", () => {
  const judge = new BoundedJudge({ seconds: 0.001 });
  afterAll(() => judge.close());

  it("is ended by the clock: each test fails alone, and the judge goes on", async () => {
    const { tests } = await judge.grade(submission("a5", { "a5/1": { kind: "bpftrace", text: PROBES } }), options);
    expect(tests.map(({ status }) => status)).not.toContain("passed");
    expect(messages(tests, "a5/1")).toContainEqual("it took more than 0.001 seconds of the grader's time");
  });
});
