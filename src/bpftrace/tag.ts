import { ArgumentError } from "../isa/argument.ts";
import type { BpftraceResult } from "./bpftrace.ts";
import type { LiveOptions, LiveProgram } from "./live.ts";
import type { BpftraceOptions } from "./run/options.ts";
import type { SessionMachine } from "./run/session.ts";

/** Runs a bpftrace program that is written as a template, or given as a text. */
export interface BpftraceTag {
  (text: TemplateStringsArray | string, ...values: readonly (string | number | bigint)[]): Promise<BpftraceResult>;
  /** The program as a value that runs when a cell shows it, with a picture that moves. */
  live(text: TemplateStringsArray | string, ...values: readonly (string | number | bigint)[]): Promise<LiveProgram>;
}

/** The text of a template as it was written, backslashes included. */
function textOf(template: TemplateStringsArray | string, values: readonly (string | number | bigint)[]): string {
  if (typeof template === "string") return template;
  if (!Array.isArray(template?.raw)) throw new ArgumentError("text", "a bpftrace program", template);
  return template.raw.map((part, index) => part + String(values[index] ?? "")).join("");
}

/** The tag of a machine. The whole of bpftrace is read when the first program runs. */
export function bpftraceTag(machine: SessionMachine, options: LiveOptions = {}): BpftraceTag {
  const run: (...args: Parameters<BpftraceTag>) => Promise<BpftraceResult> = async (template, ...values) => {
    const { bpftrace: start } = await import("./bpftrace.ts");
    return start(machine, textOf(template, values), options);
  };
  const live: BpftraceTag["live"] = async (template, ...values) => {
    const { LiveProgram: Live } = await import("./live.ts");
    return new Live(machine, textOf(template, values), options);
  };
  return Object.assign(run, { live });
}

/**
 * Runs a bpftrace program on a machine: compiled to programs for Linux, verified, attached, and read until the time is
 * over or it calls `exit()`. Throws `BpftraceError` with all faults of the text, as bpftrace prints them.
 *
 * @example
 * const { text } = await bpftrace(m, "tracepoint:syscalls:sys_exit_read { @bytes = hist(args.ret); }", { for: "10s" });
 */
export const bpftrace = (
  machine: SessionMachine,
  text: string,
  options: BpftraceOptions = {},
): Promise<BpftraceResult> => bpftraceTag(machine, options)(text);
