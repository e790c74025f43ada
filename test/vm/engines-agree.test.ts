import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Instruction } from "../../src/isa/instruction.ts";
import { decode } from "../../src/vm/decode.ts";
import { ExecutionError } from "../../src/vm/errors.ts";
import { flowGraph } from "../../src/vm/flow/graph.ts";
import { structure } from "../../src/vm/flow/structure.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { MEMORY_SIZE, recursiveProgram, wildProgram } from "./arbitrary.ts";
import { assembleText, bareEnvironment } from "./support.ts";

const { host, environment } = bareEnvironment();
const context = host.memory.allocate(MEMORY_SIZE);
const bytes = host.memory.u8.subarray(context, context + MEMORY_SIZE);

/** r0 and memory afterwards, or why the run stopped. */
function outcome(engine: typeof interpret | typeof jit, insns: readonly Instruction[]): unknown {
  bytes.forEach((_, i) => {
    bytes[i] = i * 37;
  });
  const xlated = unverified({ type: "raw", name: "random", insns, maps: [], license: "GPL" });
  const program = engine(xlated, environment, [], { budget: 500 });
  try {
    const low = program.run(context, MEMORY_SIZE);
    return { low, high: host.memory.returnHigh, memory: [...bytes] };
  } catch (error) {
    if (error instanceof ExecutionError) return error.code;
    throw error;
  }
}

describe("interpreter and JIT agree on random programs", () => {
  test("with any flow of control", () => {
    fc.assert(
      fc.property(wildProgram, (insns) => {
        expect(outcome(jit, insns)).toEqual(outcome(interpret, insns));
      }),
      { numRuns: 1500 },
    );
  });

  test("with cycles that have two entries, for which the JIT has its loop around all blocks", () => {
    const isIrreducible = (insns: readonly Instruction[]): boolean => !structure(flowGraph(decode(insns), 0)).reducible;
    // Each piece may jump into the cycle of any other: half of all such programs are irreducible.
    const jumps = fc.array(
      fc.record({ to: fc.nat(7), code: fc.constantFrom(0x15, 0x55, 0xa5, 0x2d), imm: fc.integer({ min: -2, max: 9 }) }),
      { minLength: 8, maxLength: 8 },
    );
    const programs = jumps.map((each): Instruction[] => {
      const pieces = each.flatMap(({ to, code, imm }, i): Instruction[] => [
        { code: 0x07, dst: i % 4, src: 0, offset: 0, imm: i + 1 },
        { code: 0x27, dst: (i + 1) % 4, src: 0, offset: 0, imm: 3 },
        {
          code,
          dst: i % 4,
          src: code === 0x2d ? (i + 2) % 4 : 0,
          offset: 3 * to - (3 * i + 3),
          imm: code === 0x2d ? 0 : imm,
        },
      ]);
      return [...pieces, { code: 0x95, dst: 0, src: 0, offset: 0, imm: 0 }];
    });
    fc.assert(
      fc.property(programs.filter(isIrreducible), (insns) => {
        expect(outcome(jit, insns)).toEqual(outcome(interpret, insns));
      }),
      { numRuns: 300 },
    );
  });

  test("a cycle with two entries and more blocks than a table of branches may have is for the interpreter", () => {
    const blocks = 65_530;
    const skip = Array.from({ length: blocks }, (): Instruction => ({ code: 0x15, dst: 3, src: 0, offset: 0, imm: 1 }));
    const insns: Instruction[] = [
      ...assembleText("r0 = 0\nr3 = 0\nif r1 == 0 goto +1\nr0 += 1\nr0 += 2\nif r0 < 5 goto -3"),
      ...skip,
      ...assembleText("exit"),
    ];
    const xlated = unverified({ type: "raw", name: "large", insns, maps: [], license: "GPL" });
    expect(structure(flowGraph(decode(xlated.insns), 0)).reducible).toBe(false);
    expect(() => jit(xlated, environment, [])).toThrow(expect.objectContaining({ code: "too-large" }));
    expect(interpret(xlated, environment, []).run(context, MEMORY_SIZE)).toBe(6);
  });

  test("with recursion", () => {
    fc.assert(
      fc.property(recursiveProgram, (insns) => {
        expect(outcome(jit, insns)).toEqual(outcome(interpret, insns));
      }),
      { numRuns: 500 },
    );
  });
});
