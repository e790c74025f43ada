import { requireBytes } from "../../isa/argument.ts";
import { prepareTestRun } from "../../programs/test-run.ts";
import type { LinuxProgram } from "./program.ts";
import type { BpfSubsystem } from "./subsystem.ts";

/** The input of a test run in memory: a packet with its context, or for type `raw` plain bytes. */
export interface PreparedRun {
  /** Offset of what r1 points to. */
  readonly context: number;
  /** For `raw`: bytes there; else 0. */
  readonly length: number;
  /** What Linux would copy to `data_out` now. */
  dataOut(): Uint8Array;
  free(): void;
}

/** Puts the input of a test run into memory; throws `TestRunError` where Linux refuses it, `ArgumentError` for no bytes. */
export function prepareRun(bpf: BpfSubsystem, program: LinuxProgram, data: Uint8Array): PreparedRun {
  const { memory } = bpf.host;
  if (program.spec.type !== "raw") return { length: 0, ...prepareTestRun(memory, program.spec.type, data) };
  requireBytes("data", data);
  const context = memory.allocate(data.length);
  memory.u8.set(data, context);
  return {
    context,
    length: data.length,
    dataOut: () => memory.u8.slice(context, context + data.length),
    free: () => memory.free(context, data.length),
  };
}
