import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MapSpec } from "../../../src/maps/spec.ts";
import { ConditionError, readCondition } from "../../../src/vm/debug/condition.ts";
import { Debugger } from "../../../src/vm/debug/debugger.ts";
import { DebugError } from "../../../src/vm/debug/stop.ts";
import { interpret } from "../../../src/vm/interpreter/interpret.ts";
import { unverified } from "../../../src/vm/unverified.ts";
import { MEMORY_SIZE, recursiveProgram, wildProgram } from "../arbitrary.ts";
import { bareEnvironment, rawProgram } from "../support.ts";

const counts: MapSpec = { name: "counts", type: "hash", keySize: 4, valueSize: 8, maxEntries: 4, flags: 0 };

/** A debugger of a text on 16 bytes of memory; each line of the text is a source line. */
function debug(text: string, { limit = 10_000, maps = [] as MapSpec[] } = {}) {
  const { host, environment } = bareEnvironment();
  let random = 0;
  const options = {
    remember: () => {
      const was = [random, host.traced.length] as const;
      return () => {
        random = was[0];
        host.traced.length = was[1];
      };
    },
  };
  Object.assign(environment, options);
  host.random = () => ++random;
  const runtime = maps.map((spec) => host.createMap(spec));
  const context = host.memory.allocate(16);
  const spec = rawProgram(text, maps);
  const lines = spec.insns.map((_, at) => ({ line: at + 1, column: 1, text: text.split("\n")[at] ?? "" }));
  const program = interpret(unverified(spec), environment, runtime, { budget: 3_000_000 });
  const debug = new Debugger(program, environment, { context, length: 16, lines, limit });
  return { debug, host, context, maps: runtime, random: () => random };
}

const CALLS = `r6 = 1
call outer
r6 += 1
exit
outer: r1 = 5
call inner
r0 += r1
exit
inner: r0 = r1
r0 *= 2
exit`;

describe("stepping", () => {
  test("one instruction, over a call, out of a function", () => {
    const { debug: d } = debug(CALLS);
    expect(d.step()).toEqual({ reason: "done" });
    expect(d.stepOver()).toEqual({ reason: "done" });
    expect(d.state()).toMatchObject({ slot: 2, executed: 9 });
    expect(d.state().registers[0]).toBe(15n);
    d.goTo(4);
    expect(d.state().frames.map(({ returnsTo }) => returnsTo)).toEqual([2, 6, undefined]);
    expect(d.stepOut()).toEqual({ reason: "done" });
    expect(d.place).toMatchObject({ slot: 6, line: { line: 7, text: "r0 += r1" } });
    expect(d.continue()).toEqual({ reason: "exit", result: 15n });
    expect(d.step()).toEqual({ reason: "exit", result: 15n });
  });

  test("to a line, to a slot, and back", () => {
    const { debug: d } = debug("r0 = 3\nr1 = 0\nr0 += -1\nif r0 != 0 goto -2\nexit");
    expect(d.runTo({ line: 3 })).toEqual({ reason: "done" });
    expect(d.executed).toBe(2);
    expect(d.runTo({ slot: 4 })).toEqual({ reason: "done" });
    expect(d.executed).toBe(8);
    d.back(3);
    expect(d.state()).toMatchObject({ executed: 5, slot: 3 });
    d.back(99);
    expect(d.executed).toBe(0);
  });

  test("an endless loop stops at the limit, a wild access as an error that leaves the state before it", () => {
    const endless = debug("1: goto 1b\nexit", { limit: 50 }).debug;
    expect(endless.continue()).toEqual({ reason: "limit", executed: 50 });
    const { debug: d } = debug("r0 = 7\nr0 = *(u64 *)(r1 + 16)\nexit");
    expect(d.continue()).toMatchObject({ reason: "error", error: { code: "out-of-bounds", at: 1 } });
    expect(d.state()).toMatchObject({ slot: 1, executed: 1 });
    d.back();
    expect(d.state().registers[0]).toBe(0n);
  });
});

