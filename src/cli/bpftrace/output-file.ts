import { closeSync, openSync, writeSync } from "node:fs";
import type { Listener } from "../../bpftrace/output/transcript.ts";
import { OptionError } from "./options.ts";

/** Where a program's text goes: standard output, or a file. */
export interface Sink {
  readonly write: Listener;
  close(): void;
}

/** Writes at once; who reads may leave before the end. Throws `OptionError` for a file that cannot be written. */
export function openSink(file: string | undefined): Sink {
  if (file === undefined) {
    const write = (stream: "out" | "err", text: string) =>
      void (stream === "out" ? process.stdout : process.stderr).write(text);
    return { write, close: () => {} };
  }
  let fd: number;
  try {
    fd = openSync(file, "w");
  } catch (error) {
    throw new OptionError(`Failed to open output file: "${file}": ${(error as NodeJS.ErrnoException).code}`);
  }
  return {
    write: (stream, text) => void (stream === "out" ? writeSync(fd, text) : process.stderr.write(text)),
    close: () => closeSync(fd),
  };
}
