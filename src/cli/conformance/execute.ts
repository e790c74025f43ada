import { helperById } from "../../helpers/table.ts";
import type { Instruction } from "../../isa/instruction.ts";
import type { Engine } from "../../linux/bpf/program.ts";
import { Linux } from "../../linux/linux.ts";
import { createMap } from "../../maps/create.ts";
import { MapError } from "../../maps/error.ts";
import type { MapSpec } from "../../maps/spec.ts";
import { Environment } from "../../vm/environment.ts";
import { ExecutionError, ProgramError } from "../../vm/errors.ts";
import { interpret } from "../../vm/interpreter/interpret.ts";
import { jit } from "../../vm/jit/jit.ts";
import { unverified } from "../../vm/unverified.ts";
import { TEST_HELPERS, Unwound } from "./helpers.ts";

/** What is run, without a verdict: type `raw`. */
export interface ConformanceProgram {
  readonly insns: readonly Instruction[];
  readonly memory: Uint8Array;
  readonly maps?: readonly MapSpec[];
  /** Whose functions `call` calls; default the test functions. */
  readonly helpers?: "test" | "linux";
}

/** r0 at the end, 64 bits unsigned, or why there is none. */
export type ConformanceOutcome = { readonly result: bigint } | { readonly error: string };

/**
 * Runs a program of a conformance suite on a machine of its own: r1 = its memory, r2 = the length, bounds checked and at
 * most 10 million instructions.
 */
export function executeConformance(program: ConformanceProgram, engine: Engine): ConformanceOutcome {
  const { insns, memory: bytes, maps: specs = [], helpers = "test" } = program;
  const host = new Linux({ cpus: 1 });
  const { memory } = host;
  const row = (id: number) => (helpers === "linux" ? helperById(id) : TEST_HELPERS[id]);
  const environment = new Environment(host, { helpers: row });
  try {
    const maps = specs.map((spec, index) => (host.maps[index] = createMap(memory, index, spec)));
    const xlated = unverified({ type: "raw", name: "conformance", insns, maps: specs, license: "GPL" });
    const runnable = (engine === "jit" ? jit : interpret)(xlated, environment, maps);
    const at = memory.allocate(bytes.length);
    memory.u8.set(bytes, at);
    const low = runnable.run(at, bytes.length);
    return { result: (BigInt(memory.returnHigh >>> 0) << 32n) | BigInt(low) };
  } catch (error) {
    if (error instanceof Unwound) return { result: 0n };
    if (error instanceof ProgramError || error instanceof ExecutionError || error instanceof MapError) {
      return { error: error.message };
    }
    throw error;
  }
}
