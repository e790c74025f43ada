/** Names of signals from number 1 on, without their SIG. */
const NAMES = (
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG " +
  "XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
).split(" ");

const FIRST_REALTIME = 32;

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
