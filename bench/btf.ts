/**
 * Prints how long BTF takes: the running Linux's 5 MB to read and to walk whole, a header of it as C, what ships of each release,
 * and to open and load a real object. Goal: reading /sys/kernel/btf/vmlinux within 300 ms.
 *
 *     node bench/btf.ts
 */
import { existsSync, readFileSync } from "node:fs";
import { parseBtf } from "../src/btf/btf.ts";
import { printHeader } from "../src/btf/c/print.ts";
import { machineBtf, RELEASES } from "../src/btf/data/machine.ts";
import { Machine } from "../src/machine.ts";

const VMLINUX = "/sys/kernel/btf/vmlinux";
const OBJECT = new URL("../test/fixtures/objects/core_reads.bpf.o", import.meta.url);

/** First and best of some runs, in milliseconds. */
function time(what: string, run: () => unknown, rounds = 5): void {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  const [first, best] = [times[0]!, Math.min(...times)].map((each) => each.toFixed(1));
  console.log(`${what.padEnd(44)} first ${first!.padStart(7)} ms   best ${best!.padStart(7)} ms`);
}

if (existsSync(VMLINUX)) {
  const bytes = new Uint8Array(readFileSync(VMLINUX));
  time(`read ${VMLINUX}`, () => parseBtf(bytes));
  time("  and find task_struct in it", () => parseBtf(bytes).byName("task_struct", "struct"));
  time("  and decode all its types", () => [...parseBtf(bytes).types()].length);
  time("  and print it as C", () => printHeader(parseBtf(bytes)).length, 2);
} else console.log(`${VMLINUX} is missing`);

for (const release of RELEASES) time(`types of ${release} that ship`, () => machineBtf(release), 1);
const object = new Uint8Array(readFileSync(OBJECT));
time("open an object", () => new Machine().open(object));
time("open and load it, with CO-RE", () => new Machine().open(object).load());
