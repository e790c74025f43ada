/** The process in which cells run. Started by `runtime.ts`, which describes the pipes; speaks `messages.ts`. */
import { Socket } from "node:net";
import { currentRun, inCell } from "./cell-run.ts";
import { CellRunner } from "./cell-runner.ts";
import { installStackTraces } from "./cell-sources.ts";
import { createDisplay } from "./display-function.ts";
import { reportError } from "./error-report.ts";
import { Evaluator } from "./evaluator.ts";
import { encodeFrame, FrameReader } from "./frames.ts";
import { importFromCell, installResolution } from "./importer.ts";
import { createPrompt } from "./input.ts";
import { FD, type FromChild, type ToChild } from "./messages.ts";
import { installStreams } from "./streams.ts";
import { installTimers, isInterruption } from "./timers.ts";
import { IMPORT_FUNCTION, META_OBJECT, transformCell } from "./transform.ts";
import { AsyncIdReset, startWorker } from "./worker-link.ts";

/** What the parent passes on the command line, as JSON. */
export interface ChildOptions {
  /** Modules that the kernel brings: name to absolute path. */
  readonly modules: Readonly<Record<string, string>>;
}

/** At exit, how long output may take to leave, in ms. */
const DRAIN_TIME = 2000;

const options = JSON.parse(process.argv[2]!) as ChildOptions;
const { output, acknowledge } = startWorker();
const emit = (message: FromChild): void => output.write(encodeFrame(message));
const evaluator = new Evaluator();
const runner = new CellRunner(evaluator, emit);

installStreams((name, text) => emit({ type: "stream", cell: currentRun().cell, name, text }));
installStackTraces();
installTimers();
defineGlobals();
handleStrayErrors();
process.argv.length = 1;
process.on("exit", () => {
  output.drain(DRAIN_TIME);
  evaluator.disconnect();
});

const commands = new FrameReader<ToChild>();
const socket = new Socket({ fd: FD.commands, readable: true, writable: false });
socket.on("data", (bytes) => {
  let interrupted = false;
  for (const command of commands.read(bytes)) {
    if (command.type === "run") runner.run(command);
    else {
      acknowledge(command.number);
      runner.interrupt(command.cell);
      interrupted = true;
    }
  }
  if (interrupted) throw new AsyncIdReset();
});
emit({ type: "ready" });
// The first use of the type stripper costs as much as twenty cells; it is paid while the user types.
void transformCell("0 as number");

/** Names that cells can use, hidden from `Object.keys(globalThis)` and open to redeclaration. */
function defineGlobals(): void {
  const globals = {
    display: createDisplay(emit),
    prompt: createPrompt(emit),
    [IMPORT_FUNCTION]: importFromCell,
    [META_OBJECT]: installResolution(process.cwd(), options.modules),
  };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

/** Errors that no cell is waiting for are shown in the cell that made them; the process goes on. */
function handleStrayErrors(): void {
  const report = (error: unknown): void => {
    const run = currentRun();
    if (isInterruption(error) || error instanceof AsyncIdReset) return;
    inCell(run, () => emit({ type: "error", cell: run.cell, error: reportError(error), late: true }));
  };
  process.on("uncaughtException", report);
  process.on("unhandledRejection", report);
}
