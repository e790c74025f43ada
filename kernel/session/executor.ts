import { CellDebugger } from "../debug/debugger.ts";
import type { LanguageService } from "../language/service.ts";
import { isUnchecked } from "../magics/builtin.ts";
import { type Magic, parseMagics } from "../magics/parse.ts";
import { Handed } from "../runtime/hand-over.ts";
import type { CellOutcome, CommTransfer, ErrorOutput, ExpressionValue, FromChild } from "../runtime/messages.ts";
import { type ChildExit, Runtime, type RuntimeOptions } from "../runtime/runtime.ts";
import type { Header } from "../wire/message.ts";
import type { RequestContents } from "../wire/requests.ts";
import { exitError, resetError, stuckError, tickingError } from "./child-errors.ts";
import type { KernelExtension } from "./extension.ts";
import { OpenComms } from "./open-comms.ts";
import type { OutputMessage, Outputs } from "./outputs.ts";
import { floatingNote, typeErrors, typeWarning } from "./type-errors.ts";

/** One cell to execute. */
export interface CellRequest {
  readonly header: Header;
  /** Cells of one shell come one after the other. */
  readonly shell: string;
  readonly count: number;
  readonly content: RequestContents["execute_request"];
  /** Asks the front end for a line of input; rejects if that is not possible. */
  readonly askInput: (prompt: string, password: boolean) => void;
}

/** How a cell ended, for its reply. */
export type CellResult =
  | {
      readonly status: "ok";
      readonly expressions: Readonly<Record<string, ExpressionValue>>;
      /** Plain text of the result, for the history. */
      readonly text: string | undefined;
    }
  | { readonly status: "error"; readonly error: ErrorOutput };

interface RunningCell {
  readonly cell: string;
  readonly request: CellRequest;
  readonly resolve: (result: CellResult) => void;
  /** The cell's own error, once it was published. */
  error: ErrorOutput | undefined;
  text: string | undefined;
  /** Set where the child is ended on purpose: what to say instead of "it crashed". */
  ending: ErrorOutput | undefined;
  /** Ends the child if an interrupt is not answered. */
  patience: NodeJS.Timeout | undefined;
  awaitsInput: boolean;
  /** What a magic made of it. */
  becomes: string | undefined;
  /** The cell has asked for a new process after it. */
  thenRestart: boolean;
  /** The checker knows its names. */
  declared: boolean;
}

/** A cell that waits in native code cannot be unwound: after this time (ms) its process is ended. */
const INTERRUPT_PATIENCE = 3000;

/** What front ends are told of each comm whose process is gone. */
const CLOSED = { type: "comm", event: "close", data: {}, metadata: {}, buffers: [] } as const;

/** Where cells run, and whether their types are checked before. */
export interface ExecutorOptions extends RuntimeOptions {
  readonly check?: boolean | undefined;
}

/** Executes cells, one of each shell at a time: checks the types, runs it in the child, follows it to its end. */
export class Executor {
  readonly #language: LanguageService;
  readonly #outputs: Outputs;
  readonly #runtime: Runtime;
  readonly debugger: CellDebugger;
  /** Names of the magics that libraries have added. */
  magics: readonly string[] = [];
  /** Which comms are open. */
  readonly comms: OpenComms = new OpenComms();
  #cells = 0;
  /** By cell; more than one only with subshells. */
  readonly #running = new Map<string, RunningCell>();
  /** Cells whose types are being checked, and whether they were interrupted then. */
  readonly #checking = new Set<{ interrupted: boolean }>();
  #lastCell = "";
  #note: string | undefined;
  readonly #extension: KernelExtension;
  readonly #checks: boolean;
  readonly #handed = new Handed();
  /** Cells that the parent answers, for ever: whatever the child says of one is not heard. */
  readonly #parentCells = new Set<string>();
  readonly #answering = new Set<AbortController>();

  constructor(options: ExecutorOptions, language: LanguageService, outputs: Outputs, extension: KernelExtension) {
    this.#language = language;
    this.#outputs = outputs;
    this.#extension = extension;
    this.#checks = options.check ?? true;
    this.#runtime = new Runtime(
      { ...options, launch: extension.launch },
      {
        onMessage: (message) => this.#onMessage(message),
        onRawOutput: (name, text) => outputs.handleRaw(name, text),
        onExit: (exit) => this.#onExit(exit),
      },
    );
    this.debugger = new CellDebugger({
      send: (request) => this.#runtime.inspect(request),
      event: (event, body) => outputs.debugEvent(this.#lastCell, event, body),
      names: () => language.names(),
    });
  }

