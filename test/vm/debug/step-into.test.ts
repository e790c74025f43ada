import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Instruction } from "../../../src/isa/instruction.ts";
import { createMap } from "../../../src/maps/create.ts";
import type { ProgArrayMap } from "../../../src/maps/prog-array.ts";
import type { MapSpec } from "../../../src/maps/spec.ts";
import type { SourceLine } from "../../../src/programs/spec.ts";
import { Debugger } from "../../../src/vm/debug/debugger.ts";
import { DebugError } from "../../../src/vm/debug/stop.ts";
import { recordTrace } from "../../../src/vm/debug/trace.ts";
import { type InterpretedProgram, interpret } from "../../../src/vm/interpreter/interpret.ts";
import { jit } from "../../../src/vm/jit/jit.ts";
import type { RunnableProgram } from "../../../src/vm/program.ts";
import { unverified } from "../../../src/vm/unverified.ts";
import { extendedProgram, MAP_ENTRIES, MAP_NAMES } from "../arbitrary-linux.ts";
import { assembleText, bareEnvironment, trusted } from "../support.ts";

const ARRAY = { keySize: 4, valueSize: 8, maxEntries: MAP_ENTRIES, flags: 0 } as const;
const MAPS: readonly MapSpec[] = [
  { ...ARRAY, name: MAP_NAMES[0], type: "percpu_array" },
  { ...ARRAY, name: MAP_NAMES[1], type: "array" },
  { ...ARRAY, name: MAP_NAMES[2], type: "prog_array", valueSize: 4 },
  { ...ARRAY, name: "counts", type: "hash" },
];
const CONTEXT_BYTES = 64;

type Engine = typeof interpret | typeof jit;

/** Programs named p0, p1, ... at the indices of the array; p0 is interpreted and begins. */
function load(programs: readonly (readonly Instruction[])[], engine: Engine = interpret, prepare = unverified) {
  const { host, environment } = bareEnvironment();
  const { memory } = host;
  const maps = MAPS.map((spec, index) => {
    const map = createMap(memory, index, spec);
    host.maps.push(map);
    return map;
  });
  const runnable: RunnableProgram[] = programs.map((insns, i) => {
    const xlated = prepare({ type: "raw", name: `p${i}`, insns, maps: MAPS, license: "GPL" });
    return (i === 0 ? interpret : engine)(xlated, environment, maps);
  });
  const array = maps[2] as ProgArrayMap;
  array.connect((id) => ({ slot: environment.slotOf(runnable[id]!), kind: "raw" }));
  const [at, value] = [memory.allocate(8), memory.allocate(8)];
  for (const i of runnable.keys()) {
    memory.u32[at >> 2] = i;
    memory.u32[value >> 2] = i;
    array.userUpdate(at, value, 0);
  }
  const context = memory.allocate(CONTEXT_BYTES);
  const main = runnable[0] as InterpretedProgram;
  return { host, environment, memory, maps, runnable, main, context };
}

function debug(texts: readonly string[], engine: Engine = interpret, prepare = unverified) {
  const machine = load(
    texts.map((text) =>
      assembleText(
        text,
        MAPS.map(({ name }) => name),
      ),
    ),
    engine,
    prepare,
  );
  const { main, runnable, environment, context } = machine;
  // Constants of 64 bits take two slots.
  const lines = (text: string): SourceLine[] =>
    text.split("\n").flatMap((each, i) => {
      const line = { line: i + 1, column: 1, text: each };
      return each.includes("map[") || each.includes("func[") ? [line, line] : each.endsWith(":") ? [] : [line];
    });
  const others = runnable.slice(1).map(({ xlated }, i) => ({ xlated, lines: lines(texts[i + 1]!) }));
  const options = { context, length: CONTEXT_BYTES, lines: lines(texts[0]!), others };
  return { ...machine, debug: new Debugger(main, environment, options) };
}