describe("breakpoints", () => {
  test("by line with a condition, by slot, removed", () => {
    const { debug: d } = debug("r0 = 5\nr0 += -1\nif r0 != 0 goto -2\nexit");
    const id = d.break({ line: 2 }, "r0 == 3 && w0 s> -1");
    const end = d.break({ slot: 3 });
    expect(d.breakpoints).toEqual([
      { id, place: { line: 2 }, condition: "r0 == 3 && w0 s> -1" },
      { id: end, place: { slot: 3 } },
    ]);
    expect(d.continue()).toEqual({ reason: "breakpoint", id });
    expect(d.state().registers[0]).toBe(3n);
    expect(d.continue()).toEqual({ reason: "breakpoint", id: end });
    d.back(100);
    expect(d.remove(id)).toBe(true);
    expect(d.remove(id)).toBe(false);
    expect(d.continue()).toEqual({ reason: "breakpoint", id: end });
  });

  test("a place without instructions says what there is", () => {
    const { debug: d } = debug("r0 = 5 ll\nexit");
    expect(() => d.break({ line: 9 })).toThrow(
      new DebugError("NO_INSTRUCTION", "no instruction on line 9; the last is on line 3"),
    );
    expect(() => d.break({ slot: 9 })).toThrow(/no instruction at slot 9/);
    for (const place of [9, "main", null, {}]) {
      expect(() => d.runTo(place as never)).toThrow("place must be such as { line: 3 } or { slot: 0 }");
    }
    expect(() => d.watch("r1" as never)).toThrow("watched must be such as { register: 1 } or { address, bytes: 8 }");
  });

  test.each(["", "r1", "r1 == ", "r11 == 1", "r1 == 1 ||", "r1 = 5", "x > 3", "r1 == 5 r2 == 6"])(
    "%j is no condition",
    (text) => {
      expect(() => readCondition(text)).toThrow(ConditionError);
    },
  );

  test("what cannot be watched or gone back to is told by its argument", () => {
    const { debug: d } = debug("r0 = 5\nexit");
    const watch = (watched: object) => () => d.watch(watched as never);
    expect(watch({})).toThrow("address must be a bigint");
    expect(watch({ address: 0xffff_8880_0000_0000n, bytes: 3 })).toThrow("bytes must be 1, 2, 4 or 8, got 3");
    expect(watch({ address: 0xffff_8880_0000_0000n, bytes: 4, on: "reed" })).toThrow(
      'on must be "change", "read" or "write"',
    );
    expect(watch({ register: 11 })).toThrow("register must be");
    expect(() => d.back(-3)).toThrow("steps must be");
    expect(() => d.register(12)).toThrow("register must be");
  });

  test("conditions compare as the instructions do", () => {
    const registers = [0n, 2n ** 64n - 1n, 0x1_0000_0005n, 5n];
    const holds = (text: string) => readCondition(text)(registers);
    expect(
      ["r1 > 5", "r1 s< 0", "r1 == -1", "w2 == 5", "r2 != r3", "w2 == w3", "r3 & 0x4", "r0 <= 0"].map(holds),
    ).toEqual(new Array(8).fill(true));
    expect(["r1 s> 5", "r1 < 0", "r2 == 5", "r3 & 2"].map(holds)).toEqual(new Array(4).fill(false));
  });
});

describe("watches", () => {
  const text = `r2 = 1
*(u32 *)(r1 + 4) = 0
r3 = *(u8 *)(r1 + 7)
*(u32 *)(r1 + 0) = 9
lock *(u32 *)(r1 + 4) += r2
r2 = 1
r0 = 0
exit`;

  test.each([
    ["change", 5],
    ["write", 2],
    ["read", 3],
  ] as const)("memory on %s", (on, executed) => {
    const { debug: d, host, context } = debug(text);
    const id = d.watch({ address: host.memory.address(context + 4), bytes: 4, on });
    expect(d.continue()).toMatchObject({ reason: "watch", id });
    expect(d.executed).toBe(executed);
  });

  test("a register, and what it was", () => {
    const { debug: d } = debug("r2 = 0\nr2 = 4\nr2 = 4\nr0 = 0\nexit");
    const id = d.watch({ register: 2 });
    expect(d.continue()).toMatchObject({ reason: "watch", id, before: 16n, after: 0n });
    expect(d.continue()).toEqual({ reason: "watch", id, before: 0n, after: 4n });
    expect(d.continue()).toMatchObject({ reason: "exit" });
    expect(() => d.watch({ address: 5n, bytes: 8 })).toThrow(/no memory at 0x5/);
  });
});

