import type { CellDocuments, PreparedCell } from "./cell-documents.ts";
import { LocalFiles } from "./local-files.ts";
import { documentUri, projectDocuments, SCRATCH, type ServerDocument } from "./project.ts";
import { RpcError } from "./rpc.ts";
import { LanguageServer } from "./server.ts";
import { TranslatedFiles } from "./translated-files.ts";
import type { LanguageServiceOptions } from "./types.ts";

const IDLE_MS = 10 * 60_000;
/** A check that takes longer is given up, and the server with it. */
const REQUEST_LIMIT_MS = 30_000;

/**
 * The way to the language server: starts it on demand with all documents, ends it when nobody asked for long, starts it once
 * more when it dies under a request. One request at a time, as all of them speak about the same scratch document.
 */
export class LanguageConnection {
  readonly #options: LanguageServiceOptions;
  readonly #documents: CellDocuments;
  readonly #fixed: readonly ServerDocument[];
  readonly #uri: string;
  readonly #files: LocalFiles;
  readonly #translated: TranslatedFiles;
  #server: LanguageServer | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(options: LanguageServiceOptions, documents: CellDocuments) {
    this.#options = options;
    this.#documents = documents;
    this.#files = new LocalFiles(options.cwd);
    this.#translated = new TranslatedFiles(options.translators ?? {});
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

  /**
   * Tells the server of cells that ran, if it runs. The request makes it look at them at once: later, with the next cell's
   * text changed too, it would rebuild its whole program.
   *
   * @param code of the last of them
   */
  update(code = ""): void {
    this.#turn = this.#turn.then(async () => {
      const server = this.#server;
      // Of a cell that a magic has made TypeScript these are the first words that are heard of its imports.
      const changes = this.#files.changes(code);
      if (server === undefined) return;
      server.filesChanged(changes);
      await this.#sendSession(server);
      const textDocument = { uri: this.#uri };
      await server.request("textDocument/selectionRange", { textDocument, positions: [] }).catch(() => {});
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#end();
  }

  async #request(method: string, cell: PreparedCell, parameters: object): Promise<unknown> {
    clearTimeout(this.#idle);
    const server = await this.#running();
    server.filesChanged(this.#files.changes(cell.text));
    server.set(this.#document(SCRATCH, cell.text));
    for (const document of await this.#translated.documents(this.#files.stamps)) server.set(document);
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
    this.#server = server;
    void server.ended.then(() => {
      if (this.#server === server) this.#server = undefined;
    });
    await server.initialized;
    for (const document of this.#fixed) server.set(document);
    await this.#sendSession(server);
    return server;
  }

  /**
   * Brings the documents of executed cells up to date. Opening one makes the server rebuild its program, so changes go first;
   * and one that no other document imports would get a project of its own, so the scratch document imports it before.
   */
  async #sendSession(server: LanguageServer): Promise<void> {
    // What the scratch document imported stays: the server would drop those files, and read them again for the next cell.
    const before = server.textOf(this.#uri) ?? "";
    const scratch = this.#document(SCRATCH, this.#documents.prepare("").text + before);
    const cells = this.#documents.documents().map(({ name, text }) => this.#document(name, text));
    const documents = [...cells, ...(await this.#translated.documents(this.#files.stamps))];
    const added = documents.filter(({ uri }) => server.textOf(uri) === undefined);
    for (const document of documents) if (!added.includes(document)) server.set(document);
    if (added.length > 0 || before === "") server.set(scratch);
    for (const document of added) server.set(document);
    server.retain(new Set([...this.#fixed, scratch, ...documents].map(({ uri }) => uri)));
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
