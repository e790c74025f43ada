import { DISPLAY, type Displayable, type MimeBundle } from "../../plot/displayable.ts";
import { render } from "../../plot/registry.ts";
import { PROGRAMS } from "../../programs/table.ts";
import { prepareTestRun } from "../../programs/test-run.ts";
import type { LinuxProgram } from "./program.ts";
import type { BpfSubsystem } from "./subsystem.ts";

export interface TestRunOptions {
  /** The packet; for type `raw` the memory that r1 points to. */
  readonly data: Uint8Array;
  /** How often to run; each run goes on with what the one before left, as in Linux. Default 1. */
  readonly repeat?: number;
}

/** What a test run gave. */
export class RunResult implements Displayable {
  /** Low 32 bits of r0, unsigned. */
  readonly retval: number;
  /** The packet after the run: what Linux copies to `data_out`. */
  readonly dataOut: Uint8Array;
  /** The name of the returned value (`XDP_DROP`), where the program type gives it one. */
  readonly verdict: string | undefined;
  readonly program: string;

  constructor(program: LinuxProgram, retval: number, dataOut: Uint8Array) {
    this.program = program.spec.name;
    this.retval = retval;
    this.dataOut = dataOut;
    this.verdict = PROGRAMS[program.spec.type].verdicts?.[retval | 0];
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("run", this);
  }
}

/**
 * `BPF_PROG_TEST_RUN`: runs a program on a packet of its own. Throws `TestRunError` where Linux refuses the packet, and
 * `ExecutionError` for a wild access of a `raw` program.
 */
export function testRun(bpf: BpfSubsystem, program: LinuxProgram, { data, repeat = 1 }: TestRunOptions): RunResult {
  if (program.spec.type === "raw") return rawRun(bpf, program, data, repeat);
  const frame = prepareTestRun(bpf.host.memory, program.spec.type, data);
  try {
    let retval = 0;
    for (let run = 0; run < repeat; run++) retval = bpf.run(program, frame.context);
    return new RunResult(program, retval, frame.dataOut());
  } finally {
    frame.free();
  }
}

/** r1 = a copy of the data, r2 = its length. */
function rawRun(bpf: BpfSubsystem, program: LinuxProgram, data: Uint8Array, repeat: number): RunResult {
  const { memory } = bpf.host;
  const at = memory.allocate(data.length);
  try {
    memory.u8.set(data, at);
    let retval = 0;
    for (let run = 0; run < repeat; run++) retval = bpf.run(program, at, data.length);
    return new RunResult(program, retval, memory.u8.slice(at, at + data.length));
  } finally {
    memory.free(at, data.length);
  }
}
