/**
 * Prints how long our verifier takes beside Linux's on the same programs: processor time of the whole load for Linux, of
 * `verify` without a log for ours, and instructions followed per second. Needs root on Linux.
 *
 *     node bench/verifier.ts
 */
import { encode } from "../src/isa/encode.ts";
import type { ProgramSpec } from "../src/programs/spec.ts";
import { verify } from "../src/verifier/verify.ts";
import { available, close, mapCreate, progLoad, why } from "../test/linux/bpf.ts";
import { ARRAY, HASH, lookup, program, STACKS } from "../test/verifier/programs.ts";

const RUNS = 5;

const repeat = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, k) => line(k)).join("\n");
const ARITHMETIC = ["r6 += 1", "r6 &= 0xffff", "r6 <<= 3", "r6 ^= r0", "r6 >>= 2", "w6 += 5"];

const PROGRAMS: Readonly<Record<string, ProgramSpec>> = {
  "loop to the limit": program("r0 = 0\n1: r0 += 1\nif r0 < 1000000 goto 1b\nexit"),
  "loop with lookup": program(
    `r6 = 0\n1: ${lookup("hash")} if r0 == 0 goto +3\nr1 = *(u64 *)(r0 + 0)\nr1 += 1\n*(u64 *)(r0 + 0) = r1\nr6 += 1\nif r6 < 5000 goto 1b\nr0 = 0\nexit`,
  ),
  "30 branches": program(
    `r6 = *(u32 *)(r1 + 0)\nr7 = 0\n${repeat(30, (k) => `if r6 == ${k} goto +1\nr7 += 1`)}\nr0 = 0\nexit`,
  ),
  constants: program(`${repeat(20_000, (k) => `r${k % 5} = ${k}\nr${k % 5} += 7`)}\nr0 = 0\nexit`),
  "unknown numbers": program(`call get_prandom_u32\nr6 = r0\n${repeat(5000, (k) => ARITHMETIC[k % 6])}\nr0 = 0\nexit`),
  stack: program(
    `${repeat(5000, (k) => `*(u64 *)(r10 - ${8 * (1 + (k % 60))}) = r1\nr2 = *(u64 *)(r10 - ${8 * (1 + (k % 60))})`)}\nr0 = 0\nexit`,
  ),
};

/** Milliseconds of processor time of one run, after one that warms up. */
function processorTime(run: () => void): number {
  run();
  const start = process.cpuUsage();
  for (let k = 0; k < RUNS; k++) run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / RUNS;
}

if (!available) console.log(`nothing to compare with: ${why}`);
else {
  const mapFds = [ARRAY, HASH, STACKS].map((map) => mapCreate(map).fd);
  let product = 1;
  for (const [name, spec] of Object.entries(PROGRAMS)) {
    const { processed } = verify(spec);
    const ours = processorTime(() => verify(spec));
    const insns = encode(spec.insns);
    const linux = processorTime(() => close(progLoad({ type: spec.type, insns, mapFds }).fd));
    product *= ours / linux;
    const rate = (processed / ours / 1000).toFixed(2);
    console.log(
      `${name.padEnd(20)} ${String(processed).padStart(8)} insns  ours ${ours.toFixed(1).padStart(8)} ms (${rate} M/s)  ` +
        `Linux ${linux.toFixed(1).padStart(8)} ms  ratio ${(ours / linux).toFixed(2)}`,
    );
  }
  const mean = product ** (1 / Object.keys(PROGRAMS).length);
  console.log(`geometric mean of our time to Linux's: ${mean.toFixed(2)}`);
  mapFds.forEach(close);
}
