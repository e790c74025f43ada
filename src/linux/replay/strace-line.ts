import { signalNumber } from "../signals.ts";
import { parseResult } from "./strace-result.ts";

/** A line of an strace log that cannot be understood. */
export class StraceError extends Error {
  readonly code = "EBADMSG";
  /** 1-based line in the log. */
  readonly line: number;
  /** The line as it stands there. */
  readonly text: string;
  readonly reason: string;
  constructor(line: number, text: string, reason: string) {
    const shown = text.length > 160 ? `${text.slice(0, 160)}...` : text;
    super(
      `strace log, line ${line}: ${reason}\n  ${shown}\n` +
        "The log must be that of `strace -f -ttt` (with -T durations are exact); what came before this line has happened.",
    );
    this.name = "StraceError";
    this.line = line;
    this.text = text;
    this.reason = reason;
  }
}

/** A time of `-ttt`, seconds since 1970 in two parts: as one number of nanoseconds it would not be exact. */
export interface StraceTime {
  readonly seconds: number;
  readonly nanos: number;
}

/** What a system call gave back. */
export interface StraceResult {
  /** As in the register: a number, -errno, or undefined for `?` (it did not return). */
  readonly value: number | undefined;
  /** Virtual nanoseconds of `-T`'s `<0.000123>`. */
  readonly duration?: number;
}

interface Stamped {
  /** 0 if the log has no process ids. */
  readonly pid: number;
  readonly time: StraceTime;
}

/** One line of the log. */
export type StraceLine =
  | (Stamped & {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly string[];
      readonly result: StraceResult;
    })
  | (Stamped & { readonly kind: "unfinished"; readonly name: string; readonly args: readonly string[] })
  | (Stamped & {
      readonly kind: "resumed";
      readonly name: string;
      readonly args: readonly string[];
      readonly result: StraceResult;
    })
  | (Stamped & { readonly kind: "signal"; readonly signal: string })
  /** `code` as a shell tells it: 128 and the signal's number for a process that was killed. */
  | (Stamped & { readonly kind: "exit"; readonly code: number; readonly signal?: string })
  /** A thread, `by`, called execve and goes on as this process, its leader. */
  | (Stamped & { readonly kind: "superseded"; readonly by: number });

const HEAD = /^(?:\[pid\s+(\d+)\]\s+|(\d+)\s+)?(\d+)\.(\d{1,9})\s+/;
const UNFINISHED = " <unfinished ...>";

/** Linux has no process id above this (PID_MAX_LIMIT). */
const MAX_PID = 1 << 22;

/**
 * Reads one line of `strace -f -ttt`; undefined for an empty line and for strace's own remarks. Throws `StraceError`.
 *
 * @example
 * parseStraceLine('31 1712.000250 read(3, "\\177ELF"..., 832) = 832 <0.000012>', 1)
 * // { kind: "call", pid: 31, time: {seconds: 1712, nanos: 250000}, name: "read", args: ["3", '"\\177ELF"...', "832"],
 * //   result: { value: 832, duration: 12000 } }
 */
export function parseStraceLine(text: string, line: number): StraceLine | undefined {
  if (text.trim() === "" || text.startsWith("strace: ")) return undefined;
  const fail = (reason: string): never => {
    throw new StraceError(line, text, reason);
  };
  const head = HEAD.exec(text);
  if (head === null) return fail("it does not start with a process id and a time in seconds (-f -ttt)");
  const pid = Number(head[1] ?? head[2] ?? 0);
  if (pid > MAX_PID) return fail(`its process id is above ${MAX_PID}`);
  const time = { seconds: Number(head[3]), nanos: Number(head[4]!.padEnd(9, "0")) };
  const body = text.slice(head[0].length);
  const stamp = { pid, time };

  if (body.startsWith("+++ "))
    return exitLine(stamp, body) ?? fail("an end of a process that is none of those strace prints");
  if (body.startsWith("--- ")) {
    const signal = /^--- (?:stopped by )?(SIG\w+).*---$/.exec(body);
    return signal === null ? fail("the note of a signal is cut off") : { kind: "signal", ...stamp, signal: signal[1]! };
  }
  const resumed = /^<\.\.\. (\w+|\?+) resumed>/.exec(body);
  const called = resumed ?? /^(\w+|\?+)\(/.exec(body);
  if (called === null) return fail("neither a system call nor a signal nor the end of a process");
  const name = called[1]!;
  const rest = body.slice(called[0].length);
  if (resumed === null && rest.endsWith(UNFINISHED)) {
    const { args } = splitArguments(rest.slice(0, -UNFINISHED.length));
    return { kind: "unfinished", ...stamp, name, args };
  }
  const { args, end } = splitArguments(rest);
  if (end < 0) return fail(`the arguments of ${name} have no end`);
  const result = parseResult(rest.slice(end));
  if (result === undefined) return fail(`the result of ${name} is missing or cut off`);
  return { kind: resumed === null ? "call" : "resumed", ...stamp, name, args, result };
}

function exitLine(stamp: Stamped, body: string): StraceLine | undefined {
  const exited = /^\+\+\+ exited with (\d+) \+\+\+$/.exec(body);
  if (exited !== null) return { kind: "exit", ...stamp, code: Number(exited[1]) };
  const killed = /^\+\+\+ killed by (SIG\w+)(?: \(core dumped\))? \+\+\+$/.exec(body);
  if (killed !== null) {
    const number = signalNumber(killed[1]!);
    return number === undefined ? undefined : { kind: "exit", ...stamp, code: 128 + number, signal: killed[1]! };
  }
  const superseded = /^\+\+\+ superseded by execve in pid (\d+) \+\+\+$/.exec(body);
  if (superseded !== null) return { kind: "superseded", ...stamp, by: Number(superseded[1]) };
  return undefined;
}

/**
 * Cuts a call's arguments at the commas of the outermost level; `end` is just behind the closing parenthesis, -1 if
 * there is none. Commas and brackets inside strings, structures, arrays and comments do not count.
 */
function splitArguments(text: string): { readonly args: readonly string[]; readonly end: number } {
  const args: string[] = [];
  let depth = 0;
  let start = 0;
  const take = (end: number) => {
    const arg = text.slice(start, end).trim();
    if (arg !== "") args.push(arg);
    start = end + 1;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') {
      at = stringEnd(text, at);
      if (at < 0) return { args, end: -1 };
    } else if (char === "/" && text[at + 1] === "*") {
      const close = text.indexOf("*/", at + 2);
      if (close < 0) return { args, end: -1 };
      at = close + 1;
    } else if (char === "(" || char === "[" || char === "{") depth++;
    else if (char === ")" && depth === 0) {
      take(at);
      return { args, end: at + 1 };
    } else if (char === ")" || char === "]" || char === "}") depth--;
    else if (char === "," && depth === 0) take(at);
  }
  take(text.length);
  return { args, end: -1 };
}

/** Index of the quote that closes the string opened at `open`; -1 if it is cut off. */
function stringEnd(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}
