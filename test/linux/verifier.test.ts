/**
 * Our verifier beside the running Linux: the cases of test/verifier, and generated programs. The share that agrees is
 * printed; a program that ours accepts and Linux refuses fails the test. BPFBOOK_NIGHT compares many more.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatInstruction } from "../../src/asm/format-instruction.ts";
import { CASES } from "../verifier/cases.ts";
import { program } from "../verifier/programs.ts";
import { available, suiteName } from "./bpf.ts";
import { type Comparison, comparable, compare, Tally } from "./verifier-compare.ts";
import { programFromTape } from "./verifier-programs.ts";

const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;
const PROGRAMS = NIGHT ? 100_000 : 2_000;
const SEED = NIGHT ? Date.now() : 6_18;

/** Without fast-check's liking for short lists and small numbers: those make short programs, which are easy. */
const tape = fc.noBias(fc.array(fc.nat({ max: 0xff_ffff }), { minLength: 20, maxLength: 200, size: "max" }));

/** What a failure shows: the program and both last messages. */
function describeDifference({ program, linux, ours }: Comparison): string {
  const listing = program.insns.map((_, index) => `${index}: ${formatInstruction(program.insns, index)}`);
  return [
    `${program.type}`,
    ...listing,
    `Linux: ${linux.error ?? "accepted"}`,
    `ours:  ${ours.error ?? "accepted"}`,
  ].join("\n");
}

describe.skipIf(!available)(suiteName("verifier"), () => {
  test.each(CASES.map((each) => [each.name, each] as const))("%s: as Linux", (_, { program, error, errno }) => {
    const { linux, ours } = compare(program);
    expect(linux.error).toBe(error);
    expect(linux.errno).toBe(errno);
    expect(ours.error).toBe(error);
    expect(ours.errno).toBe(errno);
    if (ours.log !== "") expect(comparable(ours.log)).toBe(comparable(linux.log));
  });

  test("the log of level 1 and level 4", () => {
    for (const { program } of CASES.filter(({ errno }) => errno !== "E2BIG"))
      for (const level of [1, 4]) {
        const { linux, ours } = compare(program, level);
        if (ours.log !== "") expect(comparable(ours.log)).toBe(comparable(linux.log));
      }
  });

  test("large programs end as they do on Linux, with the same statistics", { timeout: 120_000 }, () => {
    const repeat = (count: number, line: (k: number) => string): string =>
      Array.from({ length: count }, (_, k) => line(k)).join("\n");
    const branches = repeat(30, (k) => `if r6 == ${k} goto +1\nr7 += 1`);
    const unknown = "call get_prandom_u32\nr6 = r0\nr7 = 0\n";
    const programs = {
      "100,000 instructions": `${repeat(49_999, (k) => `r${k % 5} = ${k}\nr${k % 5} += 7`)}\nr0 = 0\nexit`,
      "30 branches in a row": `${unknown}${branches}\nr0 = 0\nexit`,
      "30 branches, and what they counted matters": `${unknown}${branches}\nr1 = r10\nr1 -= 40\nr1 += r7\n*(u8 *)(r1 + 0) = 1\nr0 = 0\nexit`,
    };
    for (const text of Object.values(programs)) {
      const { linux, ours } = compare(program(text), 4);
      expect(ours.error).toBe(linux.error);
      expect(ours.errno).toBe(linux.errno);
      expect(linux.log).toContain(`processed ${ours.processed} insns`);
    }
  });

  test("jumps that get too long when Linux rewrites the program", { timeout: 120_000 }, () => {
    const over = (count: number, line: string): string =>
      `r6 = r1\ncall get_prandom_u32\nif r0 == 0 goto out\n${Array(count).fill(line).join("\n")}\nout:\nr0 = 0\nexit`;
    // The first of each pair is the longest that Linux takes.
    const limits: readonly (readonly [line: string, count: number])[] = [
      ["may_goto +1\nr0 = 0", 4095],
      ...(NIGHT ? ([["r0 = *(u8 *)skb[3]", 5461]] as const) : []),
    ];
    for (const [line, most] of limits)
      for (const count of [most, most + 1]) {
        const { linux, ours } = compare(program(over(count, line), "sched_cls"), 4);
        expect(linux.ok).toBe(count === most);
        expect({ ok: ours.ok, errno: ours.errno, error: ours.error }).toEqual({
          ok: linux.ok,
          errno: linux.errno,
          error: linux.error,
        });
      }
  });

  test(`${PROGRAMS} generated programs`, { timeout: NIGHT ? 7_200_000 : 300_000 }, () => {
    const tally = new Tally();
    for (const each of fc.sample(tape, { numRuns: PROGRAMS, seed: SEED })) {
      const program = programFromTape(each);
      if (program.insns.length > 0) tally.add(compare(program));
    }
    console.log(`verifier beside Linux (seed ${SEED}): ${tally.report(NIGHT)}`);
    if (NIGHT) for (const each of tally.differing.slice(0, 10)) console.log(describeDifference(each));
    expect(tally.unsound.map(describeDifference)).toEqual([]);
    expect(tally.verdicts / tally.programs).toBeGreaterThanOrEqual(0.99);
    expect(tally.messages / tally.programs).toBeGreaterThanOrEqual(0.97);
    expect(tally.accepted / tally.programs).toBeGreaterThan(0.5);
  });
});
