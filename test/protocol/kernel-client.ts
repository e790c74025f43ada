import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Dealer, Request, Subscriber } from "zeromq";
import { decodeMessage, encodeMessage, isRejected } from "../../kernel/wire/codec.ts";
import { parseConnection } from "../../kernel/wire/connection.ts";
import { createHeader, type JsonObject, type Message } from "../../kernel/wire/message.ts";
import { Signer } from "../../kernel/wire/signing.ts";

const ENTRY = fileURLToPath(new URL("../../kernel/start.ts", import.meta.url));
const KEY = "a key of the tests";

/** Everything that a request led to: its reply, and what was published for it, up to `idle`. */
export interface Answer {
  readonly reply: JsonObject;
  readonly published: readonly Message[];
  /** Milliseconds from the request to `idle`. */
  readonly milliseconds: number;
}

/** The sources, or the package whose launcher BPFBOOK_LAUNCHER names: `built.test.ts` sets it. */
function ownCommand(connectionFile: string): readonly string[] {
  const launcher = process.env["BPFBOOK_LAUNCHER"];
  if (launcher) return [process.execPath, "--disable-sigusr1", launcher, "kernel", "start", connectionFile];
  return [process.execPath, "--disable-warning=ExperimentalWarning", ENTRY, connectionFile];
}

/** A front end over bare ZeroMQ, with nothing between the test and the wire. */
export class KernelClient {
  readonly process: ChildProcess;
  readonly folder: string;
  /** Everything published, in order. */
  readonly published: Message[] = [];
  readonly signer = new Signer(KEY);
  readonly session = randomUUID();
  readonly shell: Dealer;
  readonly control: Dealer;
  readonly stdin: Dealer;
  /** What the kernel itself says on its own stdout and stderr: nothing. */
  log = "";
  /** Answers `input_request`; without it, requests forbid input. */
  onInput: ((prompt: string) => string | undefined) | undefined;
  readonly #iopub = new Subscriber({ receiveHighWaterMark: 0 });
  readonly #heartbeat: Request;
  readonly #replies = new Map<string, (message: Message) => void>();
  #changed = Promise.withResolvers<void>();

  private constructor(
    folder: string,
    ports: readonly number[],
    environment: NodeJS.ProcessEnv,
    command: (connectionFile: string) => readonly string[],
  ) {
    this.folder = folder;
    const names = ["shell", "control", "iopub", "stdin", "hb"];
    const connection = {
      transport: "tcp",
      ip: "127.0.0.1",
      key: KEY,
      signature_scheme: "hmac-sha256",
      ...Object.fromEntries(names.map((name, index) => [`${name}_port`, ports[index]])),
    };
    const file = join(folder, "connection.json");
    writeFileSync(file, JSON.stringify(parseConnection(connection, file) && connection), { mode: 0o600 });
    const [program, ...args] = command(file);
    this.process = spawn(program!, args, {
      cwd: folder,
      // No test writes into the history of whoever runs it.
      env: { ...process.env, XDG_DATA_HOME: folder, ...environment },
    });
    for (const stream of [this.process.stdout!, this.process.stderr!]) stream.on("data", (text) => (this.log += text));
    const address = (index: number): string => `tcp://127.0.0.1:${ports[index]}`;
    const dealer = (index: number): Dealer => {
      const socket = new Dealer({ routingId: this.session, linger: 0 });
      socket.connect(address(index));
      return socket;
    };
    [this.shell, this.control, this.stdin] = [dealer(0), dealer(1), dealer(3)];
    this.#iopub.connect(address(2));
    this.#iopub.subscribe();
    this.#heartbeat = new Request({ linger: 0, receiveTimeout: 5000 });
    this.#heartbeat.connect(address(4));
    void this.#listen();
    for (const socket of [this.shell, this.control]) void this.#receiveReplies(socket);
    void this.#answerInput();
  }

  /**
   * Starts a kernel in a folder of its own, with these variables beside the test's own.
   *
   * @param command of another kernel than ours
   */
  static async start(environment: NodeJS.ProcessEnv = {}, command = ownCommand): Promise<KernelClient> {
    const ports = await Promise.all(Array.from({ length: 5 }, freePort));
    const client = new KernelClient(mkdtempSync(join(tmpdir(), "bpfbook-kernel-")), ports, environment, command);
    if (command === ownCommand) await client.waitFor(({ header }) => header.msg_type === "iopub_welcome");
    else await client.#untilHeard();
    return client;
  }

