/** The verifier before users without CAP_PERFMON: generated programs, as Linux judges them for a thread that lacks it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { available, suiteName } from "./bpf.ts";
import { compare, Tally } from "./verifier-compare.ts";
import { programFromTape } from "./verifier-programs.ts";

const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;
const PROGRAMS = NIGHT ? 20_000 : 40;
const SEED = NIGHT ? Date.now() : 6_18;
const tape = fc.noBias(fc.array(fc.nat({ max: 0xff_ffff }), { minLength: 20, maxLength: 200, size: "max" }));

/** Nobody loads these without it. */
const OBSERVING: ReadonlySet<string> = new Set([
  ...["kprobe", "tracepoint", "raw_tracepoint", "raw_tracepoint_writable", "perf_event", "tracing"],
]);

test.skipIf(!available)(suiteName(`${PROGRAMS} generated programs without CAP_PERFMON`), { timeout: 7_200_000 }, () => {
  const tally = new Tally();
  for (const each of fc.sample(tape, { numRuns: PROGRAMS, seed: SEED })) {
    const program = programFromTape(each);
    if (program.insns.length > 0 && !OBSERVING.has(program.type)) tally.add(compare(program, 2, false));
  }
  console.log(`without CAP_PERFMON beside Linux (seed ${SEED}): ${tally.report(NIGHT)}`);
  expect(tally.unsound.map(({ linux }) => linux.error)).toEqual([]);
  expect(tally.verdicts / tally.programs).toBeGreaterThanOrEqual(0.99);
  expect(tally.messages / tally.programs).toBeGreaterThanOrEqual(0.97);
});
