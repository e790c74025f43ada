import { isObject, requireBytes } from "../isa/argument.ts";
import { debugRun, type Trace, traceRun } from "../linux/bpf/debug-run.ts";
import type { RunInput } from "../linux/bpf/prepared-run.ts";
import type { LinuxProgram } from "../linux/bpf/program.ts";
import type { BpfSubsystem } from "../linux/bpf/subsystem.ts";
import { type RunResult, testRun } from "../linux/bpf/test-run.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { Debugger } from "../vm/debug/debugger.ts";
import { type JitedListing, jitedListingOf } from "./jited.ts";

/** A packet alone is an input. */
function inputOf(input: unknown): RunInput {
  if (isObject(input) && !Array.isArray(input) && !(input instanceof Uint8Array)) return input;
  requireBytes("packet", input);
  return { data: input };
}

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
   * Runs the program once, as BPF_PROG_TEST_RUN does: on a packet, or on what the type takes instead (`RunInput`). Programs of
   * type `kprobe`, `tracepoint`, `perf_event` and `cgroup_device` run on a context too; that is ours, Linux cannot do it.
   *
   * @example
   * xdp.run(packet.udp({ dport: 53 })).verdict; // "XDP_PASS"
   * tc.run({ data: packet.udp(), context: { mark: 5 } }).contextOut;
   * switches.run({ event: "sched:sched_switch", context: { prev_comm: "bash", prev_pid: 7 } }).retval;
   */
  run(input: Uint8Array | RunInput): RunResult {
    return testRun(this.bpf, this.program, inputOf(input));
  }

  /**
   * Runs the program once, as `run` does, in the interpreter and tells every instruction of the run (at most `steps`, default
   * 2,000) and what it changed. The machine stays as it was: maps, memory, random numbers. Shows as a stepper.
   *
   * @example xdp.trace(packet.udp({ dport: 53 })).run.steps.length; // instructions executed
   */
  trace(input: Uint8Array | RunInput, options: { readonly steps?: number } = {}): Trace {
    return traceRun(this.bpf, this.program, { ...inputOf(input), ...options });
  }

  /**
   * The run that `run` would do, stopped before its first instruction: step, breakpoints, watches, and back. Close it before
   * anything else runs on the machine, which is then as it was.
   *
   * @example
   * using debug = xdp.debug(packet.udp({ dport: 53 }));
   * debug.runTo({ line: 7 });
   * debug.state().registers;
   */
  debug(input: Uint8Array | RunInput): Debugger {
    return debugRun(this.bpf, this.program, inputOf(input));
  }

  /**
   * What the program is after verifying and rewriting, each instruction beside the WebAssembly that it becomes. Throws
   * `ProgramError` for a program that is too large for WebAssembly.
   *
   * @example xdp.jited().rows[0].wat; // ["local.get 2", "i32.wrap_i64", "i64.load offset=8", "local.set 3"]
   */
  jited(): JitedListing {
    return jitedListingOf(this.bpf, this.program);
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("loaded-program", this);
  }
}