  /** Other kernels may not say when they hear a subscription: they are asked until something is published. */
  async #untilHeard(): Promise<void> {
    while (this.published.length === 0) {
      this.send("kernel_info_request", {});
      await Promise.race([this.waitFor(() => true), new Promise((resolve) => setTimeout(resolve, 50))]);
    }
  }

  /** Sends a request; its id comes back at once, so that a test can send others before the reply. */
  send(
    type: string,
    content: object,
    socket: Dealer = this.shell,
    subshell?: string,
  ): { id: string; reply: Promise<JsonObject> } {
    const header = { ...createHeader(type, this.session), ...(subshell !== undefined && { subshell_id: subshell }) };
    const reply = new Promise<JsonObject>((resolve) => {
      this.#replies.set(header.msg_id, (message) => resolve(message.content));
    });
    const message = { identities: [], header, parent: undefined, metadata: {}, content, buffers: [] };
    this.#outgoing = this.#outgoing.then(() => socket.send(encodeMessage(message, this.signer)));
    return { id: header.msg_id, reply };
  }
  #outgoing: Promise<void> = Promise.resolve();

  /** Sends a request and waits for its reply and its `idle`. */
  async request(type: string, content: object = {}, socket: Dealer = this.shell, subshell?: string): Promise<Answer> {
    const start = performance.now();
    const { id, reply } = this.send(type, content, socket, subshell);
    const content_ = await reply;
    await this.idle(id);
    return { reply: content_, published: this.outputsOf(id), milliseconds: performance.now() - start };
  }

  /** Executes a cell. */
  execute(code: string, options: JsonObject = {}, subshell?: string): Promise<Answer> {
    const content = { code, allow_stdin: this.onInput !== undefined, ...options };
    return this.request("execute_request", content, this.shell, subshell);
  }

  idle(id: string): Promise<Message> {
    return this.waitFor(
      ({ header, parent, content }) =>
        parent?.msg_id === id && header.msg_type === "status" && content["execution_state"] === "idle",
    );
  }

  outputsOf(id: string): Message[] {
    return this.published.filter(({ parent }) => parent?.msg_id === id);
  }

  /** The first published message that fits, now or later. */
  async waitFor(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.published.find(fits);
      if (found) return found;
      await this.#changed.promise;
    }
  }

  async heartbeat(text: string): Promise<string> {
    await this.#heartbeat.send(text);
    return String((await this.#heartbeat.receive())[0]);
  }

  /** Shuts the kernel down and waits for the end of its process; the exit code. */
  async stop(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.process.once("exit", resolve));
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.send("shutdown_request", { restart: false }, this.control);
      await ended;
    }
    for (const socket of [this.shell, this.control, this.stdin, this.#iopub, this.#heartbeat]) socket.close();
    rmSync(this.folder, { recursive: true, force: true });
    return this.process.exitCode;
  }

  async #listen(): Promise<void> {
    for await (const frames of this.#iopub) {
      const message = decodeMessage(frames, this.signer);
      if (isRejected(message)) throw new TypeError(`a published message is ${message.rejected}: ${message.detail}`);
      this.published.push(message);
      const { resolve } = this.#changed;
      this.#changed = Promise.withResolvers();
      resolve();
    }
  }

  async #receiveReplies(socket: Dealer): Promise<void> {
    for await (const frames of socket) {
      const message = decodeMessage(frames, this.signer);
      if (isRejected(message)) throw new TypeError(`a reply is ${message.rejected}: ${message.detail}`);
      this.#replies.get(message.parent!.msg_id)?.(message);
    }
  }

  async #answerInput(): Promise<void> {
    for await (const frames of this.stdin) {
      const message = decodeMessage(frames, this.signer);
      if (isRejected(message)) continue;
      const value = this.onInput?.(String(message.content["prompt"]));
      if (value !== undefined) this.send("input_reply", { value }, this.stdin);
    }
  }
}

/** Text of one stream of an answer. */
export function streamText({ published }: Answer, name = "stdout"): string {
  return published
    .filter(({ header, content }) => header.msg_type === "stream" && content["name"] === name)
    .map(({ content }) => content["text"])
    .join("");
}

/** Plain text of the cell's result. */
export function resultText(answer: Answer): unknown {
  return (contents(answer, "execute_result")[0]?.["data"] as Record<string, unknown> | undefined)?.["text/plain"];
}

/** Contents of the published messages of a type. */
export function contents({ published }: Pick<Answer, "published">, type: string): JsonObject[] {
  return published.filter(({ header }) => header.msg_type === type).map(({ content }) => content);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