  /** Executes a cell to its end. All its outputs have been published when this resolves. */
  async execute(request: CellRequest): Promise<CellResult> {
    const cell = `${request.count}${request.content.storeHistory ? "" : `_${++this.#cells}`}`;
    const { code, silent } = request.content;
    const magic = parseMagics(code).cell;
    if (magic && Object.hasOwn(this.#extension.cells, magic.name)) return this.#answer(cell, request, magic);
    this.#outputs.open(cell, { parent: request.header, count: request.count, silent });
    this.#lastCell = cell;
    const failure = await this.#check(cell, code);
    if (failure === undefined) await this.debugger.beforeCell(cell, code);
    const result = failure ? this.#fail(cell, failure) : await this.#run(cell, request);
    this.#outputs.flush();
    return result;
  }

  /** Ends the running cells, of all shells, as they share a thread; their variables and those of all other cells stay. */
  interrupt(): void {
    for (const checking of this.#checking) checking.interrupted = true;
    for (const answering of this.#answering) answering.abort();
    const asking = this.#asking();
    if (asking) {
      asking.awaitsInput = false;
      this.#runtime.answer({ type: "interrupted" });
    }
    const cells = [...this.#running.keys()].filter((cell) => cell !== asking?.cell);
    if (cells.length > 0) this.#runtime.interrupt(cells);
    for (const running of this.#running.values()) {
      running.patience ??= setTimeout(() => this.#end(running, stuckError()), INTERRUPT_PATIENCE);
    }
  }

  /** Passes on the user's answer to `prompt`. */
  answerInput(text: string): void {
    const asking = this.#asking();
    if (asking === undefined) return;
    asking.awaitsInput = false;
    this.#runtime.answer({ type: "text", text });
  }

  /** Passes on a message of a front end's comm. */
  comm(message: CommTransfer): void {
    this.comms.note(message);
    this.#runtime.comm(message);
  }

  /** Forgets a subshell whose cells have ended. */
  endShell(shell: string): void {
    this.#runtime.endShell(shell);
  }

  dispose(): void {
    this.#outputs.flush();
    this.#runtime.dispose();
    this.#extension.dispose?.();
  }

  /** Answers a cell of the extension: the child is not asked, and cannot write into it. */
  async #answer(cell: string, request: CellRequest, magic: Magic & { readonly body: string }): Promise<CellResult> {
    const { header, count, content } = request;
    this.#parentCells.add(cell);
    this.#outputs.openForParent(cell, { parent: header, count, silent: content.silent });
    const answering = new AbortController();
    this.#answering.add(answering);
    try {
      const data = await this.#extension.cells[magic.name]!({
        args: magic.args,
        body: magic.body,
        handed: this.#handed.all,
        signal: answering.signal,
        print: (text) => this.#outputs.handle({ type: "stream", cell, name: "stdout", text }),
      });
      this.#outputs.handle({ type: "result", cell, data });
      const text = data["text/plain"];
      return { status: "ok", expressions: {}, text: typeof text === "string" ? text : undefined };
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      return this.#fail(cell, { ename: name, evalue: message, traceback: [`${name}: ${message}`] });
    } finally {
      this.#answering.delete(answering);
      this.#outputs.flush();
    }
  }

  async #check(cell: string, code: string): Promise<ErrorOutput | undefined> {
    const magics = parseMagics(code);
    if (!this.#checks || magics.cell || isUnchecked(magics.lines)) return undefined;
    // Cells of other shells that have not ended: what they have declared so far is there.
    for (const running of this.#running.values()) this.#declare(running);
    const checking = { interrupted: false };
    this.#checking.add(checking);
    const result = await this.#language.check({ id: cell, code: magics.code });
    this.#checking.delete(checking);
    if (checking.interrupted) {
      const [ename, evalue] = ["CellInterrupted", "the cell was interrupted before it ran"];
      return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
    }
    if (result.note !== undefined && result.note !== this.#note) {
      this.#outputs.handle({ type: "display", cell, data: { "text/plain": result.note } });
    }
    this.#note = result.note;
    const failure = typeErrors(code, result);
    if (failure !== undefined && this.#extension.lenientTypes) {
      this.#outputs.handle({ type: "stream", cell, name: "stdout", text: typeWarning(failure) });
      return undefined;
    }
    if (failure === undefined) {
      const text = (result.floating ?? []).map(floatingNote).join("");
      if (text !== "") this.#outputs.handle({ type: "stream", cell, name: "stderr", text });
    }
    return failure;
  }

  #run(cell: string, request: CellRequest): Promise<CellResult> {
    const { code, userExpressions } = request.content;
    return new Promise((resolve) => {
      this.#running.set(cell, {
        cell,
        request,
        resolve,
        error: undefined,
        text: undefined,
        ending: undefined,
        patience: undefined,
        awaitsInput: false,
        becomes: undefined,
        thenRestart: false,
        declared: false,
      });
      this.#runtime.run({ type: "run", shell: request.shell, cell, code, expressions: userExpressions });
    });
  }

  #fail(cell: string, error: ErrorOutput): CellResult {
    this.#outputs.error(cell, error);
    return { status: "error", error };
  }

  #onMessage(message: FromChild): void {
    if ("cell" in message && this.#parentCells.has(message.cell)) return;
    switch (message.type) {
      case "handed":
        this.#handed.receive(message);
        break;
      case "ready":
      case "answered":
        break;
      case "magics":
        this.magics = message.names;
        break;
      case "inspected":
      case "inspector-event":
        this.debugger.receive(message);
        break;
      case "became": {
        const running = this.#running.get(message.cell);
        if (running) running.becomes = message.code;
        break;
      }
      case "restart": {
        const running = this.#running.get(message.cell);
        if (running) running.thenRestart = true;
        break;
      }
      case "input":
        this.#ask(message.cell, message.prompt, message.password);
        break;
      case "done":
        this.#done(message.cell, message.outcome, message.expressions);
        break;
      default:
        if (message.type === "comm") this.comms.note(message);
        this.#remember(message);
        this.#outputs.handle(message);
    }
  }

  /** Keeps what the reply and the history will repeat. */
  #remember(message: OutputMessage): void {
    const running = this.#running.get(message.cell);
    if (running === undefined) return;
    if (message.type === "error" && !message.late) running.error = message.error;
    if (message.type === "result") {
      const text = message.data["text/plain"];
      running.text = typeof text === "string" ? text : undefined;
    }
  }

