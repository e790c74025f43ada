import type { LinuxProgram } from "./program.ts";

/** An attached program. `detach()` ends it, once; so does leaving the block of a `using` declaration. */
export interface BpfLink extends Disposable {
  /** Counted from 1, as `bpftool link list` shows it. */
  readonly id: number;
  /** The hook, in its canonical name: `tracepoint:syscalls:sys_exit_read`. */
  readonly hook: string;
  readonly program: LinuxProgram;
  detach(): void;
}
