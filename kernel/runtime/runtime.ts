import { type ChildProcess, spawn } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { ChildOptions } from "./cell-process.ts";
import { encodeFrame, FrameReader } from "./frames.ts";
import { memoryLimit } from "./memory-limit.ts";
import {
  type CommTransfer,
  type EndShell,
  FD,
  type FromChild,
  type InputAnswer,
  type InspectorRequest,
  type Interrupt,
  type RunCell,
  SEND_AGAIN,
  type StreamName,
} from "./messages.ts";
import { sibling } from "./sibling.ts";

/** How a child ended that nobody asked to end. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** False if it ended before it could take a cell. */
  readonly started: boolean;
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
  /** The most bytes that are read of a child that nobody trusts; then it is ended, and `onTooMuch` called. */
  readonly mostBytes?: number;
  readonly onTooMuch?: () => void;
}

/** How a program is started. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Changes how the child is started, for instance in a sandbox. Its descriptors 1 to 6 must reach it. */
export type Launch = (command: Command) => Command;

/** Where cells run. */
export interface RuntimeOptions extends ChildOptions {
  /** The notebook's folder. */
  readonly cwd: string;
  readonly launch?: Launch | undefined;
}

/** Lines by which V8 announces that the process ends: they are told as the cell's error, not as its output. */
const FATAL = /<--- Last few GCs --->|FATAL ERROR:|# Fatal error in/;
/** Printed by Node for a debugger that we are ourselves. */
const DEBUGGER_NOTE = "Waiting for the debugger to disconnect...\n";
const LAST_WORDS = 16_384;
/** After the child's end, how long its pipes may stay open, in ms. */
const CLOSE_TIME = 500;

/** One process. */
interface Child {
  readonly process: ChildProcess;
  /** It has said that it takes cells. */
  ready: boolean;
  /** What it is to be sent when it is ready, or has answered the last interrupt. */
  waiting: { readonly fd: number; readonly message: object }[];
  /** The last interrupt, until it is answered. */
  unanswered: Interrupt | undefined;
  readonly sendAgain: NodeJS.Timeout;
  /** What is held back from descriptors 1 and 2: the reason of its end. */
  lastWords: string;
}

/**
 * The child process in which cells run: started at once, and again whenever it ends. One that did not even start is tried
 * again only when there is a cell to run.
 */
export class Runtime {
  readonly #options: RuntimeOptions;
  readonly #events: RuntimeEvents;
  #child: Child | undefined;
  /** Interrupts sent to this child. */
  #interrupts = 0;
  #disposed = false;

  constructor(options: RuntimeOptions, events: RuntimeEvents) {
    this.#options = options;
    this.#events = events;
    this.#child = this.#start();
  }

