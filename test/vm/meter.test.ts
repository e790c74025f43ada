/** A budget of instructions for verified programs: both engines count the same, and what goes beyond it ends there. */
import { describe, expect, test } from "vitest";
import { createMap } from "../../src/maps/create.ts";
import type { ProgArrayMap } from "../../src/maps/prog-array.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import { ExecutionError } from "../../src/vm/errors.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { Meter } from "../../src/vm/meter.ts";
import { bareEnvironment, rawProgram, trusted } from "./support.ts";

const PROGRAMS: Readonly<Record<string, readonly [text: string, instructions: number]>> = {
  "a straight line, a wide constant counted once": ["r0 = 1 ll\nr0 += 1\nexit", 3],
  "a loop": ["r0 = 5\na: r0 -= 1\nif r0 != 0 goto a\nexit", 1 + 2 * 5 + 1],
  "a function": ["call f\nexit\nf: r0 = 7\nexit", 4],
  callbacks: ["r1 = 10\nr2 = func[f]\nr3 = 0\nr4 = 0\ncall loop\nexit\nf: r0 = 0\nexit", 6 + 2 * 10],
  "callbacks that call back": [
    "r1 = 3\nr2 = func[f]\nr3 = 0\nr4 = 0\ncall loop\nexit\nf: r1 = 4\nr2 = func[g]\nr3 = 0\nr4 = 0\ncall loop\nr0 = 0\nexit\ng: r0 = 0\nexit",
    6 + 3 * (7 + 4 * 2),
  ],
};
const ENDLESS: Readonly<Record<string, string>> = {
  "a loop": "a: goto a",
  "a loop in a function": "call f\nexit\nf: goto f",
  "callbacks of callbacks":
    "r1 = 8388608\nr2 = func[f]\nr3 = 0\nr4 = 0\ncall loop\nexit\nf: r1 = 8388608\nr2 = func[g]\nr3 = 0\nr4 = 0\ncall loop\nr0 = 0\nexit\ng: r0 = 0\nexit",
};

describe.each(Object.entries({ jit, interpret }))("%s", (_, engine) => {
  test.each(Object.entries(PROGRAMS))("%s costs its instructions", (_name, [text, instructions]) => {
    const meter = new Meter(1000);
    const { environment } = bareEnvironment({ meter });
    const program = engine(trusted(rawProgram(text)), environment, []);
    program.run(0x20000);
    expect(1000 - meter.left).toBe(instructions);
    program.repeat(0x20000, 3);
    expect(1000 - meter.left).toBe(4 * instructions);
  });

  test.each(Object.entries(ENDLESS))("%s without an end has one, and nothing runs after it", (_name, text) => {
    const meter = new Meter(100_000);
    const { environment } = bareEnvironment({ meter });
    const program = engine(trusted(rawProgram(text)), environment, []);
    const free = environment.stackPointer.value;
    const over = expect.objectContaining({
      code: "budget",
      message: expect.stringContaining("within 100000 instructions"),
    });
    for (let run = 0; run < 3; run++) expect(() => program.run(0x20000)).toThrow(over);
    expect(environment.stackPointer.value).toBe(free);
    expect(meter.left).toBe(0);
    expect(() => engine(trusted(rawProgram("r0 = 0\nexit")), environment, []).run(0x20000)).toThrow(ExecutionError);
  });

  test("what the budget is enough for runs to its last instruction", () => {
    const meter = new Meter(12);
    const { environment } = bareEnvironment({ meter });
    const program = engine(trusted(rawProgram("r0 = 5\na: r0 -= 1\nif r0 != 0 goto a\nexit")), environment, []);
    expect(program.run(0x20000)).toBe(0);
    expect(() => program.run(0x20000)).toThrow(ExecutionError);
  });

  test("programs that are tail-called pay too", () => {
    const spec: MapSpec = { name: "jmp", type: "prog_array", keySize: 4, valueSize: 4, maxEntries: 1, flags: 0 };
    const meter = new Meter(1000);
    const { host, environment } = bareEnvironment({ meter });
    const map = createMap(host.memory, 0, spec) as ProgArrayMap;
    host.maps.push(map);
    const text = "r2 = map[jmp]\nr3 = 0\ncall tail_call\nr0 = 0\nexit";
    const program = engine(trusted(rawProgram(text, [spec])), environment, [map]);
    map.connect(() => ({ slot: environment.slotOf(program), kind: "raw" }));
    const [key, value] = [host.memory.allocate(4), host.memory.allocate(4)];
    map.userUpdate(key, value, 0);
    program.run(0x20000);
    // 33 tail calls, and the last one goes on; compiled code pays a block at its beginning, also what a tail call leaves out.
    expect(1000 - meter.left).toBe(engine === jit ? 34 * 5 : 34 * 3 + 2);
  });
});

test("a budget is a whole number that fits", () => {
  for (const wrong of [0, -1, 1.5, 2 ** 31, Number.NaN]) expect(() => new Meter(wrong)).toThrow(/budget/);
});
