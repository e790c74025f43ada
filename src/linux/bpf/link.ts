import type { StructOpsMap } from "../../maps/struct-ops.ts";
import type { Displayable } from "../../plot/displayable.ts";
import type { LinuxProgram } from "./program.ts";

/** An attached program. `detach()` ends it, once; so does leaving the block of a `using` declaration. */
export interface BpfLink extends Disposable, Displayable {
  /** Counted from 1, as `bpftool link list` shows it. */
  readonly id: number;
  /** The hook, in its canonical name: `tracepoint:syscalls:sys_exit_read`. */
  readonly hook: string;
  readonly program: LinuxProgram;
  /**
   * Of an iterator: runs its program for each object that exists now, and gives what it printed. Throws `AttachError` where the
   * program ends the reading early.
   */
  readonly read?: () => string;
  /** Of an extension: whose function it replaces, and the function's id in that program's types. */
  readonly of?: { readonly program: LinuxProgram; readonly btfId: number };
  /** Of a structure of functions: its map. */
  readonly map?: StructOpsMap;
  /** False once it was detached. */
  readonly attached: boolean;
  detach(): void;
}
