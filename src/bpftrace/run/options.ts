import type { Duration } from "../../linux/duration.ts";
import type { LogSource } from "../../linux/replay/lines.ts";
import type { Data } from "../output/data.ts";
import type { ReleaseStyle } from "../output/style.ts";
import type { Listener } from "../output/transcript.ts";
import type { ReadFile } from "../syntax/imports.ts";

/** How a bpftrace program is run. */
export interface BpftraceOptions {
  /** How long, in virtual time, unless the program ends itself: `"10s"`. Left out: until `exit()`, an hour at most. */
  readonly for?: Duration;
  /** What `strace -f -ttt` wrote: the machine does the same while the program runs, as long as the log lasts. */
  readonly replay?: LogSource;
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
  /** Probes of programs run in this process alone, and the program ends with it. */
  readonly pid?: number;
  /** The process that was started to be looked at, `cpid`: the program ends with it. */
  readonly child?: number;
  /** `false`: what stands before the first event ("Attached 1 probe") is left out. */
  readonly banner?: boolean;
  /** `false`: no warnings. */
  readonly warnings?: boolean;
  /** Reads a file that the program imports; default: one of the machine. */
  readonly read?: ReadFile;
  /** Gets what the program prints at once; the result is then without text. */
  readonly listener?: Listener;
  /** Takes each value that `print` prints outside of maps, as data; the transcript then has nothing of it. */
  readonly onValue?: (value: Data) => void;
  /** The ring buffer's bytes, a power of two of at least a page; default 256 KiB. */
  readonly bufferBytes?: number;
  /** The ring buffer is read at such intervals of virtual time, so that it can overflow; left out: after each event. */
  readonly readEvery?: Duration;
  /** The line that the text begins at, counted from 1: messages count from there. */
  readonly firstLine?: number;
  /** What messages call the program; default `stdin`, as bpftrace calls the text of `-e`. */
  readonly name?: string;
}
