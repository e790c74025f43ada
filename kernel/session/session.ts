import { randomUUID } from "node:crypto";
import { createLanguageService } from "../language/service.ts";
import { CELL_GLOBALS } from "../runtime/globals-text.ts";
import type { CommTransfer } from "../runtime/messages.ts";
import type { Translators } from "../runtime/translators.ts";
import { decodeMessage, encodeMessage, isRejected } from "../wire/codec.ts";
import type { ConnectionInfo } from "../wire/connection.ts";
import { createHeader, type Header, type JsonObject, type Message, type MessageExtras } from "../wire/message.ts";
import { isRequestType, REQUESTS, type RequestContents, RequestError, type RequestType } from "../wire/requests.ts";
import { Signer } from "../wire/signing.ts";
import { type MessageChannel, Sockets } from "../wire/sockets.ts";
import { ABORTED, type CellQueue, type TaskResult } from "./cell-queue.ts";
import { type CellResult, Executor } from "./executor.ts";
import type { KernelExtension } from "./extension.ts";
import { History } from "./history.ts";
import { HistoryFile } from "./history-file.ts";
import { kernelInfo } from "./kernel-info.ts";
import { complete, inspect, isComplete, pages } from "./language-requests.ts";
import { Outputs } from "./outputs.ts";
import { MAIN_SHELL, Subshells } from "./subshells.ts";

/** What a kernel is started with. */
export interface SessionOptions {
  readonly connection: ConnectionInfo;
  /** The notebook's folder: cells run there, relative imports and packages are found from there. */
  readonly cwd: string;
  /** Modules that cells can import from anywhere: name to absolute path of the entry source. */
  readonly modules: Readonly<Record<string, string>>;
  /** Of files in other languages that cells import. */
  readonly translators: Translators;
  /** Shown in the banner. */
  readonly version: string;
  /** File of executed cells that outlives the kernel; without it the history ends with the session. */
  readonly historyFile?: string;
  /** False: cells run without the type checker, which completes and explains all the same. */
  readonly check?: boolean;
  /** What the kernel's configuration adds. */
  readonly extension?: KernelExtension | undefined;
}

type RequestChannel = "shell" | "control";
type Request<T extends RequestType> = Message<RequestContents[T]>;
/** Cells have a queue of their own; every other request is answered at once. */
type Answered = Exclude<RequestType, "execute_request">;
type Handlers = { readonly [T in Answered]: (request: Request<T>) => JsonObject | Promise<JsonObject> };

/** One running kernel: takes requests, answers each, publishes what happens. Ends by {@link closed}. */
export class Session {
  readonly #id = randomUUID();
  readonly #signer: Signer;
  readonly #language;
  readonly #outputs: Outputs;
  readonly #executor: Executor;
  readonly #subshells = new Subshells((id) => this.#executor.endShell(id));
  readonly #history: History;
  readonly #handlers: Handlers;
  readonly #closed = Promise.withResolvers<void>();
  #sockets: Sockets | undefined;
  #count = 0;

