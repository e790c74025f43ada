import type { CellDocument, PreparedCell } from "./cell-documents.ts";
import { documentUri, projectDocuments, ROOT, SCRATCH, type ServerDocument } from "./project.ts";
import { RpcError } from "./rpc.ts";
import { LanguageServer } from "./server.ts";
import type { LanguageServiceOptions } from "./types.ts";

const IDLE_MS = 10 * 60_000;
/** Documents of cells that stay open though the current cell does not need them. */
const KEPT_DOCUMENTS = 48;
/** A check that takes longer is given up, and the server with it. */
const REQUEST_LIMIT_MS = 30_000;

/**
 * The way to the language server: starts it on demand with all documents, ends it when nobody asked for long, starts it once
 * more when it dies under a request. One request at a time, as all of them speak about the same scratch document.
 */
export class LanguageConnection {
  readonly #options: LanguageServiceOptions;
  /** Documents of executed cells that are open, the latest needed first. */
  #open: readonly CellDocument[] = [];
  readonly #fixed: readonly ServerDocument[];
  readonly #uri: string;
  #server: LanguageServer | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(options: LanguageServiceOptions) {
    this.#options = options;
    this.#fixed = projectDocuments(options);
    this.#uri = documentUri(options.cwd, SCRATCH);
  }

  /**
   * Asks about a cell.
   *
   * @param parameters of the request, without the document
   * @returns the server's result
   * @throws Error when there is no server, or it died twice
   */
  ask(method: string, cell: PreparedCell, parameters: object = {}): Promise<unknown> {
    const answer = this.#turn.then(async () => {
      try {
        return await this.#request(method, cell, parameters);
      } catch (error) {
        if (!(error instanceof RpcError && error.code === "closed") || this.#disposed) throw error;
        return await this.#request(method, cell, parameters);
      }
    });
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#end();
  }

  async #request(method: string, cell: PreparedCell, parameters: object): Promise<unknown> {
    clearTimeout(this.#idle);
    const server = await this.#running();
    this.#send(server, cell);
    const limit = setTimeout(() => void server.end(), REQUEST_LIMIT_MS);
    try {
      return await server.request(method, { textDocument: { uri: this.#uri }, ...parameters });
    } finally {
      clearTimeout(limit);
      this.#idle = setTimeout(() => void this.#end(), this.#options.idleMs ?? IDLE_MS).unref();
    }
  }

  async #running(): Promise<LanguageServer> {
    if (this.#disposed) throw new RpcError("closed", "The language service was disposed.");
    if (this.#server) return this.#server;
    const server = new LanguageServer(this.#options.cwd);
    this.#open = [];
    this.#server = server;
    void server.ended.then(() => {
      if (this.#server === server) this.#server = undefined;
    });
    await server.initialized;
    for (const document of this.#fixed) server.set(document);
    return server;
  }

  /**
   * Brings the server's documents up to date. Changes go first and new documents last: the server rebuilds its program when a
   * document is opened, and then with all changes before it.
   *
   * A program costs time for each of its files, so only what the cell depends on is open, and a few documents more that were
   * needed lately: a check in a notebook of a thousand cells costs what it does in one of forty.
   */
  #send(server: LanguageServer, cell: PreparedCell): void {
    const needed = new Set(cell.documents);
    const others = this.#open.filter((document) => !needed.has(document));
    this.#open = [...needed, ...others].slice(0, Math.max(needed.size, KEPT_DOCUMENTS));

    const opened = this.#open.map(({ name, text }) => this.#document(name, text));
    // A document that no other imports would get a project of its own.
    const root = this.#document(ROOT, this.#open.map(({ name }) => `import "./${name}";\n`).join(""));
    const scratch = this.#document(SCRATCH, cell.text);
    server.set(root);
    server.set(scratch);
    for (const document of opened) server.set(document);
    server.retain(new Set([...this.#fixed, root, scratch, ...opened].map(({ uri }) => uri)));
  }

  #document(name: string, text: string): ServerDocument {
    return { uri: documentUri(this.#options.cwd, name), languageId: "typescript", text };
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle);
    const server = this.#server;
    this.#server = undefined;
    await server?.end();
  }
}
