import type { Program } from "./sys.ts";

/** Names of signals from number 1 on, without their SIG. */
const NAMES = (
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG " +
  "XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
).split(" ");

const FIRST_REALTIME = 32;

/**
 * The name of a signal's number; undefined for the realtime ones.
 *
 * @example
 * signalName(9) // "SIGKILL"
 */
export function signalName(number: number): string | undefined {
  const name = NAMES[number - 1];
  return name && `SIG${name}`;
}

/**
 * The number of a signal by its name as strace prints it; undefined if there is none of that name.
 *
 * @example
 * signalNumber("SIGKILL") // 9
 */
export function signalNumber(name: string): number | undefined {
  if (name === "SIGRTMIN") return FIRST_REALTIME;
  const realtime = /^SIGRT_(\d{1,2})$/.exec(name);
  if (realtime !== null) return FIRST_REALTIME + Number(realtime[1]);
  const index = NAMES.indexOf(name.slice("SIG".length));
  return index < 0 ? undefined : index + 1;
}

export const SIGINT = 2;
export const SIGKILL = 9;
export const SIGSEGV = 11;
export const SIGALRM = 14;
export const SIGTERM = 15;
export const SIGCHLD = 17;
export const SIGCONT = 18;
export const SIGSTOP = 19;

/** `si_code`: sent by `kill`, by `tgkill`, by Linux itself, and for a child that exited or was killed. */
export const SI_USER = 0;
export const SI_TKILL = -6;
export const SI_KERNEL = 128;
export const CLD_EXITED = 1;
export const CLD_KILLED = 2;
export const SEGV_MAPERR = 1;

/** A signal on its way: `struct kernel_siginfo`. */
export interface SignalInfo {
  readonly signal: number;
  readonly errno: number;
  readonly code: number;
  /** Who sent it. */
  readonly pid: number;
}

/** What a process wants to be done: ignore a signal, or run a function of its own. */
export interface SignalAction {
  /** Undefined: ignored. */
  readonly handler: Program | undefined;
  /** The system call that it interrupts is made again: `SA_RESTART`. */
  readonly restart: boolean;
}

/** What Linux does where a process has said nothing. */
export type DefaultAction = "terminate" | "core" | "ignore" | "stop" | "continue";

const IGNORED = new Set([SIGCHLD, 23, 28]);
const STOPS = new Set([SIGSTOP, 20, 21, 22]);
const CORES = new Set([3, 4, 5, 6, 7, 8, SIGSEGV, 24, 25, 31]);

/** The default action of a signal, signal(7). */
export function defaultAction(signal: number): DefaultAction {
  if (IGNORED.has(signal)) return "ignore";
  if (STOPS.has(signal)) return "stop";
  if (CORES.has(signal)) return "core";
  return signal === SIGCONT ? "continue" : "terminate";
}
