/**
 * Prints how long our verifier takes beside Linux's on the same programs: processor time of the whole load for Linux, of
 * `verify` without a log for ours; the first time, while V8 does not know the code yet, and when warm. Needs root on Linux.
 *
 *     node bench/verifier.ts [part of a name]
 */
import { readFileSync } from "node:fs";
import { Machine } from "../src/machine.ts";
import type { ProgramSpec } from "../src/programs/spec.ts";
import { verify } from "../src/verifier/verify.ts";
import { available, close, progLoad, why } from "../test/linux/bpf.ts";
import { loadOptions } from "../test/linux/verifier-compare.ts";
import { LARGE_PROGRAMS, memoryOf } from "../test/verifier/large-programs.ts";
import { lookup, program } from "../test/verifier/programs.ts";

const repeat = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, k) => line(k)).join("\n");
const ARITHMETIC = ["r6 += 1", "r6 &= 0xffff", "r6 <<= 3", "r6 ^= r0", "r6 >>= 2", "w6 += 5"];

/** Programs that clang compiled, as the loader hands them to Linux. */
function fromObjects(): Record<string, ProgramSpec> {
  const folder = new URL("../test/fixtures/objects/", import.meta.url);
  const found: Record<string, ProgramSpec> = {};
  for (const name of ["execsnoop", "loops", "subprograms", "kfuncs", "xdp_counter"]) {
    const object = new Machine({ release: "6.18" }).open(readFileSync(new URL(`${name}.bpf.o`, folder)), { name });
    object.load();
    for (const each of object.programList)
      if (each.isLoaded) found[`C: ${name}/${each.name}`] = { ...each.loaded.spec, lineInfo: undefined };
  }
  return found;
}

const PROGRAMS: Readonly<Record<string, ProgramSpec>> = {
  "loop to the limit": program("r0 = 0\n1: r0 += 1\nif r0 < 1000000 goto 1b\nexit"),
  "loop with lookup": program(
    `r6 = 0\n1: ${lookup("hash")} if r0 == 0 goto +3\nr1 = *(u64 *)(r0 + 0)\nr1 += 1\n*(u64 *)(r0 + 0) = r1\nr6 += 1\nif r6 < 5000 goto 1b\nr0 = 0\nexit`,
  ),
  ...fromObjects(),
  "100,000 insns": program(`${repeat(49_999, (k) => `r${k % 5} = ${k}\nr${k % 5} += 7`)}\nr0 = 0\nexit`),
  "30 branches": program(
    `r6 = *(u32 *)(r1 + 0)\nr7 = 0\n${repeat(30, (k) => `if r6 == ${k} goto +1\nr7 += 1`)}\nr0 = 0\nexit`,
  ),
  constants: program(`${repeat(20_000, (k) => `r${k % 5} = ${k}\nr${k % 5} += 7`)}\nr0 = 0\nexit`),
  "unknown numbers": program(`call get_prandom_u32\nr6 = r0\n${repeat(5000, (k) => ARITHMETIC[k % 6])}\nr0 = 0\nexit`),
  stack: program(
    `${repeat(5000, (k) => `*(u64 *)(r10 - ${8 * (1 + (k % 60))}) = r1\nr2 = *(u64 *)(r10 - ${8 * (1 + (k % 60))})`)}\nr0 = 0\nexit`,
  ),
};

/** Warm runs of a program go on for this long, in milliseconds of processor time. */
const LONG_ENOUGH = 400;
const MOST_RUNS = 2000;

/** What is shorter cannot be told from nothing, in milliseconds. */
const SHORTEST = 0.01;

/** Milliseconds of the calling thread's processor time: what other work on the machine takes does not count. */
function processorTime(run: () => void): number {
  const start = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(start);
  return Math.max(SHORTEST, (user + system) / 1000);
}

/** The mean of many runs. */
function warmTime(run: () => void): number {
  const once = processorTime(run);
  const runs = Math.max(1, Math.min(MOST_RUNS, Math.ceil(LONG_ENOUGH / Math.max(once, 0.01))));
  return (
    processorTime(() => {
      for (let k = 0; k < runs; k++) run();
    }) / runs
  );
}

if (!available) console.log(`nothing to compare with: ${why}`);
else {
  const wanted = process.argv[2];
  const ratios = { cold: [] as number[], warm: [] as number[] };
  for (const [name, spec] of Object.entries(PROGRAMS)) {
    if (wanted !== undefined && !name.includes(wanted)) continue;
    const options = loadOptions(spec);
    const load = (): void => close(progLoad(options).fd);
    const { ok, errno } = progLoad(options);
    if (!ok && errno !== "E2BIG") {
      console.log(`${name.padEnd(20)} Linux does not load it: ${errno}`);
      continue;
    }
    let processed = 0;
    const run = (): void => {
      processed = verify(spec).processed;
    };
    const cold = processorTime(run);
    const warm = warmTime(run);
    const linuxCold = processorTime(load);
    const linux = warmTime(load);
    ratios.cold.push(cold / linuxCold);
    ratios.warm.push(warm / linux);
    const perInsn = (time: number): string => `${((1e6 * time) / processed).toFixed(0)} ns`;
    console.log(
      `${name.padEnd(20)} ${String(processed).padStart(8)} insns  ours ${warm.toFixed(2).padStart(8)} ms ` +
        `(${perInsn(warm)} an instruction)  Linux ${linux.toFixed(2).padStart(8)} ms (${perInsn(linux)})  ` +
        `ratio ${(warm / linux).toFixed(2)}; first run ${cold.toFixed(1)} ms, ratio ${(cold / linuxCold).toFixed(1)}`,
    );
  }
  const mean = (all: readonly number[]): string =>
    Math.exp(all.reduce((sum, each) => sum + Math.log(each), 0) / all.length).toFixed(2);
  console.log(
    `geometric mean of our time to Linux's: ${mean(ratios.warm)} when warm, ${mean(ratios.cold)} the first time`,
  );
}

if (process.argv[2] === undefined || process.argv[2] === "memory")
  for (const name of Object.keys(LARGE_PROGRAMS)) {
    const { megabytes, processed, states } = memoryOf(name);
    console.log(`memory: ${name}: ${processed} insns, ${states} states, at most ${megabytes} MB of the whole process`);
  }
