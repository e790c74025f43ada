import { syscallByName } from "../syscall-table.ts";
import { type LogSource, LogSourceError, linesOf } from "./lines.ts";
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
  /** In the order of their first lines; two may have the same pid, one after the other. */
  readonly processes: readonly ReplayedProcess[];
  /** Time of the last thing that happens: a line, or the end of a call. */
  readonly length: number;
  readonly lines: number;
  readonly signals: number;
  /** Calls that strace had no name for. */
  readonly skipped: number;
  /** What is wrong with the line after the last good one. */
  readonly error: StraceError | undefined;
}

const MAKES_A_PROCESS = new Set(["clone", "clone3", "fork", "vfork"]);

/** Nanoseconds that a line may be earlier than the first one, as where a clock was set or logs were merged. */
const DISORDER = 10_000_000;

/** Nanoseconds that a log, or one of its calls, may last. */
const LONGEST = 86_400_000_000_000;

/** What strace prints for a number that it knows no call of, and where it could not read the number. */
const NAMELESS = /^(?:syscall_(?:0x[0-9a-f]+|\d+)|\?+)$/;

/**
 * Reads a log up to its end or its first bad line. Never throws `StraceError`: it is in the script. Throws
 * `LogSourceError` for what is no log at all.
 */
export async function readScript(source: LogSource): Promise<ReplayScript> {
  const reader = new ScriptReader();
  let error: StraceError | undefined;
  try {
    for await (const line of linesOf(source)) reader.line(line);
  } catch (cause) {
    if (!(cause instanceof StraceError)) throw cause;
    error = cause;
  }
  return reader.finish(error);
}

/** Puts lines together: an unfinished call with its resumption, a child with its parent. */
class ScriptReader {
  readonly #processes: ReplayedProcess[] = [];
  /** Who has a pid now, or had it last. */
  readonly #byPid = new Map<number, ReplayedProcess>();
  /** Calls that have begun and not returned, by process. */
  readonly #open = new Map<number, ReplayedCall>();
  /** Parents of processes that have no line yet. */
  readonly #parents = new Map<number, Origin>();
  #first: StraceTime | undefined;
  #last = 0;
  #lines = 0;
  #signals = 0;
  #skipped = 0;

  /** Takes a line with its end, which only one that is cut off lacks. */
  line(ended: string): void {
    const number = this.#lines + 1;
    const text = ended.replace(/\r?\n$/, "");
    const line = parseStraceLine(text, number);
    // What is left of it may look complete: `= 1` of `= 10240`.
    if (text === ended && line !== undefined) {
      throw new StraceError(number, text, "the log is cut off in this line, it has no end of line (strace writes one)");
    }
    if (line !== undefined) this.#take(line, number, text);
    this.#lines = number;
  }

  #take(line: StraceLine, number: number, text: string): void {
    const time = this.#time(line, number, text);
    if ("name" in line) {
      if (NAMELESS.test(line.name)) {
        if (line.kind !== "resumed") this.#skipped++;
        return;
      }
      if (syscallByName(line.name) === undefined) {
        throw new StraceError(number, text, `"${line.name}" is no system call of x86-64`);
      }
    }
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
        this.#open.delete(line.pid);
        return;
      case "superseded":
        this.#supersede(process, line.by, time);
        return;
      default:
        line satisfies never;
    }
  }

  /** Nanoseconds since the first line, for a line whose time (and duration) can be true. */
  #time(line: StraceLine, number: number, text: string): number {
    const first = (this.#first ??= line.time);
    const time = (line.time.seconds - first.seconds) * 1e9 + (line.time.nanos - first.nanos);
    const duration = "result" in line ? (line.result.duration ?? 0) : 0;
    const reason =
      time < -DISORDER
        ? "it is earlier than the first line: times must be absolute (-ttt)"
        : // Not a number, if there are so many digits that it is infinite.
          !(time <= LONGEST)
          ? "its time is more than a day after the first line's"
          : duration > LONGEST
            ? "its call lasts more than a day"
            : undefined;
    if (reason !== undefined) throw new StraceError(number, text, reason);
    const start = Math.max(time, 0);
    this.#last = Math.max(this.#last, line.kind === "call" ? start + duration : start);
    return start;
  }

  /** Whose line it is: Linux gives the pid of a process that has ended to another one, sooner or later. */
  #process(pid: number, start: number): ReplayedProcess {
    const known = this.#byPid.get(pid);
    if (known !== undefined && known.exit === undefined) return known;
    const { parent, thread } = this.#parents.get(pid) ?? { parent: undefined, thread: false };
    this.#parents.delete(pid);
    const process: ReplayedProcess = { pid, parent, thread, start, calls: [], exit: undefined };
    this.#processes.push(process);
    this.#byPid.set(pid, process);
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

  /** The leader's life ends, whatever call it was in; the thread has its pid from here on, and its `execve` returns. */
  #supersede(leader: ReplayedProcess, by: number, time: number): void {
    const thread = this.#byPid.get(by);
    const call = this.#open.get(by);
    this.#open.delete(by);
    this.#open.delete(leader.pid);
    leader.exit = { time, code: 0 };
    if (thread === undefined || call === undefined) return;
    thread.exit = { time, code: 0 };
    thread.calls.splice(thread.calls.indexOf(call), 1);
    this.#process(leader.pid, call.start).calls.push(call);
    this.#open.set(leader.pid, call);
  }

  #returned(pid: number, call: ReplayedCall, value: number | undefined): void {
    call.value = value;
    if (value === undefined) call.end = Number.POSITIVE_INFINITY;
    if (value === undefined || value <= 0 || !MAKES_A_PROCESS.has(call.name)) return;
    const origin: Origin = { parent: pid, thread: call.args.some((arg) => arg.includes("CLONE_THREAD")) };
    const child = this.#byPid.get(value);
    // A child may show up, and even end, before its parent's call has returned.
    if (child !== undefined && child.parent === undefined && child.start >= call.start) Object.assign(child, origin);
    else this.#parents.set(value, origin);
  }

  finish(error: StraceError | undefined): ReplayScript {
    if (this.#processes.length === 0 && error === undefined) {
      const why = this.#lines === 0 ? "the log is empty" : "none of the log's lines is a system call";
      throw new LogSourceError(`${why}: there is nothing to replay`);
    }
    return {
      ...{ processes: this.#processes, length: this.#last, lines: this.#lines },
      ...{ signals: this.#signals, skipped: this.#skipped, error },
    };
  }
}

/** Who made a process. */
interface Origin {
  readonly parent: number;
  readonly thread: boolean;
}
