/** Programs that are alike: by what they do with what, not by registers, order, constants or names. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assemble } from "../../src/asm/assemble.ts";
import { encodeArtefact, type Submission } from "../../src/grade/submission/index.ts";
import {
  CAVEAT,
  codeOf,
  fingerprint,
  similarities,
  similarity,
  similarityPage,
  similarityText,
} from "../../src/grade/teacher/index.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import { Program } from "../../src/loader/program.ts";

const insns = (text: string): readonly Instruction[] =>
  assemble(text, { helper: (name) => (name === "time" ? 5 : undefined), map: () => undefined }).insns;
const alike = (a: string, b: string): number => similarity(fingerprint(insns(a)), fingerprint(insns(b)));

const PARSER = `
  r2 = *(u32 *)(r1 + 0)
  r3 = *(u32 *)(r1 + 4)
  r4 = r2
  r4 += 34
  if r4 > r3 goto out
  r5 = *(u16 *)(r2 + 12)
  if r5 != 8 goto out
  r6 = *(u8 *)(r2 + 23)
  if r6 != 17 goto out
  r0 = 1
  exit
out:
  r0 = 2
  exit`;
const DISGUISED = `
  r8 = *(u32 *)(r1 + 4)
  r7 = *(u32 *)(r1 + 0)
  r9 = r7
  r9 += 42
  if r9 > r8 goto end
  r3 = *(u16 *)(r7 + 12)
  if r3 != 56710 goto end
  r0 = *(u8 *)(r7 + 20)
  if r0 != 6 goto end
  w0 = 1
  exit
end:
  w0 = 2
  exit`;
const OTHER = `
  call time
  r6 = r0
  r6 >>= 20
  r6 &= 7
  r7 = 0
again:
  r7 += r6
  r6 -= 1
  if r6 s> 0 goto again
  *(u64 *)(r10 - 8) = r7
  r0 = *(u32 *)(r10 - 8)
  r0 ^= 5
  exit`;

describe("two programs", () => {
  it("are alike whatever registers, constants, offsets and the order of independent instructions are", () => {
    expect(alike(PARSER, PARSER)).toBe(1);
    expect(alike(PARSER, DISGUISED)).toBe(1);
  });

  it("are not where they do other things, and little by little less alike where more is changed", () => {
    expect(alike(PARSER, OTHER)).toBeLessThan(0.2);
    const once = alike(PARSER, PARSER.replace("r5 = *(u16 *)(r2 + 12)", "r5 = *(u32 *)(r2 + 12)"));
    const twice = alike(
      PARSER,
      PARSER.replace("u16", "u32").replace("r6 = *(u8 *)(r2 + 23)", "r6 = *(u8 *)(r2 + 23)\nr6 &= 15"),
    );
    expect([once < 1, twice < once, twice > 0.2]).toEqual([true, true, true]);
  });

  it("are as alike one way as the other, and with themselves wholly", () => {
    const line = fc.constantFrom(
      "r2 += r3",
      "r4 = *(u8 *)(r1 + 3)",
      "r5 ^= 7",
      "if r4 > 3 goto +1",
      "r2 = r5",
      "call time",
      "r0 = 1",
      "w3 = 0",
    );
    const text = fc
      .array(line, { minLength: 3, maxLength: 20 })
      .map((lines) => `${lines.join("\n")}\nr0 = 0\nr0 = 0\nexit`);
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(alike(a, a)).toBe(1);
        expect(alike(a, b)).toBe(alike(b, a));
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 5000 : 100 },
    );
  });
});

describe("a class", () => {
  const program = (text: string) =>
    encodeArtefact(new Program({ type: "xdp", name: "p", insns: insns(text), maps: [], license: "GPL" }));
  const of = (student: string, text: string): Submission => ({
    version: 1,
    assignment: "a3",
    student,
    answers: { "a3/1": program(text) },
  });
  const varied = (number: number): string =>
    `${Array.from({ length: 20 }, (_, at) => `r${2 + ((number >> (at % 12)) & 3)} ${["+=", "^=", "|=", "*="][(number * (at + 3)) % 4]} r${3 + ((number * 7 + at) % 4)}`).join("\n")}\nr0 = 0\nexit`;

  it("of five hundred is searched; those who copied are found side by side, the threshold is the model's", () => {
    const others = Array.from({ length: 498 }, (_, at) => of(`s${at}`, varied(at * 37 + 11)));
    const models = [of("m1", PARSER), of("m2", DISGUISED)];
    const [task] = similarities([of("ada", PARSER), ...others, of("zoe", DISGUISED)], { models });
    expect(task).toMatchObject({ compared: 500, threshold: 0.9, model: 1 });
    expect(task!.pairs.filter(({ a }) => a.student === "ada")).toMatchObject([
      { b: { student: "zoe" }, similarity: 1 },
    ]);
    const page = similarityPage([task!]);
    expect(page).toContain(CAVEAT);
    expect(page).toContain("<mark>   0  r2 = *(u32 *)(r1 + 0)</mark>");
    expect(page).not.toMatch(/<script|https?:/);
  });

  it("whose answers are short or all alike is told that this says little", () => {
    const [task] = similarities([
      of("ada", PARSER),
      of("bob", DISGUISED),
      of("cleo", PARSER),
      of("dan", "r0 = 0\nexit"),
    ]);
    expect(task).toMatchObject({ compared: 3, leftOut: ["dan"], threshold: 0.8, median: 1, found: 3 });
    expect(similarityText([task!])).toMatch(/says little about anybody.*dan/);
  });

  it("hands over bpftrace text too; what is no program is left out", () => {
    const a = codeOf({ kind: "bpftrace", text: "tracepoint:syscalls:sys_enter_read { @a[tid] = nsecs; }" })!;
    const b = codeOf({ kind: "bpftrace", text: "t:syscalls:sys_enter_write { @other[tid] = nsecs }" })!;
    expect(similarity(a.print, b.print)).toBe(1);
    expect(() => codeOf({ kind: "bpftrace", text: "BEGIN {" })).toThrow(
      expect.objectContaining({ name: "GradeError" }),
    );
    expect(codeOf({ kind: "value", value: 1 })).toBeUndefined();
    expect(() => codeOf({ kind: "object", bytes: "AAAA" })).toThrow(expect.objectContaining({ name: "GradeError" }));
  });
});
