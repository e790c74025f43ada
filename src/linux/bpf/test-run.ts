import { ArgumentError, requireWhole } from "../../isa/argument.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../../plot/displayable.ts";
import { render } from "../../plot/registry.ts";
import { PROGRAMS } from "../../programs/table.ts";
import type { ProgramType } from "../../programs/types.ts";
import { type PreparedRun, prepareRun, type RunInput } from "./prepared-run.ts";
import type { LinuxProgram } from "./program.ts";
import type { BpfSubsystem } from "./subsystem.ts";

export interface TestRunOptions extends RunInput {
  /** How often to run, below 2 ** 32; each run goes on with what the one before left. As in Linux 0 is 1, the default. */
  readonly repeat?: number;
  /** Real milliseconds after which no further run is begun; none by default. */
  readonly timeLimit?: number;
}

/** A test run was still repeating when its time limit came. */
export class TimeLimitError extends Error {
  readonly code = "ETIME";
  constructor(limit: number, done: number, wanted: number) {
    super(`test run: ${done} of ${wanted} runs after ${limit / 1000} s. Ask for fewer runs.`);
    this.name = "TimeLimitError";
  }
}

/** What a test run gave. */
export class RunResult implements Displayable {
  /** Low 32 bits of r0, unsigned. */
  readonly retval: number;
  /** The packet after the run: what Linux copies to `data_out`. Of a flow dissector the keys that it found. */
  readonly dataOut: Uint8Array;
  /** The context after the run (`ctx_out`), if one was given that comes back. */
  readonly contextOut: Uint8Array | undefined;
  /** The name of the returned value (`XDP_DROP`), where the program type gives it one. */
  readonly verdict: string | undefined;
  readonly program: string;
  readonly type: ProgramType;
  /** The packet before the run; empty where there was none. */
  readonly dataIn: Uint8Array;
  /** Real nanoseconds of one run, the mean of all; never shown by itself, for it differs each time. */
  readonly nsPerRun: number;

  constructor(program: LinuxProgram, dataIn: Uint8Array, after: PreparedRun, { retval, nsPerRun }: Repeated) {
    this.program = program.spec.name;
    this.type = program.spec.type;
    this.dataIn = dataIn;
    this.dataOut = after.dataOut();
    this.contextOut = after.contextOut();
    this.retval = retval;
    this.nsPerRun = nsPerRun;
    this.verdict = PROGRAMS[program.spec.type].verdicts?.[retval | 0];
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("run", this);
  }
}

/** What many runs gave. */
interface Repeated {
  readonly retval: number;
  readonly nsPerRun: number;
}

/**
 * `BPF_PROG_TEST_RUN`: runs a program on a packet and a context of its own. Throws `TestRunError` where Linux refuses them,
 * `ExecutionError` for a wild access of a `raw` program, `TimeLimitError`; `ArgumentError` for options that are none.
 */
export function testRun(bpf: BpfSubsystem, program: LinuxProgram, options: TestRunOptions): RunResult {
  requireWhole("repeat", options.repeat ?? 1, 0, 2 ** 32 - 1);
  const { timeLimit = 1 } = options;
  if (typeof timeLimit !== "number" || !(timeLimit > 0))
    throw new ArgumentError("timeLimit", "a number of milliseconds above 0", timeLimit);
  const prepared = prepareRun(bpf, program, options, options.repeat);
  const { context, length, before } = prepared;
  const run = (times: number): number => {
    if (program.spec.type !== "raw" && before === undefined) return bpf.repeat(program, context, times);
    let retval = 0;
    for (let i = 0; i < times; i++) {
      before?.();
      retval = bpf.run(program, context, length);
    }
    return retval;
  };
  try {
    const result = repeated(options, run);
    return new RunResult(program, options.data ?? new Uint8Array(), prepared, result);
  } finally {
    prepared.free();
  }
}

/** Milliseconds of running between two looks at the time limit. */
const SLICE = 50;

/** Runs in slices that grow until one takes a while, so that the limit is kept and looking costs nothing. */
function repeated({ repeat: asked = 1, timeLimit }: TestRunOptions, run: (times: number) => number): Repeated {
  const repeat = Math.max(1, asked);
  let [retval, done, slice] = [0, 0, 1];
  const began = performance.now();
  while (done < repeat) {
    const start = performance.now();
    if (timeLimit !== undefined && start - began > timeLimit) throw new TimeLimitError(timeLimit, done, repeat);
    const times = Math.min(slice, repeat - done);
    retval = run(times);
    done += times;
    if (performance.now() - start < SLICE) slice *= 2;
  }
  return { retval, nsPerRun: ((performance.now() - began) * 1e6) / repeat };
}
