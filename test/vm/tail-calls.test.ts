import { describe, expect, test } from "vitest";
import { createMap } from "../../src/maps/create.ts";
import type { ArrayProgram, ProgArrayMap } from "../../src/maps/prog-array.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import type { RunnableProgram } from "../../src/vm/program.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { bareEnvironment, rawProgram, trusted } from "./support.ts";

const SPEC: MapSpec = { name: "jmp", type: "prog_array", keySize: 4, valueSize: 4, maxEntries: 4, flags: 0 };

type Engine = typeof jit | typeof interpret;
type Prepare = typeof trusted | typeof unverified;

/** Programs by their id in one array; `context` is 16 bytes that they count in. */
function machine() {
  const { host, environment } = bareEnvironment();
  const map = createMap(host.memory, 0, SPEC) as ProgArrayMap;
  host.maps.push(map);
  const programs: RunnableProgram[] = [];
  map.connect((id): ArrayProgram | undefined => {
    const program = programs[id];
    return program && { slot: environment.slotOf(program), kind: "raw" };
  });
  const context = host.memory.allocate(16);
  const [key, value] = [host.memory.allocate(4), host.memory.allocate(4)];
  return {
    host,
    environment,
    context,
    load(engine: Engine, text: string, prepare: Prepare = trusted): RunnableProgram {
      const xlated = prepare(rawProgram(text, [SPEC]));
      // What the verifier notes of a tail call whose map is the same on every path.
      const facts = xlated.facts.map((each, at) => (xlated.insns[at]!.imm === 12 ? { ...each, map: 0 } : each));
      const program = engine({ ...xlated, facts }, environment, [map]);
      programs.push(program);
      return program;
    },
    put(index: number, program: RunnableProgram): number {
      host.memory.u32[key >> 2] = index;
      host.memory.u32[value >> 2] = programs.indexOf(program);
      return map.userUpdate(key, value, 0);
    },
  };
}

const call = (index: number): string => `r2 = map[jmp]\nr3 = ${index}\ncall tail_call`;

const COMBINATIONS: readonly (readonly [string, Engine, Engine, Prepare])[] = [
  ["jit to jit", jit, jit, trusted],
  ["interpreter to interpreter", interpret, interpret, trusted],
  ["jit to interpreter", jit, interpret, trusted],
  ["interpreter to jit", interpret, jit, trusted],
  ["unverified jit", jit, jit, unverified],
  ["unverified interpreter", interpret, interpret, unverified],
];

describe.each(COMBINATIONS)("%s", (_, first, second, prepare) => {
  test("the other program goes on with the context, and its result is the run's", () => {
    const m = machine();
    const target = m.load(second, "r0 = *(u64 *)(r1 + 0)\nexit", prepare);
    const main = m.load(first, `${call(2)}\nr0 = 1\nexit`, prepare);
    m.host.memory.view.setBigUint64(m.context, 0x1234567890abcdefn, true);
    expect(m.put(2, target)).toBe(0);
    expect(main.run(m.context, 16)).toBe(0x90abcdef);
    expect(m.host.memory.returnHigh).toBe(0x12345678);
  });

  test("no program at the index, or an index too large: the caller goes on", () => {
    const m = machine();
    const target = m.load(second, "r0 = 5\nexit", prepare);
    m.put(1, target);
    for (const index of [0, 4, -1]) {
      expect(m.load(first, `${call(index)}\nr0 = 1\nexit`, prepare).run(m.context, 16)).toBe(1);
    }
  });

  test("33 tail calls and no more, counted anew in each run", () => {
    const m = machine();
    const step = "r2 = *(u64 *)(r1 + 0)\nr2 += 1\n*(u64 *)(r1 + 0) = r2\nr6 = r1";
    const main = m.load(first, `${step}\n${call(0)}\nr0 = *(u64 *)(r6 + 0)\nexit`, prepare);
    m.put(0, main);
    for (let run = 0; run < 2; run++) {
      m.host.memory.view.setBigUint64(m.context, 0n, true);
      expect(main.run(m.context, 16)).toBe(34);
    }
  });

  test("in a subprogram, the other program takes that subprogram's place, with the same limit", () => {
    const m = machine();
    const target = m.load(second, "r0 = *(u64 *)(r1 + 8)\nr0 += 7\n*(u64 *)(r1 + 8) = r0\nexit", prepare);
    const main = m.load(
      first,
      `*(u64 *)(r10 - 8) = 40
       r6 = r1
       r7 = 0
     again:
       r1 = r6
       call sub
       r7 += 1
       if r7 < 50 goto again
       r1 = *(u64 *)(r10 - 8)
       r0 += r1
       exit
     sub:
       *(u64 *)(r10 - 8) = 0
       ${call(3)}
       r0 = 1
       exit`,
      prepare,
    );
    m.put(3, target);
    // The last 17 calls of the subprogram find the limit reached.
    expect(main.run(m.context, 16)).toBe(41);
    expect(m.host.memory.view.getBigUint64(m.context + 8, true)).toBe(7n * 33n);
  });

  test("the stack is the same after a chain", () => {
    const m = machine();
    const target = m.load(second, "*(u64 *)(r10 - 512) = 1\ncall get_prandom_u32\nr0 = 2\nexit", prepare);
    const main = m.load(first, `r6 = r1\ncall get_prandom_u32\nr1 = r6\n${call(0)}\nr0 = 1\nexit`, prepare);
    m.put(0, target);
    const before = m.environment.stackPointer.value;
    expect(main.run(m.context, 16)).toBe(2);
    expect(m.environment.stackPointer.value).toBe(before);
  });
});

describe("an array of programs", () => {
  const m = machine();
  const map = m.host.maps[0] as ProgArrayMap;
  const [key, value] = [m.host.memory.allocate(4), m.host.memory.allocate(4)];
  const set = (index: number, id: number): void => {
    m.host.memory.u32[key >> 2] = index;
    m.host.memory.u32[value >> 2] = id;
  };
  m.load(jit, "r0 = 0\nexit");

  test("gives the id back, and nothing where there is none", () => {
    set(1, 0);
    expect(map.userLookup(key, value)).toBe(-2);
    expect(map.userUpdate(key, value, 0)).toBe(0);
    set(1, 99);
    expect(map.userLookup(key, value)).toBe(0);
    expect(m.host.memory.u32[value >> 2]).toBe(0);
    expect(map.userDelete(key)).toBe(0);
    expect(map.userDelete(key)).toBe(-2);
  });

  test("refuses what Linux refuses", () => {
    set(0, 77);
    expect(map.userUpdate(key, value, 0)).toBe(-9);
    set(0, 0);
    expect(map.userUpdate(key, value, 1)).toBe(-22);
    set(4, 0);
    expect(map.userUpdate(key, value, 0)).toBe(-7);
    expect(map.userDelete(key)).toBe(-7);
  });

  test("holds one kind of program", () => {
    expect(map.accepts("raw")).toBe(true);
    expect(map.accepts("xdp")).toBe(false);
  });
});
