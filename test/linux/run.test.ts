import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode } from "../../src/isa/encode.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { unverified } from "../../src/vm/rewrite.ts";
import { acceptableProgram } from "../vm/arbitrary.ts";
import { bareEnvironment, trusted } from "../vm/support.ts";
import { available, close, progLoad, progTestRun, suiteName } from "./bpf.ts";

/** What the running Linux returns for a socket filter on 64 zero bytes. */
function runOnLinux(insns: readonly Instruction[]): number {
  const loaded = progLoad({ type: "socket_filter", insns: encode(insns) });
  if (!loaded.ok) {
    const { log } = progLoad({ type: "socket_filter", insns: encode(insns), logLevel: 1 });
    throw new Error(`Linux rejects a program of the generator (${loaded.errno}): ${log.slice(-500)}`);
  }
  try {
    return progTestRun(loaded.fd, { data: new Uint8Array(64) }).retval >>> 0;
  } finally {
    close(loaded.fd);
  }
}

describe.skipIf(!available)(suiteName("random programs give the same result on Linux"), () => {
  const { environment } = bareEnvironment();

  test("as in the interpreter, the JIT, and the JIT with checks", () => {
    fc.assert(
      fc.property(acceptableProgram, (insns) => {
        const spec: ProgramSpec = { type: "socket_filter", name: "random", insns, maps: [], license: "GPL" };
        const onLinux = runOnLinux(insns);
        expect(interpret(trusted(spec), environment, []).run(0)).toBe(onLinux);
        expect(jit(trusted(spec), environment, []).run(0)).toBe(onLinux);
        expect(jit(unverified(spec), environment, []).run(0)).toBe(onLinux);
      }),
      { numRuns: 1000 },
    );
  });
});
