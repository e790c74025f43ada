import { MemoryHistory } from "../../memory/history.ts";
import { DIRECT_MAP_HIGH, type LinearMemory } from "../../memory/memory.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../../plot/displayable.ts";
import { render } from "../../plot/registry.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { PROGRAMS } from "../../programs/table.ts";
import { Debugger, type OtherProgram } from "../../vm/debug/debugger.ts";
import { type RunTrace, recordTrace } from "../../vm/debug/trace.ts";
import { interpret } from "../../vm/interpreter/interpret.ts";
import type { Region } from "../../vm/regions.ts";
import type { Xlated } from "../../vm/types.ts";
import { partsOf } from "./extensions.ts";
import { prepareRun, type RunInput } from "./prepared-run.ts";
import type { LinuxProgram } from "./program.ts";
import type { BpfSubsystem } from "./subsystem.ts";
import { MOST_SHOWN, watchMaps } from "./watched-maps.ts";

/**
 * A debugger on one test run of a program (as `testRun`, on an input of its own), whatever engine it was loaded for. Until
 * it is closed nothing else may run on the machine; then the machine is as it was before.
 *
 * @example
 * using debug = debugRun(m.bpf, xdp.program, { data });
 * debug.break({ line: 6 });
 * debug.continue();
 */
export function debugRun(bpf: BpfSubsystem, program: LinuxProgram, input: RunInput): Debugger {
  const { memory } = bpf.host;
  const before = new MemoryHistory(memory);
  const { context, length } = prepareRun(bpf, program, input);
  const interpreted = interpret(program.running.xlated, bpf.environment, program.running.maps);
  const lines = linesOf(program);
  return new Debugger(interpreted, bpf.environment, {
    ...{ context, length },
    others: others(bpf, program),
    regions: [...packet(memory, program.spec, context), ...arrays(program)],
    onClose: () => before.restore(before.beginning),
    ...(lines ? { lines } : {}),
  });
}

/** The lines of the program, and behind them those of its extensions in their order. */
function linesOf(program: LinuxProgram): ProgramSpec["lines"] {
  if (program.running === program.runnable) return program.spec.lines;
  return partsOf(program).flatMap(({ spec }) => spec.insns.map((_, at) => spec.lines?.[at]));
}

/** What a tail call may lead to. */
function others({ programs }: BpfSubsystem, { id }: LinuxProgram): OtherProgram[] {
  return [...programs.values()].flatMap(({ id: other, runnable, spec }) =>
    other === id ? [] : [{ xlated: runnable.xlated, ...(spec.lines ? { lines: spec.lines } : {}) }],
  );
}

/** The packet behind a context, which the program reaches through it. */
function packet(memory: LinearMemory, { type }: ProgramSpec, context: number): Region[] {
  const fields = PROGRAMS[type].context?.fields ?? [];
  const place = (name: string): number | undefined => fields.find((field) => field.name === name)?.object?.offset;
  const [data, end] = [place("data"), place("data_end")];
  if (data === undefined || end === undefined) return [];
  const start = memory.view.getUint32(context + data, true);
  if (memory.view.getInt32(context + data + 4, true) !== DIRECT_MAP_HIGH) return [];
  return [{ name: "packet", start, size: memory.view.getUint32(context + end, true) - start }];
}

function arrays({ maps }: LinuxProgram): Region[] {
  return maps.flatMap(({ spec, elements }) => {
    const size = (elements?.stride ?? 0) * spec.maxEntries;
    if (elements === undefined || elements.perCpu !== undefined || size > MOST_SHOWN) return [];
    return [{ name: `map ${spec.name}`, start: elements.base, size }];
  });
}

/** What happened in one test run, instruction by instruction. In a notebook it shows itself as a stepper. */
export class Trace implements Displayable {
  readonly program: ProgramSpec;
  /** In the order of `run.programs`: the program itself, and those that it tail-called. */
  readonly programs: readonly ProgramSpec[];
  readonly run: RunTrace;
  /** r0 at exit, 64 bits unsigned; undefined where the run did not get there. */
  readonly result: bigint | undefined;
  /** The name of the returned value (`XDP_DROP`), where the program type gives it one. */
  readonly verdict: string | undefined;

  constructor(programs: readonly [ProgramSpec, ...ProgramSpec[]], run: RunTrace) {
    const program = programs[0];
    this.program = program;
    this.programs = programs;
    this.run = run;
    this.result = run.stop.reason === "exit" ? run.stop.result : undefined;
    const retval = this.result === undefined ? undefined : Number(BigInt.asIntN(32, this.result));
    this.verdict = retval === undefined ? undefined : PROGRAMS[program.type].verdicts?.[retval];
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("trace", this);
  }
}

/** Traces one test run, at most `steps` instructions of it (default 2,000), and leaves the machine as it was. */
export function traceRun(
  bpf: BpfSubsystem,
  program: LinuxProgram,
  { steps, ...input }: RunInput & { readonly steps?: number },
): Trace {
  const before = new MemoryHistory(bpf.host.memory);
  // Its scratch memory is there before the run is.
  const maps = watchMaps(bpf.host.memory, program.maps);
  const debug = debugRun(bpf, program, input);
  const run = recordTrace(debug, { maps, ...(steps === undefined ? {} : { steps }) });
  before.restore(before.beginning);
  const loaded = [...bpf.programs.values()];
  const specOf = (xlated: Xlated): ProgramSpec =>
    loaded.find(({ runnable }) => runnable.xlated === xlated)?.spec ?? { ...xlated, license: "GPL" };
  return new Trace([program.spec, ...run.programs.slice(1).map(specOf)], run);
}
