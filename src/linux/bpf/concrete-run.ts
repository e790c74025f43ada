import { DIRECT_MAP } from "../../memory/memory.ts";
import type { ConcreteRun, ConcreteStep } from "../../verifier/overlay.ts";
import type { Debugger } from "../../vm/debug/debugger.ts";
import { debugRun } from "./debug-run.ts";
import type { LinuxProgram } from "./program.ts";
import type { BpfSubsystem } from "./subsystem.ts";

/** Instructions of a run that are told. */
const MOST_STEPS = 1_000;

/**
 * A test run of a loaded program on a packet as `overlay` takes it: what registers and stack hold before each instruction.
 * The steps are executed while they are read, and the machine is as it was when they have been; read them once, to the end.
 *
 * @example
 * const { exploration } = verify(program.spec, { record: true });
 * overlay(exploration!, concreteRun(bpf, program, data)).breaches; // []
 */
export function concreteRun(bpf: BpfSubsystem, program: LinuxProgram, data: Uint8Array): ConcreteRun {
  const debug = debugRun(bpf, program, { data });
  const { registers, memory } = debug.state();
  const packet = memory.find(({ name }) => name === "packet");
  return {
    steps: stepsOf(debug, program.runnable.xlated.origin),
    surroundings: {
      context: registers[1]!,
      ...(packet ? { packet: { start: packet.address, end: packet.address + BigInt(packet.bytes.length) } } : {}),
      element: (map, address) => {
        const elements = program.maps[map]?.elements;
        if (elements === undefined) return undefined;
        const offset = Number(BigInt.asIntN(64, address - DIRECT_MAP)) - elements.base;
        const cpu = elements.perCpu === undefined ? 0 : Math.floor(offset / elements.perCpu);
        const within = offset - cpu * (elements.perCpu ?? 0);
        const element = Math.floor(within / elements.stride) * elements.stride;
        return DIRECT_MAP + BigInt(elements.base + cpu * (elements.perCpu ?? 0) + element);
      },
    },
  };
}

/** One step for each instruction as it was written: where one became several, before the first of them. */
function* stepsOf(debug: Debugger, origin: readonly number[]): Generator<ConcreteStep> {
  try {
    for (let executed = 0; executed < MOST_STEPS; executed++) {
      const { pc, slot, registers, frames, exited } = debug.state();
      if (exited) return;
      if (pc === 0 || origin[pc - 1] !== slot) yield { insn: slot, registers, frames };
      const { executed: before } = debug;
      debug.step();
      if (debug.executed === before) return;
    }
  } finally {
    debug.close();
  }
}
