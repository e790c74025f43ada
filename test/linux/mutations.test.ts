/**
 * The cases of test/verifier, changed at random, before both verifiers. Only in night mode: programs like these find faults of
 * Linux's verifier too, and one of those stops the process and may harm the machine.
 */
import { describe, expect, test } from "vitest";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { CASES } from "../verifier/cases.ts";
import { KERNEL_CASES } from "../verifier/kernel-cases.ts";
import { TYPED_CASES } from "../verifier/typed-cases.ts";
import { typedProgram } from "../verifier/typed-programs.ts";
import { available, suiteName } from "./bpf.ts";
import { type Choose, materialOf, mutate } from "./mutate.ts";
import { compare, KERNEL, Tally } from "./verifier-compare.ts";

const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;
const PROGRAMS = 20_000;
const SEED = Date.now();
/** Longer ones are for other tests. */
const MOST_INSTRUCTIONS = 400;

/** Linux 6.18 follows the second argument of these without looking whether it is a map. */
const FATAL: readonly string[] = [
  "bpf_wq_init",
  "bpf_task_work_schedule_signal_impl",
  "bpf_task_work_schedule_resume_impl",
];

/** The same numbers for the same seed (xorshift). */
function chooser(seed: number): Choose {
  let state = seed | 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

/** What fits the fields of an instruction. */
const isEncodable = ({ insns }: ProgramSpec): boolean =>
  insns.every(({ offset, imm }) => offset === (offset << 16) >> 16 && imm === (imm | 0));

describe.skipIf(!available || KERNEL === undefined || !NIGHT)(suiteName("verifier: changed programs"), () => {
  test(`${PROGRAMS} changed programs`, { timeout: 7_200_000 }, () => {
    const kernel = KERNEL!;
    const typed = [...TYPED_CASES, ...KERNEL_CASES].map((each) => typedProgram(each, kernel));
    const bases = [...CASES.map(({ program }) => program), ...typed].filter(
      ({ insns }) => insns.length > 0 && insns.length < MOST_INSTRUCTIONS,
    );
    const material = materialOf(bases);
    const fatal = new Set(FATAL.map((name) => kernel.byName(name, "func")?.id));
    const choose = chooser(SEED);
    const tally = new Tally();
    for (let count = 0; count < PROGRAMS; count++) {
      let program = bases[choose(bases.length)]!;
      const changes = 1 + choose(choose(5) === 0 ? 5 : 2);
      for (let k = 0; k < changes; k++) program = mutate(program, material, choose);
      if (program.insns.some(({ code, src, imm }) => code === 0x85 && src === 2 && fatal.has(imm))) continue;
      if (isEncodable(program)) tally.add(compare(program));
    }
    console.log(`changed programs beside Linux (seed ${SEED}): ${tally.report(true)}`);
    expect(tally.unsound.map(({ program, linux }) => ({ insns: program.insns, linux: linux.error }))).toEqual([]);
    expect(tally.verdicts / tally.programs).toBeGreaterThanOrEqual(0.99);
    expect(tally.messages / tally.programs).toBeGreaterThanOrEqual(0.97);
  });
});