  private constructor(options: SessionOptions) {
    const { connection, cwd, modules, translators, version, historyFile, check, extension = { cells: {} } } = options;
    this.#signer = new Signer(connection.key, connection.hash);
    this.#history = new History(historyFile === undefined ? undefined : new HistoryFile(historyFile));
    this.#outputs = new Outputs((type, parent, content, extras) => this.#publish(type, parent, content, extras));
    // Language server and child start side by side, while the front end still connects.
    this.#language = createLanguageService({ cwd, modules, translators, globals: CELL_GLOBALS });
    this.#executor = new Executor({ cwd, modules, translators, check }, this.#language, this.#outputs, extension);
    this.#handlers = {
      kernel_info_request: () => kernelInfo(version),
      complete_request: ({ content }) => complete(this.#language, content, { cwd, magics: this.#executor.magics }),
      inspect_request: ({ content }) => inspect(this.#language, content),
      is_complete_request: ({ content }) => isComplete(this.#language, content),
      history_request: ({ content }) => ({ status: "ok", history: this.#history.query(content) }),
      comm_info_request: ({ content }) => ({ status: "ok", comms: this.#executor.comms.info(content.targetName) }),
      comm_open: (request) => this.#comm("open", request, request.content.targetName),
      comm_msg: (request) => this.#comm("message", request),
      comm_close: (request) => this.#comm("close", request),
      interrupt_request: () => {
        this.#executor.interrupt();
        return { status: "ok" };
      },
      create_subshell_request: () => ({ status: "ok", subshell_id: this.#subshells.create() }),
      delete_subshell_request: ({ content }) => {
        this.#subshells.delete(content.subshellId);
        return { status: "ok" };
      },
      list_subshell_request: () => ({ status: "ok", subshell_id: this.#subshells.list() }),
      debug_request: ({ content }) => this.#executor.debugger.request(content.request),
      shutdown_request: ({ content }) => ({ status: "ok", restart: content.restart }),
    };
  }

  /** Binds the sockets and starts the child and the language server. */
  static async start(options: SessionOptions): Promise<Session> {
    // The sockets come first: a front end that finds no port tries again only after 100 to 200 ms.
    const binding = Sockets.bind(options.connection, {
      onFrames: (channel, frames) => session.#receive(channel, frames),
      onSubscribe: (topic) => session.#welcome(topic),
    });
    const session = new Session(options);
    session.#sockets = await binding;
    session.#publish("status", undefined, { execution_state: "starting" });
    return session;
  }

  /** Resolves when the kernel has been shut down and everything it had to say was sent. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** What an interrupt request does, for a signal. */
  interrupt(): void {
    this.#executor.interrupt();
  }

  /** Ends the kernel. */
  async close(): Promise<void> {
    this.#executor.dispose();
    await this.#language.dispose();
    await this.#sockets?.close();
    this.#closed.resolve();
  }

  #receive(channel: RequestChannel | "stdin", frames: readonly Buffer[]): void {
    const message = decodeMessage(frames, this.#signer);
    // Whoever sent it does not know the key, or is no front end: there is nobody to answer.
    if (isRejected(message)) return;
    if (channel === "stdin") {
      const { value } = message.content;
      if (message.header.msg_type === "input_reply") this.#executor.answerInput(typeof value === "string" ? value : "");
      return;
    }
    const type = message.header.msg_type;
    if (!isRequestType(type) || !REQUESTS[type].channels.includes(channel)) return;
    if (type === "execute_request") {
      void this.#serveCell(channel, message);
    } else {
      void this.#serve(channel, type, message);
    }
  }

  /** Busy, the answer, idle: each with the request as parent. */
  async #serve<T extends Answered>(channel: RequestChannel, type: T, message: Message): Promise<void> {
    this.#publish("status", message.header, { execution_state: "busy" });
    const content = await this.#answer(type, message);
    this.#finish(channel, REQUESTS[type].reply, message, content);
    if (type === "shutdown_request") {
      this.#publish("shutdown_reply", message.header, content);
      await this.close();
    }
  }

  /** A cell's turn: busy, its outputs, the reply, idle. The next cell begins only after that. */
  async #serveCell(channel: RequestChannel, message: Message): Promise<void> {
    let request: Request<"execute_request">;
    let queue: CellQueue<void>;
    try {
      queue = this.#subshells.queue(shellOf(message.header));
      request = { ...message, content: REQUESTS.execute_request.read(message.content) };
    } catch (error) {
      this.#publish("status", message.header, { execution_state: "busy" });
      this.#finish(channel, "execute_reply", message, {
        ...errorReply("execute_request", error as Error),
        execution_count: this.#count,
      });
      return;
    }
    const finish = (content: JsonObject): void => this.#finish(channel, "execute_reply", request, content);
    const end = await queue.push(async () => {
      this.#publish("status", request.header, { execution_state: "busy" });
      try {
        const { value, dropWaiting } = await this.#execute(request);
        finish(value);
        return { value: undefined, dropWaiting };
      } catch (error) {
        finish(errorReply("execute_request", error as Error));
        return { value: undefined, dropWaiting: true };
      }
    });
    if (end !== ABORTED) return;
    this.#publish("status", request.header, { execution_state: "busy" });
    finish({ status: "aborted", execution_count: this.#count });
  }

  #finish(channel: RequestChannel, reply: string | undefined, request: Message<unknown>, content: JsonObject): void {
    this.#outputs.flush();
    if (reply !== undefined) this.#send(channel, reply, request.header, content, request.identities);
    this.#publish("status", request.header, { execution_state: "idle" });
  }

  async #answer<T extends Answered>(type: T, message: Message): Promise<JsonObject> {
    try {
      return await this.#handlers[type]({ ...message, content: REQUESTS[type].read(message.content) });
    } catch (error) {
      return errorReply(type, error as Error);
    }
  }

  async #execute({ header, identities, content }: Request<"execute_request">): Promise<TaskResult<JsonObject>> {
    if (content.storeHistory) this.#count++;
    const count = this.#count;
    if (!content.silent) this.#publish("execute_input", header, { code: content.code, execution_count: count });
    const askInput = (prompt: string, password: boolean): void =>
      this.#send("stdin", "input_request", header, { prompt, password }, identities);
    const result = await this.#executor.execute({ header, shell: shellOf(header), count, content, askInput });
    if (content.storeHistory) {
      const output = result.status === "ok" ? result.text : undefined;
      this.#history.add({ session: this.#history.session, line: count, source: content.code, output });
    }
    const payload = result.status === "ok" ? await pages(this.#language, content.code) : [];
    return {
      value: { ...executeReply(result, count), payload },
      dropWaiting: result.status === "error" && content.stopOnError,
    };
  }

  #comm(event: CommTransfer["event"], request: Request<"comm_msg">, target?: string): JsonObject {
    const { content, metadata } = request;
    const buffers = request.buffers.map((bytes) => bytes.toString("base64"));
    this.#executor.comm({ type: "comm", event, id: content.commId, target, data: content.data, metadata, buffers });
    return {};
  }

  #welcome(topic: Buffer): void {
    const content = { subscription: topic.toString("utf8") };
    this.#transmit("iopub", this.#message("iopub_welcome", undefined, content, [topic]));
  }

  #publish(type: string, parent: Header | undefined, content: object, extras?: MessageExtras): void {
    this.#transmit("iopub", { ...this.#message(type, parent, content, [Buffer.from(type)]), ...extras });
  }

  #send(
    channel: RequestChannel | "stdin",
    type: string,
    parent: Header,
    content: JsonObject,
    identities: readonly Buffer[],
  ): void {
    this.#transmit(channel, this.#message(type, parent, content, identities));
  }

  #message(type: string, parent: Header | undefined, content: object, identities: readonly Buffer[]): Message<object> {
    return { identities, header: createHeader(type, this.#id), parent, metadata: {}, content, buffers: [] };
  }

  #transmit(channel: MessageChannel, message: Message<object>): void {
    void this.#sockets?.send(channel, encodeMessage(message, this.#signer));
  }
}

function shellOf({ subshell_id }: Header): string {
  return typeof subshell_id === "string" ? subshell_id : MAIN_SHELL;
}

function executeReply(result: CellResult, count: number): JsonObject {
  const reply = { execution_count: count, user_expressions: {} };
  if (result.status === "error") return { status: "error", ...reply, ...result.error };
  const expressions = Object.entries(result.expressions).map(([name, value]) => [
    name,
    "data" in value ? { status: "ok", data: value.data, metadata: {} } : { status: "error", ...value.error },
  ]);
  return { status: "ok", ...reply, user_expressions: Object.fromEntries(expressions) };
}

/** A request that cannot be served, or a fault of the kernel itself: the front end is told, so that it does not wait for ever. */
function errorReply(type: RequestType, error: Error): JsonObject {
  const { name, message, stack } = error;
  if (!(error instanceof RequestError)) console.error(`bpfbook kernel: ${type} failed: ${stack}`);
  return { status: "error", ename: name, evalue: message, traceback: [] };
}
