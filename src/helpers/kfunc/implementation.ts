import type { ArgType } from "../arguments.ts";
import type { HelperImplementation } from "../row.ts";

/** How a kernel function is run here: as a helper is, with its arguments said, since no prototype of a helper says them. */
export interface KfuncImplementation extends HelperImplementation {
  /** Linux's name, with `bpf_`. */
  readonly name: string;
  /**
   * What is passed of each register: `anything` both halves, other types the offset of what the register points to. For
   * programs without a verdict also what is checked of it.
   */
  readonly args: readonly ArgType[];
}
