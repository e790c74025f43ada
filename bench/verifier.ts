/**
 * Prints how long our verifier takes beside Linux's on the same programs, `verify` without a log beside what Linux itself
 * calls its verification time (log level 4) and beside the whole load; when warm, in turns, medians; and the first time in
 * this process, when V8 knows little of the code yet. Needs root on Linux.
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

/** In milliseconds: how long V8 may warm up (of the thread's processor time: V8 compiles beside it), how long a turn is. */
const WARM_UP = 1000;
const TURN = 40;
const TURNS = 9;

function milliseconds(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1];

/** What `run` returns, over and over for `time` milliseconds: the median, as other work on the machine interrupts some runs. */
function typical(time: number, run: () => number): number {
  const end = performance.now() + time;
  const all: number[] = [];
  do all.push(run());
  while (performance.now() < end);
  return median(all);
}

function warmUp(run: () => void): void {
  const start = process.threadCpuUsage();
  let used = 0;
  while (used < 1000 * WARM_UP) {
    run();
    const { user, system } = process.threadCpuUsage(start);
    used = user + system;
  }
}

/** Milliseconds that Linux says its verifier took. */
const verificationTime = (log: string): number => Number(/verification time (\d+) usec/.exec(log)![1]) / 1000;

if (!available) console.log(`nothing to compare with: ${why}`);
else {
  const wanted = process.argv[2];
  const ratios = { verification: [] as number[], load: [] as number[], cold: [] as number[] };
  for (const [name, spec] of Object.entries(PROGRAMS)) {
    if (wanted !== undefined && !name.includes(wanted)) continue;
    const options = { ...loadOptions(spec), logLevel: 4 };
    const { ok, errno, fd } = progLoad(options);
    close(fd);
    if (!ok && errno !== "E2BIG") {
      console.log(`${name.padEnd(28)} Linux does not load it: ${errno}`);
      continue;
    }
    let processed = 0;
    const ours = (): number =>
      milliseconds(() => {
        processed = verify(spec).processed;
      });
    const loads: number[] = [];
    const linux = (): number => {
      const start = performance.now();
      const answer = progLoad(options);
      close(answer.fd);
      loads.push(performance.now() - start);
      return verificationTime(answer.log);
    };
    const cold = ours();
    warmUp(ours);
    const turns = Array.from({ length: TURNS }, () => [typical(TURN, ours), typical(TURN, linux)] as const);
    const warm = median(turns.map(([mine]) => mine));
    const theirs = median(turns.map(([, other]) => other));
    ratios.verification.push(warm / theirs);
    ratios.load.push(warm / median(loads));
    ratios.cold.push(cold / median(loads));
    const perInsn = (time: number): string => `${((1e6 * time) / processed).toFixed(0)} ns`;
    console.log(
      `${name.padEnd(28)} ${String(processed).padStart(8)} insns  ours ${warm.toFixed(3).padStart(9)} ms ` +
        `(${perInsn(warm)} an instruction)  Linux ${theirs.toFixed(3).padStart(9)} ms (${perInsn(theirs)}), ` +
        `ratio ${(warm / theirs).toFixed(2)}; of the load ${median(loads).toFixed(3)} ms ${(warm / median(loads)).toFixed(2)}; ` +
        `first run ${cold.toFixed(2)} ms`,
    );
  }
  const mean = (all: readonly number[]): string =>
    Math.exp(all.reduce((sum, each) => sum + Math.log(each), 0) / all.length).toFixed(2);
  console.log(
    `geometric mean of our time when warm to Linux's verification time ${mean(ratios.verification)}, to its whole load ` +
      `${mean(ratios.load)}; of our first run to its whole load ${mean(ratios.cold)}`,
  );
}

if (process.argv[2] === undefined || process.argv[2] === "memory")
  for (const name of Object.keys(LARGE_PROGRAMS)) {
    const { megabytes, processed, states } = memoryOf(name);
    console.log(`memory: ${name}: ${processed} insns, ${states} states, at most ${megabytes} MB of the whole process`);
  }
