import { syscallByName } from "../syscall-table.ts";
import { type LogSource, linesOf } from "./lines.ts";
import { parseStraceLine, StraceError, type StraceLine, type StraceTime } from "./strace-line.ts";

/** One system call of the log, with its times in nanoseconds since the log's first line. */
export interface ReplayedCall {
  readonly nr: number;
  readonly name: string;
  /** As strace prints them. */
  args: readonly string[];
  readonly start: number;
  /** When it returned: undefined if the log does not say (no -T), Infinity if it never did. */
  end: number | undefined;
  /** What it returned; undefined if it did not. */
  value: number | undefined;
}

/** How a process of the log ended, apart from calling exit. */
export interface ReplayedExit {
  readonly time: number;
  readonly code: number;
}

/** One process (or thread) of the log. */
export interface ReplayedProcess {
  readonly pid: number;
  /** Who made it, with which call; undefined for the first and for those attached to. */
  parent: number | undefined;
  thread: boolean;
  /** Time of its first line. */
  readonly start: number;
  readonly calls: ReplayedCall[];
  exit: ReplayedExit | undefined;
}

/** A whole log, process by process. */
export interface ReplayScript {
  /** In the order of their first lines. */
  readonly processes: readonly ReplayedProcess[];
  /** Time of the last line. */
  readonly length: number;
  readonly lines: number;
  readonly signals: number;
  /** What is wrong with the line after the last good one. */
  readonly error: StraceError | undefined;
}

const MAKES_A_PROCESS = new Set(["clone", "clone3", "fork", "vfork"]);

/** Reads a log up to its end or its first bad line. Never throws `StraceError`: it is in the script. */
export async function readScript(source: LogSource): Promise<ReplayScript> {
  const reader = new ScriptReader();
  let error: StraceError | undefined;
  try {
    for await (const text of linesOf(source)) reader.line(text);
  } catch (cause) {
    if (!(cause instanceof StraceError)) throw cause;
    error = cause;
  }
  return reader.finish(error);
}

/** Puts lines together: an unfinished call with its resumption, a child with its parent. */
class ScriptReader {
  readonly #processes = new Map<number, ReplayedProcess>();
  /** Calls that have begun and not returned, by process. */
  readonly #open = new Map<number, ReplayedCall>();
  readonly #parents = new Map<number, { readonly parent: number; readonly thread: boolean }>();
  #first: StraceTime | undefined;
  #last = 0;
  #lines = 0;
  #signals = 0;

  line(text: string): void {
    const number = this.#lines + 1;
    const line = parseStraceLine(text, number);
    if (line !== undefined) this.#take(line, number, text);
    this.#lines = number;
  }

  #take(line: StraceLine, number: number, text: string): void {
    this.#first ??= line.time;
    const time = (line.time.seconds - this.#first.seconds) * 1e9 + (line.time.nanos - this.#first.nanos);
    if (time < 0)
      throw new StraceError(number, text, "it is earlier than the first line: times must be absolute (-ttt)");
    if ("name" in line && syscallByName(line.name) === undefined) {
      throw new StraceError(number, text, `"${line.name}" is no system call of x86-64`);
    }
    this.#last = Math.max(this.#last, time);
    const process = this.#process(line.pid, time);
    switch (line.kind) {
      case "call":
        process.calls.push(this.#call(line, time, line.result.duration));
        this.#returned(line.pid, process.calls.at(-1)!, line.result.value);
        return;
      case "unfinished":
        this.#open.set(line.pid, this.#call(line, time, Number.POSITIVE_INFINITY));
        process.calls.push(this.#open.get(line.pid)!);
        return;
      case "resumed":
        this.#resume(line, process, time);
        return;
      case "signal":
        this.#signals++;
        return;
      case "exit":
        process.exit = { time, code: line.code };
        return;
      default:
        line satisfies never;
    }
  }

  #process(pid: number, time: number): ReplayedProcess {
    const known = this.#processes.get(pid);
    if (known !== undefined) return known;
    const process = { pid, parent: undefined, thread: false, start: time, calls: [], exit: undefined };
    this.#processes.set(pid, process);
    return process;
  }

  #call(line: { name: string; args: readonly string[] }, start: number, duration: number | undefined): ReplayedCall {
    const { nr, name } = syscallByName(line.name)!;
    const end = duration === undefined ? undefined : start + duration;
    return { nr, name, args: line.args, start, end, value: undefined };
  }

  #resume(line: StraceLine & { kind: "resumed" }, process: ReplayedProcess, time: number): void {
    let call = this.#open.get(line.pid);
    this.#open.delete(line.pid);
    if (call === undefined || call.name !== line.name) {
      // strace was attached in the middle of the call: it began before the log.
      call = this.#call({ ...line, args: [] }, process.start, undefined);
      process.calls.push(call);
    }
    call.args = [...call.args, ...line.args];
    call.end = time;
    this.#returned(line.pid, call, line.result.value);
  }

  #returned(pid: number, call: ReplayedCall, value: number | undefined): void {
    call.value = value;
    if (value === undefined) call.end = Number.POSITIVE_INFINITY;
    if (value === undefined || value <= 0 || !MAKES_A_PROCESS.has(call.name)) return;
    this.#parents.set(value, { parent: pid, thread: call.args.some((arg) => arg.includes("CLONE_THREAD")) });
  }

  finish(error: StraceError | undefined): ReplayScript {
    for (const process of this.#processes.values()) {
      const origin = this.#parents.get(process.pid);
      // A child may show up before its parent's call has returned, so this is known only now.
      if (origin !== undefined && this.#processes.has(origin.parent)) Object.assign(process, origin);
    }
    const processes = [...this.#processes.values()];
    return { processes, length: this.#last, lines: this.#lines, signals: this.#signals, error };
  }
}
