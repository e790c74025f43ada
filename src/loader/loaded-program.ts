import type { LinuxProgram } from "../linux/bpf/program.ts";
import type { BpfSubsystem } from "../linux/bpf/subsystem.ts";
import { type RunResult, testRun } from "../linux/bpf/test-run.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import type { ProgramSpec } from "../programs/spec.ts";

/** A program that a machine accepted, as a notebook holds it. */
export class LoadedProgram implements Displayable {
  readonly program: LinuxProgram;
  readonly bpf: BpfSubsystem;

  constructor(bpf: BpfSubsystem, program: LinuxProgram) {
    this.bpf = bpf;
    this.program = program;
  }

  get id(): number {
    return this.program.id;
  }

  get name(): string {
    return this.program.spec.name;
  }

  get spec(): ProgramSpec {
    return this.program.spec;
  }

  /**
   * Runs the program once on a packet, as BPF_PROG_TEST_RUN does, for types that take one (`xdp`, `sched_cls`,
   * `socket_filter`) and `raw`. The result shows the returned value with its name and the packet after the run.
   */
  run(data: Uint8Array): RunResult {
    return testRun(this.bpf, this.program, { data });
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("loaded-program", this);
  }
}
