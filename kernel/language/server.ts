import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { FileChange } from "./local-files.ts";
import type { ServerDocument } from "./project.ts";
import { RpcConnection } from "./rpc.ts";

/** TypeScript's settings, where they differ from its defaults: nothing is offered that the cell does not import itself. */
const SETTINGS = { suggest: { autoImports: false }, preferences: { importModuleSpecifierEnding: "js" } };

/** Go collects when the heap has grown fivefold, not twofold: a third less processor time at the start, 5 MB more later. */
const ENVIRONMENT = { GOGC: "400" };

const CAPABILITIES = {
  workspace: { configuration: true },
  textDocument: {
    diagnostic: { relatedDocumentSupport: false },
    completion: { completionItem: { documentationFormat: ["markdown"], snippetSupport: false } },
    hover: { contentFormat: ["markdown"] },
  },
};

/** One process of TypeScript's native language server and the documents that are open in it. */
export class LanguageServer {
  /** Settles when the process has ended. */
  readonly ended: Promise<void>;
  /** Resolves when the server answers; rejects with RpcError if it ends before. */
  readonly initialized: Promise<void>;
  readonly #process: ChildProcess;
  readonly #connection: RpcConnection;
  readonly #open = new Map<string, { text: string; version: number }>();

  constructor(cwd: string) {
    // No `detached`, no shell: the server ends when its standard input does, so it never outlives the kernel.
    const options = { cwd, env: { ...process.env, ...ENVIRONMENT } };
    this.#process = spawn(executable(), ["--lsp", "--stdio"], { ...options, stdio: ["pipe", "pipe", "ignore"] });
    this.#connection = new RpcConnection(this.#process.stdout!, this.#process.stdin!, answer);
    this.ended = new Promise((resolve) => {
      const end = () => {
        this.#connection.close();
        resolve();
      };
      this.#process.once("exit", end).once("error", end);
    });
    this.initialized = this.#connection
      .request("initialize", { processId: process.pid, rootUri: null, capabilities: CAPABILITIES })
      .then(() => this.#connection.notify("initialized", {}));
  }

  /** Opens or changes a document. The server works when one is opened: send changes first. */
  set({ uri, languageId, text }: ServerDocument): void {
    const open = this.#open.get(uri);
    if (open === undefined) {
      this.#open.set(uri, { text, version: 1 });
      this.#connection.notify("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
    } else if (open.text !== text) {
      open.text = text;
      open.version++;
      this.#connection.notify("textDocument/didChange", {
        textDocument: { uri, version: open.version },
        contentChanges: [{ text }],
      });
    }
  }

  /** The text of an open document. */
  textOf(uri: string): string | undefined {
    return this.#open.get(uri)?.text;
  }

  /** Closes all documents but these. */
  retain(uris: ReadonlySet<string>): void {
    for (const uri of this.#open.keys()) {
      if (uris.has(uri)) continue;
      this.#open.delete(uri);
      this.#connection.notify("textDocument/didClose", { textDocument: { uri } });
    }
  }

  /** Files on disk that the server may have read are others now. */
  filesChanged(changes: readonly FileChange[]): void {
    if (changes.length > 0) this.#connection.notify("workspace/didChangeWatchedFiles", { changes });
  }

  /** @throws RpcError */
  request(method: string, params: unknown): Promise<unknown> {
    return this.#connection.request(method, params);
  }

  async end(): Promise<void> {
    this.#process.kill();
    await this.ended;
  }
}

/** The server asks for its settings, one answer for each section that it names. */
function answer(method: string, params: unknown): unknown {
  if (method !== "workspace/configuration") return null;
  return (params as { items: unknown[] }).items.map(() => SETTINGS);
}

/** The native program itself: TypeScript's own launcher would start another Node before it. */
function executable(): string {
  const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
  const native = createRequire(typescript).resolve(
    `@typescript/typescript-${process.platform}-${process.arch}/package.json`,
  );
  return join(dirname(native), "lib", process.platform === "win32" ? "tsc.exe" : "tsc");
}
