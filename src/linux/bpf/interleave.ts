import { ArgumentError, isObject } from "../../isa/argument.ts";
import { MemoryHistory } from "../../memory/history.ts";
import { interpret } from "../../vm/interpreter/interpret.ts";
import { type CpuRun, Interleaving } from "../../vm/schedule/interleaving.ts";
import { prepareRun, type RunInput } from "./prepared-run.ts";
import type { LinuxProgram } from "./program.ts";
import type { BpfSubsystem } from "./subsystem.ts";

/** A test run for one CPU. */
export interface RunOnCpu extends RunInput {
  readonly program: LinuxProgram;
}

/**
 * Test runs on CPUs 0, 1, ... of the machine, one instruction of one after the other in any order; maps are shared, packets are
 * not. Until it is closed nothing else may run on the machine; then the machine is as it was before.
 *
 * @example
 * using both = interleave(bpf, [{ program, data }, { program, data }]);
 * explore(both, { observe: () => String(counter.get(0)) }).outcomes;
 */
export function interleave(bpf: BpfSubsystem, runs: readonly RunOnCpu[]): Interleaving {
  const { memory } = bpf.host;
  const given: unknown = runs;
  if (!Array.isArray(given) || !given.every(isObject)) {
    throw new ArgumentError("runs", "a list such as [{ program, data }, { program, data }]", given);
  }
  const before = new MemoryHistory(memory);
  const onClose = (): void => {
    bpf.host.standOn(undefined);
    before.restore(before.beginning);
  };
  try {
    const prepared = runs.map(({ program, ...input }): CpuRun => {
      const { top } = memory.allocatorState();
      const { context, length } = prepareRun(bpf, program, input);
      const interpreted = interpret(program.runnable.xlated, bpf.environment, program.maps);
      // The packet and its context concern this CPU alone, where they are new memory.
      const own = { start: top, size: memory.allocatorState().top - top };
      return { program: interpreted, context, length, own: program.spec.type === "raw" ? [] : [own] };
    });
    return new Interleaving(bpf.environment, prepared, { onClose, onCpu: (cpu) => bpf.host.standOn(cpu) });
  } catch (error) {
    onClose();
    throw error;
  }
}
