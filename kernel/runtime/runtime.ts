import { type ChildProcess, spawn } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { ChildOptions } from "./cell-process.ts";
import { encodeFrame, FrameReader } from "./frames.ts";
import { FD, type FromChild, type InputAnswer, type Interrupt, type RunCell, type StreamName } from "./messages.ts";
import { sibling } from "./sibling.ts";

/** How a child ended that nobody asked to end. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What V8 or native code said before it gave up. */
  readonly lastWords: string;
}

/** What a runtime tells its owner. */
export interface RuntimeEvents {
  readonly onMessage: (message: FromChild) => void;
  /** Text on descriptor 1 or 2 that no cell can be named for: native code, programs started by a cell. */
  readonly onRawOutput: (name: StreamName, text: string) => void;
  /** The child is gone, and a new one is starting. Its messages have all been delivered. */
  readonly onExit: (exit: ChildExit) => void;
}

/** Where cells run. */
export interface RuntimeOptions extends ChildOptions {
  /** The notebook's folder. */
  readonly cwd: string;
}

/** Lines by which V8 announces that the process ends: they are told as the cell's error, not as its output. */
const FATAL = /<--- Last few GCs --->|FATAL ERROR:|# Fatal error in/;
/** Printed by Node for a debugger that we are ourselves. */
const DEBUGGER_NOTE = "Waiting for the debugger to disconnect...\n";
const LAST_WORDS = 16_384;
/** After the child's end, how long its pipes may stay open, in ms. */
const CLOSE_TIME = 500;

/** The child process in which cells run: started at once, started again whenever it ends. */
export class Runtime {
  readonly #options: RuntimeOptions;
  readonly #events: RuntimeEvents;
  #child: ChildProcess;
  /** Interrupts sent to this child. */
  #interrupts = 0;
  #disposed = false;

  constructor(options: RuntimeOptions, events: RuntimeEvents) {
    this.#options = options;
    this.#events = events;
    this.#child = this.#start();
  }

  run(command: RunCell): void {
    this.#send(FD.commands, command);
  }

  /** Interrupts a cell, whatever it is doing; its `done` follows, or the child is beyond help (see {@link restart}). */
  interrupt(cell: string): void {
    const interrupt: Interrupt = { type: "interrupt", cell, number: ++this.#interrupts };
    this.#send(FD.commands, interrupt);
    this.#send(FD.worker, interrupt);
  }

  /** Answers a message of type `input`. */
  answer(answer: InputAnswer): void {
    this.#send(FD.input, answer);
  }

  /** Ends the child and all programs it started; a new child starts, with `onExit` in between. */
  restart(): void {
    kill(this.#child);
  }

  /** Ends the child for good. */
  dispose(): void {
    this.#disposed = true;
    kill(this.#child);
  }

  #send(fd: number, message: object): void {
    pipe(this.#child, fd).write(encodeFrame(message));
  }

  #start(): ChildProcess {
    const { cwd, modules } = this.#options;
    this.#interrupts = 0;
    const child = spawn(
      process.execPath,
      [
        // No signal and no environment variable may open an inspector port.
        "--disable-sigusr1",
        "--disable-warning=ExperimentalWarning",
        // Unwinding a spinning timer leaves Node's bookkeeping of async ids behind; `worker-link.ts` mends it.
        "--no-force-async-hooks-checks",
        fileURLToPath(sibling(import.meta.url, "./child")),
        JSON.stringify({ modules } satisfies ChildOptions),
      ],
      // A process group of its own: programs that cells start end with it.
      {
        cwd,
        env: childEnvironment(),
        detached: true,
        stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", "pipe", "pipe"],
      },
    );
    const frames = new FrameReader<FromChild>();
    (child.stdio[FD.out] as Readable).on("data", (bytes: Buffer) => {
      for (const message of frames.read(bytes)) this.#events.onMessage(message);
    });
    // Writing to a child that is just ending is no fault of ours; `close` tells what happened.
    for (const fd of [FD.commands, FD.worker, FD.input]) pipe(child, fd).on("error", () => undefined);
    const lastWords = this.#listen(child);
    child.on("exit", (code, signal) => {
      kill(child); // programs that the child started
      const end = (): void => {
        clearTimeout(patience);
        child.off("close", end);
        if (this.#disposed) return;
        this.#child = this.#start();
        this.#events.onExit({ code, signal, lastWords: lastWords() });
      };
      // All output has been read when the pipes are closed; a program that left the group may hold them open.
      const patience = setTimeout(end, CLOSE_TIME);
      child.on("close", end);
    });
    return child;
  }

  /** Passes on descriptors 1 and 2; returns what was held back. */
  #listen(child: ChildProcess): () => string {
    let fatal = "";
    for (const name of ["stdout", "stderr"] as const) {
      child[name]!.setEncoding("utf8").on("data", (text: string) => {
        if (fatal !== "" || (name === "stderr" && FATAL.test(text))) fatal = (fatal + text).slice(0, LAST_WORDS);
        else if (text !== DEBUGGER_NOTE) this.#events.onRawOutput(name, text);
      });
    }
    return () => fatal;
  }
}

/** The child compiles nothing that its parent's compile cache has: half of its start time. It hides the variable from cells. */
function childEnvironment(): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir();
  // Node names the folder of its own version below the one that it was given.
  return cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) };
}

/** A pipe to the child; Node's types know only the first five. */
function pipe(child: ChildProcess, fd: number): Writable {
  return (child.stdio as unknown as Writable[])[fd]!;
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
