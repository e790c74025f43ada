import type { Duration } from "../../linux/duration.ts";
import type { ReleaseStyle } from "../output/style.ts";

/** How a bpftrace program is run. */
export interface BpftraceOptions {
  /** How long, in virtual time, unless the program ends itself: `"10s"`. Left out: until `exit()`, an hour at most. */
  readonly for?: Duration;
  /** `$1`, `$2`, ... */
  readonly args?: readonly (string | number | bigint)[];
  /** Named parameters, which `getopt` reads. */
  readonly options?: Readonly<Record<string, string>>;
  /** Allow what changes the machine: `signal`, `override`, `system`. */
  readonly unsafe?: boolean;
  /** As `bpftrace -f json`: one object a line. */
  readonly format?: "text" | "json";
  /** Whose output is reproduced; default the newest. */
  readonly release?: ReleaseStyle;
  /** What messages call the program; default `stdin`, as bpftrace calls the text of `-e`. */
  readonly name?: string;
}
