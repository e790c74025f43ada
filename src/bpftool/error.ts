import { ERRNO } from "../linux/errno.ts";
import { USAGE, type UsageName } from "./usage.ts";

/** What libc says of the errors that bpftool meets. */
const TEXTS: Readonly<Record<string, string>> = {
  EPERM: "Operation not permitted",
  ENOENT: "No such file or directory",
  ESRCH: "No such process",
  E2BIG: "Argument list too long",
  EBADF: "Bad file descriptor",
  EAGAIN: "Resource temporarily unavailable",
  ENOMEM: "Cannot allocate memory",
  EACCES: "Permission denied",
  EBUSY: "Device or resource busy",
  EEXIST: "File exists",
  ENODEV: "No such device",
  ENOTDIR: "Not a directory",
  EISDIR: "Is a directory",
  EINVAL: "Invalid argument",
  ENOSPC: "No space left on device",
  ERANGE: "Numerical result out of range",
  EOPNOTSUPP: "Operation not supported",
  ENOTSUPP: "Unknown error 524",
};

const NAMES: ReadonlyMap<number, string> = new Map([
  ...Object.entries(ERRNO).map(([name, number]): [number, string] => [number, name]),
  [524, "ENOTSUPP"],
]);

/** The name of an error by its number, of either sign. */
export const errnoName = (number: number): string => NAMES.get(Math.abs(number)) ?? `E${Math.abs(number)}`;

/** What libc says of an error, by name or number. */
export function errnoText(error: string | number): string {
  const name = typeof error === "number" ? errnoName(error) : error;
  return TEXTS[name] ?? `Unknown error ${ERRNO[name] ?? name}`;
}

/** The exit code of a command that fails with an error: its low eight bits, negated. */
export const exitOf = (name: string): number => -(name === "ENOTSUPP" ? 524 : (ERRNO[name] ?? 1)) & 255;

/**
 * A bpftool command that failed, in bpftool's words (`Error: ...`): an id that does not exist, words that are wrong, what Linux refused.
 * `exitCode` is bpftool's: 255, or 256 minus the errno.
 */
export class BpftoolError extends Error {
  override readonly name = "BpftoolError";
  readonly code = "BPFTOOL";
  readonly exitCode: number;
  /** What is printed before the message: libbpf's own lines. */
  readonly before: string;
  /** The usage text that follows. */
  readonly usage: string;

  constructor(
    message: string,
    { exitCode = 255, before = "", usage }: { exitCode?: number; before?: string; usage?: UsageName } = {},
  ) {
    super(message);
    this.exitCode = exitCode;
    this.before = before;
    this.usage = usage === undefined ? "" : USAGE[usage];
  }
}

/** Words that are wrong in a way that bpftool answers with the object's usage alone. */
export const usageError = (usage: UsageName): BpftoolError => new BpftoolError("", { usage });
