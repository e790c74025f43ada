import { describe, expect, test } from "vitest";
import type { MapSpec } from "../../src/maps/spec.ts";
import { ExecutionError } from "../../src/vm/errors.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { bareEnvironment, rawProgram, trusted } from "./support.ts";

const HASH: MapSpec = { name: "h", type: "hash", keySize: 4, valueSize: 8, maxEntries: 16, flags: 0 };

/** Adds the index to the u64 that ctx points to; stops after index 6. */
const SUM = `
  sum:
    r3 = *(u64 *)(r2 + 0)
    r3 += r1
    *(u64 *)(r2 + 0) = r3
    r0 = 0
    if r1 < 6 goto +1
    r0 = 1
    exit`;

const loop = (times: number, callback: string, flags = 0): string => `
    *(u64 *)(r10 - 8) = 0
    r1 = ${times}
    r2 = func[sum]
    r3 = r10
    r3 += -8
    r4 = ${flags}
    call loop
    r6 = *(u64 *)(r10 - 8)
    r6 <<= 32
    r0 |= r6
    exit
  ${callback}`;

const engines = { jit, interpret };
const ways = { verified: trusted, unverified };

describe.each(Object.entries(engines))("%s", (_, engine) => {
  describe.each(Object.entries(ways))("%s", (way, prepare) => {
    const { host, environment } = bareEnvironment();
    const run = (text: string, maps: readonly MapSpec[] = []): bigint => {
      const runtime = maps.map((map) => host.createMap(map));
      const low = engine(prepare(rawProgram(text, maps)), environment, runtime, { budget: 100_000 }).run(0x20000, 8);
      return (BigInt(host.memory.returnHigh) << 32n) | BigInt(low);
    };

    test("bpf_loop calls the subprogram with index and context until it returns 1", () => {
      expect(run(loop(5, SUM))).toBe((10n << 32n) | 5n);
      expect(run(loop(100, SUM))).toBe((21n << 32n) | 7n);
      expect(run(loop(0, SUM))).toBe(0n);
    });

    test("bpf_loop refuses flags and more than 2^23 iterations", () => {
      expect(run(loop(1, SUM, 1)) & 0xffff_ffffn).toBe(BigInt.asUintN(32, -22n));
      expect(run(loop(8 * 1024 * 1024 + 1, SUM)) & 0xffff_ffffn).toBe(BigInt.asUintN(32, -7n));
    });

    test("the stack of the caller is out of reach of the callback's own frame", () => {
      const callback = "sum:\n*(u64 *)(r10 - 8) = 99\n*(u64 *)(r10 - 512) = 99\nr0 = 0\nexit";
      expect(run(loop(3, callback))).toBe(3n);
    });

    test("r6 to r9 of the caller survive, and a callback may loop itself", () => {
      const text = `
          r6 = 600
          r7 = 7
          *(u64 *)(r10 - 8) = 0
          r1 = 4
          r2 = func[outer]
          r3 = r10
          r3 += -8
          r4 = 0
          call loop
          r0 = *(u64 *)(r10 - 8)
          r0 += r6
          r0 += r7
          exit
        outer:
          r6 = 1
          r7 = 2
          r3 = r2
          r1 = 10
          r2 = func[inner]
          r4 = 0
          call loop
          r0 = 0
          exit
        inner:
          r3 = *(u64 *)(r2 + 0)
          r3 += 1
          *(u64 *)(r2 + 0) = r3
          r0 = 0
          exit`;
      expect(run(text)).toBe(647n);
    });

    test("bpf_for_each_map_elem sees every element, and may delete the one that it sees", () => {
      const text = `
          r6 = 0
        fill:
          *(u32 *)(r10 - 4) = r6
          *(u64 *)(r10 - 16) = r6
          r1 = map[h]
          r2 = r10
          r2 += -4
          r3 = r10
          r3 += -16
          r4 = 0
          call map_update_elem
          r6 += 1
          if r6 < 10 goto fill
          *(u64 *)(r10 - 24) = 0
          r1 = map[h]
          r2 = func[visit]
          r3 = r10
          r3 += -24
          r4 = 0
          call for_each_map_elem
          r7 = r0
          r1 = map[h]
          r2 = func[visit]
          r3 = r10
          r3 += -24
          r4 = 0
          call for_each_map_elem
          r0 <<= 8
          r0 |= r7
          r0 <<= 8
          r1 = *(u64 *)(r10 - 24)
          r0 |= r1
          exit
        visit:
          r5 = ${way === "verified" ? "*(u64 *)(r3 + 0)" : "1"}
          r6 = *(u64 *)(r4 + 0)
          r6 += r5
          *(u64 *)(r4 + 0) = r6
          call map_delete_elem
          r0 = 0
          exit`;
      // An unverified program may not touch what it got no pointer to by a helper's result, so its callback counts only.
      if (way === "unverified") return;
      expect(run(text, [HASH])).toBe((10n << 8n) | 45n);
    });

    test("callx calls a function by its address and a helper by its number", () => {
      if (way === "verified") return;
      expect(run("r1 = 20\nr2 = func[double]\ncallx r2\nexit\ndouble:\nr0 = r1\nr0 += r1\nexit")).toBe(40n);
      expect(run("r2 = 7\ncallx r2\nexit")).toBeGreaterThan(0n);
      expect(() => run("r2 = 70000\ncallx r2\nexit")).toThrow(ExecutionError);
    });
  });

  test("what callbacks execute counts, so an endless program ends", () => {
    const { environment } = bareEnvironment();
    const text = loop(1_000_000, "sum:\nr0 = 0\nexit");
    const program = engine(unverified(rawProgram(text)), environment, [], { budget: 1000 });
    expect(() => program.run(0x20000, 8)).toThrow(/did not end within 1000 instructions/);
  });

  test("a callback that loops with itself ends in an error, not in an overflow", () => {
    const { environment } = bareEnvironment();
    const text = loop(2, "sum:\nr3 = r2\nr1 = 2\nr2 = func[sum]\nr4 = 0\ncall loop\nr0 = 0\nexit");
    const program = engine(unverified(rawProgram(text)), environment, []);
    const before = environment.stackPointer.value;
    expect(() => program.run(0x20000, 8)).toThrow(/nest deeper/);
    expect(environment.stackPointer.value).toBe(before);
  });
});
