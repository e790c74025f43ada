/**
 * Programs with types before the running Linux: the cases of test/verifier/typed-cases.ts (verdict, errno, message and the
 * whole log), and generated ones with callbacks, iterators, dynptrs, records, sections and global functions.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KERNEL_CASES } from "../verifier/kernel-cases.ts";
import { TYPED_CASES } from "../verifier/typed-cases.ts";
import { messageOf, typedProgram } from "../verifier/typed-programs.ts";
import { available, suiteName } from "./bpf.ts";
import { btfTextFromTape, placesOf } from "./btf-generator.ts";
import { kindsTextFromTape } from "./kinds-generator.ts";
import { objectTextFromTape } from "./object-generator.ts";
import { typedTextFromTape } from "./typed-generator.ts";
import { comparable, compare, KERNEL, Tally } from "./verifier-compare.ts";

const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;
const PROGRAMS = NIGHT ? 10_000 : 200;
/** Those with loops that do not converge take long. */
const KINDS = NIGHT ? 10_000 : 100;
const SEED = NIGHT ? Date.now() : 6_18;

const tape = fc.noBias(fc.array(fc.nat({ max: 0xff_ffff }), { minLength: 10, maxLength: 60, size: "max" }));

describe.skipIf(!available || KERNEL === undefined)(suiteName("verifier: programs with types"), () => {
  test.each([...TYPED_CASES, ...KERNEL_CASES].map((each) => [each.name, each] as const))("%s: as Linux", (_, each) => {
    for (const level of [2, 1]) {
      const { linux, ours } = compare(typedProgram(each, KERNEL!), level);
      expect(linux.error).toBe(messageOf(each, KERNEL!));
      expect(linux.errno).toBe(each.errno);
      expect(ours.error).toBe(messageOf(each, KERNEL!));
      expect(ours.errno).toBe(each.errno);
      expect(comparable(ours.log)).toBe(comparable(linux.log));
    }
  });

  test("a constant of a frozen array of several elements: refused without a word", () => {
    const text = "*(u32 *)(r10 - 4) = 1\n r1 = map[frozenMany]\n r2 = r10\n r2 += -4\n call map_lookup_elem";
    const program = { name: "", text: `${text}\n if r0 == 0 goto +1\n r1 = *(u64 *)(r0 + 0)\n r0 = 0\n exit` };
    const { linux, ours } = compare(typedProgram(program, KERNEL!));
    expect([ours.ok, ours.errno]).toEqual([false, linux.errno]);
    expect(comparable(ours.log)).toBe(comparable(linux.log));
  });

  test(`${PROGRAMS} generated programs`, { timeout: NIGHT ? 7_200_000 : 120_000 }, () => {
    const tally = new Tally();
    for (const each of fc.sample(tape, { numRuns: PROGRAMS, seed: SEED }))
      tally.add(compare(typedProgram(typedTextFromTape(each), KERNEL!)));
    console.log(`verifier with types beside Linux (seed ${SEED}): ${tally.report(NIGHT)}`);
    expect(tally.unsound.map(({ program, linux }) => ({ program, linux: linux.error }))).toEqual([]);
    expect(tally.verdicts / tally.programs).toBeGreaterThanOrEqual(0.99);
    expect(tally.messages / tally.programs).toBeGreaterThanOrEqual(0.94);
    expect(tally.accepted / tally.programs).toBeGreaterThan(0.5);
  });

  test(`${KINDS} generated programs that throw, use arenas, metadata, private stacks and loops of all kinds`, {
    timeout: NIGHT ? 7_200_000 : 120_000,
  }, () => {
    const tally = new Tally();
    for (const each of fc.sample(tape, { numRuns: KINDS, seed: SEED }))
      tally.add(compare(typedProgram(kindsTextFromTape(each), KERNEL!)));
    console.log(`kinds of programs beside Linux (seed ${SEED}): ${tally.report(NIGHT)}`);
    expect(tally.unsound.map(({ program, linux }) => ({ program, linux: linux.error }))).toEqual([]);
    expect(tally.verdicts / tally.programs).toBeGreaterThanOrEqual(0.99);
    expect(tally.messages / tally.programs).toBeGreaterThanOrEqual(0.97);
    expect(tally.accepted / tally.programs).toBeGreaterThan(0.5);
  });

  test(`${PROGRAMS} generated programs with objects`, { timeout: NIGHT ? 7_200_000 : 120_000 }, () => {
    const tally = new Tally();
    for (const each of fc.sample(tape, { numRuns: PROGRAMS, seed: SEED }))
      tally.add(compare(typedProgram(objectTextFromTape(each), KERNEL!)));
    console.log(`objects in maps and on the heap beside Linux (seed ${SEED}): ${tally.report(NIGHT)}`);
    expect(tally.unsound.map(({ program, linux }) => ({ program, linux: linux.error }))).toEqual([]);
    expect(tally.verdicts / tally.programs).toBeGreaterThanOrEqual(0.99);
    expect(tally.messages / tally.programs).toBeGreaterThanOrEqual(0.97);
    expect(tally.accepted / tally.programs).toBeGreaterThan(0.4);
  });

  test(`${PROGRAMS} generated programs that walk Linux's structures`, { timeout: NIGHT ? 7_200_000 : 120_000 }, () => {
    const tally = new Tally();
    const places = placesOf(KERNEL!);
    for (const each of fc.sample(tape, { numRuns: PROGRAMS, seed: SEED }))
      tally.add(compare(typedProgram(btfTextFromTape(each, places), KERNEL!)));
    console.log(`pointers to structures beside Linux (seed ${SEED}): ${tally.report(NIGHT)}`);
    expect(tally.unsound.map(({ program, linux }) => ({ program, linux: linux.error }))).toEqual([]);
    expect(tally.verdicts / tally.programs).toBeGreaterThanOrEqual(0.99);
    expect(tally.logs / tally.programs).toBeGreaterThanOrEqual(0.97);
    expect(tally.accepted / tally.programs).toBeGreaterThan(0.5);
  });
});
