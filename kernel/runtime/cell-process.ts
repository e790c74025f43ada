import { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { MagicHost } from "../magics/builtin.ts";
import { createMagic, MAGIC_FUNCTION } from "../magics/run.ts";
import { importFromCell } from "./cell-import.ts";
import { currentRun, inCell } from "./cell-run.ts";
import { CellRunners } from "./cell-runners.ts";
import { installStackTraces } from "./cell-sources.ts";
import { comms } from "./comms.ts";
import { createDisplay } from "./display-function.ts";
import { reportError } from "./error-report.ts";
import { encodeFrame, FrameReader } from "./frames.ts";
import { createHandOver, HAND_OVER } from "./hand-over.ts";
import { installResolution } from "./importer.ts";
import { createConfirm, createPrompt, createStdin } from "./input.ts";
import { FD, type FromChild, type ToChild } from "./messages.ts";
import { installStreams } from "./streams.ts";
import { installTimers, isInterruption } from "./timers.ts";
import { IMPORT_FUNCTION, META_OBJECT, transformCell } from "./transform.ts";
import type { Translators } from "./translators.ts";
import { AsyncIdReset, type WorkerLink } from "./worker-link.ts";

/** What the parent passes on the command line, as JSON. */
export interface ChildOptions {
  /** Modules that the kernel brings: name to absolute path. */
  readonly modules: Readonly<Record<string, string>>;
  /** Of files in other languages. */
  readonly translators: Translators;
}

type Emit = (message: FromChild) => void;

/** At exit, how long output may take to leave, in ms. */
const DRAIN_TIME = 2000;

/** Turns this process into one that runs cells: output, globals, errors, and the parent's commands. */
export function serveCells(link: WorkerLink, { modules, translators }: ChildOptions): void {
  const emit: Emit = (message) => link.output.write(encodeFrame(message));
  const runners = new CellRunners(emit, link.unwinding);
  installStreams((name, text) => emit({ type: "stream", cell: currentRun().cell, name, text }));
  installStackTraces(Object.values(modules));
  installTimers();
  defineGlobals(emit, modules, translators);
  comms.connect(emit);
  handleStrayErrors(emit);
  process.argv.length = 1;
  delete process.env["NODE_COMPILE_CACHE"];
  // With --disable-sigusr1 the signal opens no port, but without a listener it still takes V8's contexts from the inspector.
  process.on("SIGUSR1", () => undefined);
  process.on("exit", () => {
    link.output.drain(DRAIN_TIME);
    runners.disconnect();
  });
  listen(runners, link, emit);
  emit({ type: "ready" });
  // The first use of the type stripper costs as much as twenty cells; it is paid while the user types.
  void transformCell("0 as number");
}

function listen(runners: CellRunners, { unwinding }: WorkerLink, emit: Emit): void {
  const commands = new FrameReader<ToChild>();
  const socket = new Socket({ fd: FD.commands, readable: true, writable: false });
  socket.on("data", (bytes) => {
    let interrupted = false;
    for (const command of commands.read(bytes)) {
      switch (command.type) {
        case "run":
          runners.run(command);
          break;
        case "comm":
          comms.receive(command);
          break;
        case "end-shell":
          runners.end(command.shell);
          break;
        case "interrupt":
          if (!unwinding.answer(command.number)) break;
          emit({ type: "answered", number: command.number });
          runners.interrupt(command.cells);
          interrupted = true;
      }
    }
    if (interrupted) throw new AsyncIdReset();
  });
}

function magicHost(emit: Emit): MagicHost {
  return {
    show: (data) => emit({ type: "display", cell: currentRun().cell, data }),
    atEnd: (callback) => currentRun().atEnd.push(callback),
    become: (code) => {
      currentRun().becomes = code;
    },
    restart: () => emit({ type: "restart", cell: currentRun().cell }),
  };
}

/** Names that cells can use, hidden from `Object.keys(globalThis)` and open to redeclaration. */
function defineGlobals(emit: Emit, modules: ChildOptions["modules"], translators: Translators): void {
  const prompt = createPrompt(emit);
  let stdin: Readable | undefined;
  // Made when it is first used: one that is there and unread would keep nothing, but one that is read asks at once.
  Object.defineProperty(process, "stdin", { get: () => (stdin ??= createStdin(prompt)), configurable: true });
  const { meta, require } = installResolution(process.cwd(), modules, translators);
  const globals = {
    // CommonJS's names, which the types of Node declare.
    require,
    __filename: meta.filename,
    __dirname: meta.dirname,
    display: createDisplay(emit),
    prompt,
    confirm: createConfirm(prompt),
    [MAGIC_FUNCTION]: createMagic(magicHost(emit), async () => {
      for (const module of Object.keys(modules)) await importFromCell(module);
    }),
    [IMPORT_FUNCTION]: importFromCell,
    [META_OBJECT]: meta,
  };
  Object.defineProperty(globalThis, HAND_OVER, { value: createHandOver(emit) });
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

/** Errors that no cell is waiting for are shown in the cell that made them; the process goes on. */
function handleStrayErrors(emit: Emit): void {
  const report = (error: unknown): void => {
    if (isInterruption(error) || error instanceof AsyncIdReset) return;
    const run = currentRun();
    inCell(run, () => emit({ type: "error", cell: run.cell, error: reportError(error), late: true }));
  };
  process.on("uncaughtException", report);
  process.on("unhandledRejection", report);
}