describe("the state", () => {
  test("stack bytes know whether they were written since the function was called", () => {
    const { debug: d } = debug("*(u32 *)(r10 - 4) = 1\ncall f\nr0 = 0\nexit\nf: *(u8 *)(r10 - 512) = 1\nr0 = 0\nexit");
    d.goTo(3);
    const [main, f] = d.state().frames;
    const written = (bytes: Uint8Array) => [...bytes.keys()].filter((i) => bytes[i] === 1);
    expect(written(main!.written)).toEqual([508, 509, 510, 511]);
    expect(written(f!.written)).toEqual([0]);
    expect([...main!.stack.slice(508)]).toEqual([1, 0, 0, 0]);
    expect(main!.pointer).toBeGreaterThan(f!.pointer);
  });

  test("what a helper fills counts as written, also where nothing changed", () => {
    const { debug: d } = debug("r1 = r10\nr1 += -16\nr2 = 8\ncall get_current_comm\nr0 = 0\nexit");
    d.goTo(4);
    const { written } = d.state().frames[0]!;
    expect([...written.keys()].filter((i) => written[i] === 1)).toEqual([496, 497, 498, 499, 500, 501, 502, 503]);
  });

  test("says what the last instruction changed, also after going there from afar", () => {
    const { debug: d, host, context } = debug("r0 = 5\n*(u16 *)(r1 + 2) = 0x102\nr0 = 5\nexit");
    d.goTo(1);
    expect(d.changes()).toEqual({ registers: [0], memory: [] });
    d.goTo(4);
    d.back(2);
    expect(d.changes()).toEqual({
      registers: [],
      memory: [{ address: host.memory.address(context + 2), before: Uint8Array.of(0, 0), after: Uint8Array.of(2, 1) }],
    });
    d.goTo(3);
    expect(d.changes()).toEqual({ registers: [], memory: [] });
    expect(d.state().memory).toMatchObject([{ name: "memory", address: host.memory.address(context) }]);
  });
});

const UPDATE = `*(u32 *)(r10 - 4) = 7
call get_prandom_u32
*(u64 *)(r10 - 16) = r0
r1 = map[counts]
r2 = r10
r2 += -4
r3 = r10
r3 += -16
r4 = 0
call map_update_elem
r0 = 0
exit`;

describe("going back", () => {
  test("undoes maps and random numbers, and forwards again does the same", () => {
    const { debug: d, maps, random } = debug(UPDATE, { maps: [counts] });
    expect(d.continue()).toMatchObject({ reason: "exit" });
    expect([maps[0]!.size, random()]).toEqual([1, 1]);
    const changes = d.changes();
    d.back(3);
    expect(maps[0]!.size).toBe(0);
    d.goTo(1);
    expect(random()).toBe(0);
    d.goTo(1000);
    expect([maps[0]!.size, random()]).toEqual([1, 1]);
    expect(d.changes()).toEqual(changes);
  });

  test("close leaves memory, maps and host as they were before the run", () => {
    const { debug: d, host, maps, random } = debug(UPDATE, { maps: [counts] });
    const before = [host.memory.u8.slice(0x1_0000), host.memory.allocatorState(), random()];
    d.continue();
    expect(maps[0]!.size).toBe(1);
    d.close();
    expect([host.memory.u8.slice(0x1_0000), host.memory.allocatorState(), random()]).toEqual(before);
  });

  test.each([
    ["any flow of control", wildProgram],
    ["recursion", recursiveProgram],
  ])("to any moment brings the state that was there: %s", (_, programs) => {
    const { host, environment } = bareEnvironment();
    const context = host.memory.allocate(MEMORY_SIZE);
    fc.assert(
      fc.property(programs, fc.array(fc.nat(60), { minLength: 1, maxLength: 8 }), (insns, visits) => {
        const xlated = unverified({ type: "raw", name: "random", insns, maps: [], license: "GPL" });
        const options = { context, length: MEMORY_SIZE };
        using d = new Debugger(interpret(xlated, environment, [], { budget: 60 }), environment, options);
        const history = [d.state()];
        for (let stop = d.step(); stop.reason !== "error" && d.executed === history.length; stop = d.step()) {
          history.push(d.state());
          if (stop.reason === "exit") break;
        }
        for (const visit of visits) {
          d.goTo(visit % history.length);
          expect(d.state()).toEqual(history[visit % history.length]);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("a million instructions keep at most 64 moments", () => {
    const { debug: d } = debug("r0 = 0\n1: r0 += 1\n*(u64 *)(r1 + 0) = r0\nif r0 < 400000 goto 1b\nexit", {
      limit: 2_000_000,
    });
    expect(d.continue()).toEqual({ reason: "exit", result: 400_000n });
    expect(d.executed).toBe(1_200_002);
    expect(d.checkpoints).toBeLessThanOrEqual(64);
    d.goTo(600_001);
    expect(d.state().registers[0]).toBe(200_000n);
    expect(d.state().memory[0]!.bytes[0]).toBe(200_000 & 0xff);
  });
});