  /** The cell that waits for input: `prompt` blocks the thread, so there is one at most. */
  #asking(): RunningCell | undefined {
    return [...this.#running.values()].find(({ awaitsInput }) => awaitsInput);
  }

  #ask(cell: string, prompt: string, password: boolean): void {
    const running = this.#running.get(cell);
    this.#outputs.flush();
    if (running === undefined || !running.request.content.allowStdin) {
      this.#runtime.answer({ type: "refused" });
      return;
    }
    running.awaitsInput = true;
    running.request.askInput(prompt, password);
  }

  #done(cell: string, outcome: CellOutcome, expressions: Readonly<Record<string, ExpressionValue>>): void {
    const running = this.#running.get(cell);
    if (running === undefined) return;
    if (outcome === "ticking") {
      this.#end(running, tickingError());
      return;
    }
    this.#declare(running);
    if (running.thenRestart) {
      this.#runtime.restart();
      return;
    }
    const { error, text } = running;
    this.#conclude(running, error ? { status: "error", error } : { status: "ok", expressions, text });
  }

  /** Tells the checker what a cell declares, once: when it ends, or earlier where another shell's cell may use it. */
  #declare(running: RunningCell): void {
    const { cell, request, becomes } = running;
    const { cell: magic, code } = parseMagics(request.content.code);
    // What a magic makes of its cell is known when the cell has become that.
    if (running.declared || (magic && becomes === undefined)) return;
    running.declared = true;
    this.#language.executed({ id: cell, code: becomes ?? code });
  }

  /** Ends the child under a cell; {@link #onExit} tells why. */
  #end(running: RunningCell, reason: ErrorOutput): void {
    running.ending = reason;
    this.#runtime.restart();
  }

  #onExit(exit: ChildExit): void {
    this.#language.reset();
    this.magics = [];
    void this.debugger.restarted().catch(() => undefined);
    for (const id of this.comms.clear()) {
      this.#outputs.handle({ ...CLOSED, cell: this.#lastCell, id });
    }
    // A child may also end between cells, by a timer of one: then that is shown in the last.
    if (this.#running.size === 0) this.#outputs.error(this.#lastCell, exitError(exit));
    const all = [...this.#running.values()];
    const wanted = all.some(({ thenRestart }) => thenRestart);
    const reason = all.find(({ ending }) => ending)?.ending ?? (wanted ? resetError() : exitError(exit));
    for (const running of all) {
      if (running.thenRestart) this.#conclude(running, { status: "ok", expressions: {}, text: undefined });
      else this.#conclude(running, this.#fail(running.cell, reason));
    }
  }

  #conclude(running: RunningCell, result: CellResult): void {
    clearTimeout(running.patience);
    this.#running.delete(running.cell);
    running.resolve(result);
  }
}
