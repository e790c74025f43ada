import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MapSpec } from "../../src/maps/spec.ts";
import { ExecutionError } from "../../src/vm/errors.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { MEMORY_SIZE, recursiveProgram, wildProgram } from "./arbitrary.ts";
import { bareEnvironment, rawProgram } from "./support.ts";

const counts: MapSpec = { name: "counts", type: "hash", keySize: 4, valueSize: 8, maxEntries: 4, flags: 0 };

function start(text: string, length = 16) {
  const { host, environment } = bareEnvironment();
  const context = host.memory.allocate(64);
  const program = interpret(unverified(rawProgram(text)), environment, [], { budget: 100 });
  return { host, context, run: program.start(context, length) };
}

describe("stepping", () => {
  test("shows the state between instructions", () => {
    const { run } = start("r0 = 5\nr0 += -7\nexit");
    expect(run.state()).toMatchObject({ pc: 0, executed: 0, exited: false, returnsTo: [] });
    expect(run.step()).toBe(true);
    expect(run.state()).toMatchObject({ pc: 1, executed: 1 });
    expect(run.state().registers[0]).toBe(5n);
    run.step();
    expect(run.state().registers[0]).toBe(2n ** 64n - 2n);
    expect(run.next).toEqual({ kind: "exit" });
    run.step();
    expect(run.state()).toMatchObject({ pc: 2, executed: 3, exited: true });
    expect(run.step()).toBe(false);
  });

  test("starts as a run does", () => {
    const { run, host, context } = start("exit", 16);
    const { registers } = run.state();
    expect(registers.slice(0, 3)).toEqual([0n, host.memory.address(context), 16n]);
    expect(host.memory.offsetOf(registers[10]!)).toBeDefined();
  });

  test("a call shows where it returns to; ld_imm64 is one instruction", () => {
    const { run } = start("r1 = 7 ll\ncall f\nexit\nf: r0 = r1\nexit");
    run.step();
    expect(run.state().pc).toBe(2);
    run.step();
    expect(run.state()).toMatchObject({ pc: 4, returnsTo: [3] });
    run.goTo(100);
    expect(run.state()).toMatchObject({ executed: 5, exited: true });
  });

  test("runTo stops at a slot, each time it is next", () => {
    const { run } = start("r0 = 3\n1: r0 += -1\nif r0 != 0 goto 1b\nexit");
    const seen: bigint[] = [];
    while (run.runTo(2)) seen.push(run.state().registers[0]!);
    expect(seen).toEqual([2n, 1n, 0n]);
  });

  test("an error leaves the state before the instruction", () => {
    const { run } = start("r0 = 1\nr0 = *(u8 *)(r1 + 99)\nexit");
    run.step();
    const before = run.state();
    expect(() => run.step()).toThrow(ExecutionError);
    expect(run.state()).toEqual(before);
    expect(run.back()).toBe(true);
    expect(run.state().pc).toBe(0);
  });

  test("the budget counts steps", () => {
    const { run } = start("1: goto 1b\nexit");
    expect(() => run.goTo(1000)).toThrow(/did not end within 100 instructions/);
    expect(run.state().executed).toBe(100);
  });
});

describe("going back", () => {
  test.each([
    ["any flow of control", wildProgram],
    ["recursion", recursiveProgram],
  ])("step by step brings every earlier state again: %s", (_, programs) => {
    const { host, environment } = bareEnvironment();
    const context = host.memory.allocate(MEMORY_SIZE);
    const contents = () => host.memory.u8.slice(context, context + MEMORY_SIZE);
    fc.assert(
      fc.property(programs, (insns) => {
        const xlated = unverified({ type: "raw", name: "random", insns, maps: [], license: "GPL" });
        const run = interpret(xlated, environment, [], { budget: 60 }).start(context, MEMORY_SIZE);
        const history: unknown[] = [];
        const now = () => ({ state: run.state(), memory: contents() });
        try {
          for (;;) {
            history.push(now());
            if (!run.step()) break;
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ExecutionError);
        }
        do {
          expect(now()).toEqual(history.pop());
        } while (run.back());
        expect(history).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test("undoes what helpers did to maps, and forwards again does the same", () => {
    const { host, environment } = bareEnvironment();
    const map = host.createMap(counts);
    const spec = rawProgram(
      `*(u32 *)(r10 - 4) = 7
       *(u64 *)(r10 - 16) = 41
       r1 = map[counts]
       r2 = r10
       r2 += -4
       r3 = r10
       r3 += -16
       r4 = 0
       call map_update_elem
       r1 = map[counts]
       r2 = r10
       r2 += -4
       call map_lookup_elem
       r1 = 1
       lock *(u64 *)(r0 + 0) += r1
       exit`,
      [counts],
    );
    const run = interpret(unverified(spec), environment, [map]).start(host.memory.allocate(8), 8);
    const key = host.memory.allocate(4);
    host.memory.u32[key >> 2] = 7;
    const value = () => {
      const at = map.lookup(key);
      return at === 0 ? undefined : host.memory.u32[at >> 2];
    };
    run.goTo(1000);
    const end = run.state();
    expect(value()).toBe(42);
    run.back();
    run.back();
    expect(value()).toBe(41);
    run.goTo(3);
    expect(value()).toBeUndefined();
    run.goTo(1000);
    expect(run.state()).toEqual(end);
    expect(value()).toBe(42);
  });

  test("asks the host to bring back what is not in memory", () => {
    const { host, environment } = bareEnvironment({
      remember: () => {
        const time = host.time;
        return () => {
          host.time = time;
        };
      },
    });
    const run = interpret(unverified(rawProgram("call ktime_get_ns\nexit")), environment, []).start(0, 0);
    host.ktimeNs = () => ++host.time;
    run.step();
    const first = run.state();
    run.back();
    run.step();
    expect(run.state()).toEqual(first);
  });
});
