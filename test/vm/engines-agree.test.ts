import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Instruction } from "../../src/isa/instruction.ts";
import { ExecutionError } from "../../src/vm/errors.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { MEMORY_SIZE, recursiveProgram, wildProgram } from "./arbitrary.ts";
import { bareEnvironment } from "./support.ts";

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

  test("with recursion", () => {
    fc.assert(
      fc.property(recursiveProgram, (insns) => {
        expect(outcome(jit, insns)).toEqual(outcome(interpret, insns));
      }),
      { numRuns: 500 },
    );
  });
});