  run(command: RunCell): void {
    this.#child ??= this.#start();
    // An interrupt that is still under way might cost the child what it is sent meanwhile.
    if (this.#child.unanswered) this.#child.waiting.push({ fd: FD.commands, message: command });
    else this.#send(FD.commands, command);
  }

  /** Interrupts cells, whatever they are doing; their `done` follows, or the child is beyond help (see {@link restart}). */
  interrupt(cells: readonly string[]): void {
    const interrupt: Interrupt = { type: "interrupt", cells, number: ++this.#interrupts };
    if (this.#child) this.#child.unanswered = interrupt;
    this.#send(FD.commands, interrupt);
    this.#send(FD.worker, interrupt);
  }

  /** Passes on a message of a front end's comm. Without a child there is nobody to take it. */
  comm(message: CommTransfer): void {
    this.#send(FD.commands, message);
  }

  /** Forgets a subshell whose cells have ended. */
  endShell(shell: string): void {
    this.#send(FD.commands, { type: "end-shell", shell } satisfies EndShell);
  }

  /** Asks V8's inspector in the child. */
  inspect(request: InspectorRequest): void {
    this.#child ??= this.#start();
    this.#send(FD.worker, request);
  }

  /** Answers a message of type `input`. */
  answer(answer: InputAnswer): void {
    this.#send(FD.input, answer);
  }

  /** Ends the child and all programs it started; a new child starts, with `onExit` in between. */
  restart(): void {
    kill(this.#child?.process);
  }

  /** Ends the child for good. */
  dispose(): void {
    this.#disposed = true;
    kill(this.#child?.process);
  }

  #send(fd: number, message: object): void {
    const child = this.#child;
    // No cell runs before its output has a way out.
    if (child?.ready === false) child.waiting.push({ fd, message });
    else if (child) pipe(child.process, fd).write(encodeFrame(message));
  }

  #sendWaiting(child: Child): void {
    const { waiting } = child;
    child.waiting = [];
    for (const { fd, message } of waiting) this.#send(fd, message);
  }

  #start(): Child {
    this.#interrupts = 0;
    const process = spawnChild(this.#options);
    const sendAgain = setInterval(() => {
      if (child.ready && child.unanswered) this.#send(FD.commands, child.unanswered);
    }, SEND_AGAIN).unref();
    const child: Child = { process, ready: false, waiting: [], unanswered: undefined, sendAgain, lastWords: "" };
    const frames = new FrameReader<FromChild>();
    let bytesLeft = this.#events.mostBytes ?? Number.POSITIVE_INFINITY;
    (process.stdio[FD.out] as Readable).on("data", (bytes: Buffer) => {
      if (bytesLeft < 0) return;
      bytesLeft -= bytes.length;
      if (bytesLeft < 0) {
        kill(process);
        this.#events.onTooMuch?.();
        return;
      }
      for (const message of frames.read(bytes)) {
        if (message.type === "ready") {
          child.ready = true;
          this.#sendWaiting(child);
        } else if (message.type === "answered" && message.number === child.unanswered?.number) {
          child.unanswered = undefined;
          this.#sendWaiting(child);
        }
        this.#events.onMessage(message);
      }
    });
    // Writing to a child that is just ending is no fault of ours; `close` tells what happened.
    for (const fd of [FD.commands, FD.worker, FD.input]) pipe(process, fd).on("error", () => undefined);
    for (const name of ["stdout", "stderr"] as const) {
      process[name]!.setEncoding("utf8").on("data", (text: string) => this.#rawOutput(child, name, text));
    }
    process.on("error", (error) => {
      // It could not be started at all: the folder is gone, there are too many processes.
      child.lastWords += `${error.message}\n`;
      this.#ended(child, null, null);
    });
    process.on("exit", (code, signal) => {
      kill(process); // programs that the child started
      const end = (): void => {
        clearTimeout(patience);
        process.off("close", end);
        this.#ended(child, code, signal);
      };
      // All output has been read when the pipes are closed; a program that left the group may hold them open.
      const patience = setTimeout(end, CLOSE_TIME);
      process.on("close", end);
    });
    return child;
  }

  #ended({ ready, lastWords, sendAgain }: Child, code: number | null, signal: NodeJS.Signals | null): void {
    clearInterval(sendAgain);
    if (this.#disposed) return;
    this.#child = ready ? this.#start() : undefined;
    this.#events.onExit({ code, signal, started: ready, lastWords });
  }

  /** Descriptors 1 and 2: output of the cell, or the reason why the process ends. */
  #rawOutput(child: Child, name: StreamName, text: string): void {
    const fatal = child.lastWords !== "" || !child.ready || (name === "stderr" && FATAL.test(text));
    if (fatal) child.lastWords = (child.lastWords + text).slice(0, LAST_WORDS);
    else if (text !== DEBUGGER_NOTE) this.#events.onRawOutput(name, text);
  }
}

function spawnChild({ cwd, modules, translators, launch = (command) => command }: RuntimeOptions): ChildProcess {
  const { file, args, ...where } = launch({
    file: process.execPath,
    args: [
      // No signal and no environment variable may open an inspector port.
      "--disable-sigusr1",
      "--disable-warning=ExperimentalWarning",
      // Unwinding a spinning timer leaves Node's bookkeeping of async ids behind; `worker-link.ts` mends it.
      "--no-force-async-hooks-checks",
      // Node's 16 MB would be three times as much memory after a first plot, for no time that could be measured.
      "--max-semi-space-size=8",
      `--max-old-space-size=${memoryLimit(process.env)}`,
      fileURLToPath(sibling(import.meta.url, "./child")),
      JSON.stringify({ modules, translators } satisfies ChildOptions),
    ],
    cwd,
    env: childEnvironment(),
  });
  return spawn(file, args, {
    ...where,
    // A process group of its own: programs that cells start end with it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", "pipe", "pipe"],
  });
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

function kill(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
