import type { ErrorOutput } from "../runtime/messages.ts";
import type { ChildExit } from "../runtime/runtime.ts";

/** What every such message ends with, so that nobody wonders where the variables are, nor how to have them again. */
const AFTERMATH =
  "The runtime was started again: variables of earlier cells are gone, the notebook goes on. " +
  "Run > Run All Above Selected Cell brings the variables back.";

/** The error of a cell whose process ended under it. */
export function exitError({ code, signal, started, lastWords }: ChildExit): ErrorOutput {
  if (!started) return report("ProcessStartError", "the process in which cells run does not start", lastWords);
  if (/heap out of memory|Reached heap limit|heap limit/i.test(lastWords)) {
    return report("OutOfMemoryError", "the cell used more memory than its process may have");
  }
  if (signal === "SIGKILL") {
    return report("ProcessKilledError", "the cell's process was killed, by itself or by the system for lack of memory");
  }
  if (signal !== null) return report("ProcessCrashError", `the cell's process crashed with ${signal}`, lastWords);
  return report("ProcessExitError", `the cell ended its process with exit code ${code}`, lastWords);
}

/** The error of a cell that was interrupted and could not be stopped. */
export function tickingError(): ErrorOutput {
  return report("CellInterrupted", "the cell was interrupted but went on in the background, so its process was ended");
}

/** The error of a cell that did not answer an interrupt: it waits in native code. */
export function stuckError(): ErrorOutput {
  return report("CellInterrupted", "the cell did not react to the interrupt, so its process was ended");
}

/** The error of a cell that ran in another shell when a cell asked for a new process. */
export function resetError(): ErrorOutput {
  return report("ProcessExitError", "a cell of another shell started the process anew");
}

function report(ename: string, evalue: string, details = ""): ErrorOutput {
  return { ename, evalue, traceback: [`${ename}: ${evalue}`, ...(details.trim() ? [details.trim()] : []), AFTERMATH] };
}