const CALL = "r2 = map[jmp]\nr3 = 1\ncall tail_call";
const TARGET = "r0 = *(u64 *)(r1 + 0)\nr0 += 1\n*(u64 *)(r1 + 0) = r0\nexit";
const IN_MAIN = `${CALL}\nr0 = 9\nexit`;
const IN_SUBPROGRAM = `call 1f\nr0 += 100\nexit\n1:\n${CALL}\nr0 = 9\nexit`;
const LOOP = `r6 = 5
*(u64 *)(r10 - 8) = 0
r1 = 3
r2 = func[add]
r3 = r10
r3 += -8
r4 = 0
call loop
r1 = *(u64 *)(r10 - 8)
r0 += r1
r0 += r6
exit
add: r3 = *(u64 *)(r2 + 0)
r1 += 10
r3 += r1
*(u64 *)(r2 + 0) = r3
r0 = 0
exit`;
const EACH = `r6 = 3
fill: *(u32 *)(r10 - 4) = r6
*(u64 *)(r10 - 16) = r6
r1 = map[counts]
r2 = r10
r2 += -4
r3 = r10
r3 += -16
r4 = 0
call map_update_elem
r6 += -1
if r6 != 0 goto fill
*(u64 *)(r10 - 8) = 0
r1 = map[counts]
r2 = func[visit]
r3 = r10
r3 += -8
r4 = 0
call for_each_map_elem
r1 = *(u64 *)(r10 - 8)
r0 *= 1000
r0 += r1
exit
visit: r1 = *(u64 *)(r3 + 0)
r5 = *(u64 *)(r4 + 0)
r5 += r1
*(u64 *)(r4 + 0) = r5
*(u64 *)(r3 + 0) = 77
r0 = 0
exit`;

describe("a program that is tail-called", () => {
  test.each([
    ["interpreted", interpret],
    ["jitted", jit],
  ] as const)("is stepped as one's own, out of a main function: %s", (_, engine) => {
    const { debug: d, memory, context } = debug([IN_MAIN, TARGET], engine);
    for (let i = 0; i < 3; i++) expect(d.step()).toEqual({ reason: "done" });
    expect(d.state()).toMatchObject({ slot: 0, executed: 3, program: { name: "p1" } });
    expect(d.place.line?.text).toBe("r0 = *(u64 *)(r1 + 0)");
    expect(d.state().frames).toHaveLength(1);
    d.step();
    d.step();
    d.step();
    expect(memory.u32[context >> 2]).toBe(1);
    d.back(4);
    expect(d.state()).toMatchObject({ slot: 3, executed: 2, program: { name: "p0" } });
    expect(memory.u32[context >> 2]).toBe(0);
    expect(d.continue()).toEqual({ reason: "exit", result: 1n });
    expect(d.executed).toBe(7);
  });

  test("gives its result to the caller of the subprogram whose place it took", () => {
    const { debug: d } = debug([IN_SUBPROGRAM, TARGET]);
    for (let i = 0; i < 4; i++) d.step();
    expect(d.state()).toMatchObject({ program: { name: "p1" }, slot: 0 });
    expect(d.state().frames.map(({ program, returnsTo }) => [program.name, returnsTo])).toEqual([
      ["p0", 1],
      ["p1", undefined],
    ]);
    expect(d.stepOut()).toEqual({ reason: "done" });
    expect(d.state()).toMatchObject({ program: { name: "p0" }, slot: 1 });
    d.back();
    expect(d.state()).toMatchObject({ program: { name: "p1" }, slot: 3 });
    expect(d.continue()).toEqual({ reason: "exit", result: 101n });
  });

  test("is stepped over as a whole", () => {
    const inMain = debug([IN_MAIN, TARGET]).debug;
    inMain.step();
    inMain.step();
    expect(inMain.stepOver()).toEqual({ reason: "exit", result: 1n });
    const { debug: d } = debug([IN_SUBPROGRAM, TARGET]);
    for (let i = 0; i < 3; i++) d.step();
    expect(d.stepOver()).toEqual({ reason: "done" });
    expect(d.state()).toMatchObject({ program: { name: "p0" }, slot: 1, executed: 8 });
    d.goTo(0);
    expect(d.stepOver()).toEqual({ reason: "done" });
    expect(d.state()).toMatchObject({ program: { name: "p0" }, slot: 1, executed: 8 });
  });

  test("has breakpoints of its own, and none of the first program's", () => {
    const { debug: d } = debug([IN_MAIN, TARGET]);
    d.break({ slot: 0 });
    const id = d.break({ line: 3, program: "p1" });
    expect(d.continue()).toEqual({ reason: "breakpoint", id });
    expect(d.state()).toMatchObject({ program: { name: "p1" }, slot: 2 });
    expect(d.continue()).toEqual({ reason: "exit", result: 1n });
    expect(() => d.break({ slot: 0, program: "p7" })).toThrow(DebugError);
    expect(() => d.break({ slot: 0, program: "p7" })).toThrow(/no program "p7"; there is: p0, p1/);
  });

  test("may be the same program: 33 times, and back to the beginning", () => {
    const step = "r4 = *(u64 *)(r1 + 0)\nr4 += 1\n*(u64 *)(r1 + 0) = r4\nr6 = r1";
    const text = `${step}\n${CALL.replace("r3 = 1", "r3 = 0")}\nr0 = *(u64 *)(r6 + 0)\nexit`;
    const { debug: d, memory, context, main } = debug([text]);
    expect(d.continue()).toEqual({ reason: "exit", result: 34n });
    expect(d.executed).toBe(34 * 7 + 2);
    d.goTo(0);
    expect(memory.u32[context >> 2]).toBe(0);
    expect(d.continue()).toEqual({ reason: "exit", result: 34n });
    d.close();
    expect(main.run(context, CONTEXT_BYTES)).toBe(34);
  });

  test("is told in traces", () => {
    const { debug: d } = debug([IN_SUBPROGRAM, TARGET]);
    const { programs, steps } = recordTrace(d);
    expect(programs.map(({ name }) => name)).toEqual(["p0", "p1"]);
    expect(steps.map(({ program, slot, depth }) => `${program} ${slot} ${depth}`)).toEqual([
      ...["0 0 0", "0 3 1", "0 5 1", "0 6 1"],
      ...["1 0 1", "1 1 1", "1 2 1", "1 3 1"],
      ...["0 1 0", "0 2 0"],
    ]);
  });
});

