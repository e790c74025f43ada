/**
 * Soundness: accepted programs run on random packets, and before each instruction every register and stack slot holds a
 * value that the verifier had allowed there. Every path is followed to its end for this, so that nothing is excused by an
 * older path. BPFBOOK_NIGHT runs many more.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatInstruction } from "../../src/asm/format-instruction.ts";
import { concreteRun } from "../../src/linux/bpf/concrete-run.ts";
import { Machine } from "../../src/machine.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { overlay } from "../../src/verifier/overlay.ts";
import { verify } from "../../src/verifier/verify.ts";
import { programFromTape } from "../linux/verifier-programs.ts";
import { CASES } from "./cases.ts";

const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;
const PROGRAMS = NIGHT ? 20_000 : 400;
const SEED = NIGHT ? Date.now() : 618;
const PACKETS = 2;
/** Types that a test run can run. */
const RUNNABLE: ReadonlySet<string> = new Set(["xdp", "sched_cls", "socket_filter"]);
/** Longer verifications are left out: without pruning there is no end to some. */
const MOST_PROCESSED = 10_000;
/** Helpers that move the packet while the run's surroundings stay. */
const MOVING: ReadonlySet<number> = new Set([44]);

const tape = fc.noBias(fc.array(fc.nat({ max: 0xff_ffff }), { minLength: 20, maxLength: 200, size: "max" }));

const listing = (program: ProgramSpec): string =>
  program.insns.map((_, index) => `${index}: ${formatInstruction(program.insns, index)}`).join("\n");

/** Steps of runs that were laid over the exploration, and what was wrong. */
function check(program: ProgramSpec, packets: readonly Uint8Array[]): { steps: number; wrong: string[] } {
  const { ok, exploration } = verify(program, { record: true, prune: false, limit: MOST_PROCESSED });
  if (!ok || exploration === undefined) return { steps: 0, wrong: [] };
  const machine = new Machine({ seed: 1 });
  const loaded = machine.load(program, { engine: "interp" });
  let steps = 0;
  const wrong: string[] = [];
  for (const packet of packets) {
    const laid = overlay(exploration, concreteRun(machine.bpf, loaded.program, packet));
    steps += laid.steps.length;
    for (const { insn, outside } of laid.breaches) wrong.push(`${insn}: ${outside.join()}\n${listing(program)}`);
    if (laid.lost) wrong.push(`no path to ${laid.lost.insn}\n${listing(program)}`);
  }
  return { steps, wrong };
}

const runs = (program: ProgramSpec): boolean =>
  RUNNABLE.has(program.type) &&
  !program.insns.some(({ code, src, imm }) => code === 0x85 && src === 0 && MOVING.has(imm)) &&
  verify(program).ok;

test(`${PROGRAMS} generated programs: no value outside of what was proved`, {
  timeout: NIGHT ? 7_200_000 : 120_000,
}, () => {
  let programs = 0;
  let steps = 0;
  const wrong: string[] = [];
  const refused = new Map<string, number>();
  const packets = fc.sample(fc.uint8Array({ minLength: 14, maxLength: 100 }), { numRuns: PACKETS, seed: SEED });
  for (const each of fc.sample(tape, { numRuns: PROGRAMS, seed: SEED })) {
    const program = programFromTape(each);
    if (program.insns.length === 0 || !runs(program)) continue;
    try {
      const checked = check(program, packets);
      programs++;
      steps += checked.steps;
      wrong.push(...checked.wrong);
    } catch (error) {
      // What the engines do not run yet they refuse by name.
      const text = error instanceof Error ? error.message : String(error);
      refused.set(text, (refused.get(text) ?? 0) + 1);
    }
  }
  console.log(`soundness (seed ${SEED}): ${programs} programs, ${steps} instructions, ${refused.size} forms not run`);
  if (refused.size > 0) console.log([...refused].map(([text, count]) => `  ${count} ${text}`).join("\n"));
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(programs).toBeGreaterThan(PROGRAMS / 20);
});

const accepted = CASES.filter(({ error, program }) => error === undefined && runs(program));

test.each(accepted.map((each) => [each.name, each.program] as const))("%s: no value outside", (_, program) => {
  const packets = fc.sample(fc.uint8Array({ minLength: 14, maxLength: 100 }), { numRuns: PACKETS, seed: SEED });
  expect(check(program, packets).wrong).toEqual([]);
});

/** The same with pruning: what a path claims until an older one covers it. */
test("a run is found on the pruned exploration, too", () => {
  for (const { program } of accepted) {
    const { exploration } = verify(program, { record: true });
    const machine = new Machine({ seed: 1 });
    const loaded = machine.load(program, { engine: "interp" });
    const laid = overlay(exploration!, concreteRun(machine.bpf, loaded.program, new Uint8Array(64).fill(7)));
    expect(laid.breaches).toEqual([]);
    expect(laid.lost).toBeUndefined();
  }
});