describe("a function that a helper calls", () => {
  test("is stepped, each time it is called, forwards and back", () => {
    const { debug: d } = debug([LOOP]);
    expect(d.runTo({ line: 13 })).toEqual({ reason: "done" });
    expect(d.depth).toBe(1);
    expect(d.state().frames.map(({ returnsTo }) => returnsTo)).toEqual([9, undefined]);
    expect(d.register(1)).toBe(0n);
    const first = d.executed;
    d.runTo({ line: 13 });
    expect([d.register(1), d.executed - first]).toEqual([1n, 6]);
    d.runTo({ line: 13 });
    expect(d.register(1)).toBe(2n);
    d.back(6);
    expect([d.register(1), d.place.line?.line]).toEqual([1n, 13]);
    // Out of it is behind the helper, which calls it once more.
    expect(d.stepOut()).toEqual({ reason: "done" });
    expect(d.place.line?.line).toBe(9);
    // 3 calls, 10 + 11 + 12, and r6, which the function may not change.
    expect(d.continue()).toEqual({ reason: "exit", result: 41n });
  });

  test("is stepped over with its helper", () => {
    const { debug: d } = debug([LOOP]);
    d.runTo({ line: 8 });
    expect(d.stepOver()).toEqual({ reason: "done" });
    expect(d.place.line?.line).toBe(9);
    expect(d.register(0)).toBe(3n);
  });

  test.each([
    ["bpf_loop", LOOP],
    ["bpf_for_each_map_elem", EACH],
  ])("of %s leaves what it leaves in a run, and going back undoes it", (_, text) => {
    const { main, memory, context, maps } = debug([text], interpret, trusted);
    const contents = () => memory.u8.slice(maps[3]!.header, context + CONTEXT_BYTES);
    const history: unknown[] = [];
    const run = main.start(context, CONTEXT_BYTES);
    do history.push([run.state(), contents()]);
    while (run.step());
    const { executed, registers } = run.state();
    do expect([run.state(), contents()]).toEqual(history.pop());
    while (run.back());
    const again = main.start(context, CONTEXT_BYTES);
    again.advance(1_000_000);
    expect(again.state()).toMatchObject({ executed, registers });
    expect(Number(registers[0])).toBe(main.run(context, CONTEXT_BYTES));
  });

  test("may end its run by an error, which names its instruction, and nothing is lost", () => {
    const wild = LOOP.replace("r3 += r1", "r3 = *(u64 *)(r3 + 0)");
    const { debug: d, memory } = debug([wild]);
    const { top } = memory.allocatorState();
    const stop = d.continue();
    expect(stop).toMatchObject({ reason: "error", error: { code: "out-of-bounds" } });
    expect(d.place.line?.line).toBe(15);
    d.back(5);
    expect(d.place.line?.line).toBe(6);
    d.close();
    expect(memory.allocatorState().top).toBe(top);
  });
});

test("random programs that tail-call each other: stepped, they leave what they leave in a run, and back what was before", () => {
  const programs = fc.array(extendedProgram("tail calls"), { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(programs, (each) => {
      const machine = load(each);
      const { main, memory, context, maps } = machine;
      const contents = () => memory.u8.slice(maps[0]!.header, context + CONTEXT_BYTES);
      const before = contents();
      const run = main.start(context, CONTEXT_BYTES);
      while (run.step());
      const [result, stepped] = [run.register(0), contents()];
      while (run.back());
      expect(contents()).toEqual(before);
      expect(BigInt(main.run(context, CONTEXT_BYTES))).toBe(BigInt.asUintN(32, result));
      expect(contents()).toEqual(stepped);
    }),
    { numRuns: 30 },
  );
});
