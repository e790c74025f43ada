import type { Readable, Writable } from "node:stream";

/** A request that the server refused, or that it can no longer answer. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  /** JSON-RPC's number, or `closed` when the server is gone. */
  readonly code: number | "closed";
  constructor(code: RpcError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/**
 * JSON-RPC 2.0 as the Language Server Protocol frames it: `Content-Length: N`, an empty line, N bytes of JSON.
 *
 * @see https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol
 */
export class RpcConnection {
  readonly #output: Writable;
  readonly #answer: (method: string, params: unknown) => unknown;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: RpcError): void }>();
  #received: Buffer[] = [];
  #receivedLength = 0;
  /** Bytes that the next message needs, headers included; 0 while its headers are not whole. */
  #needed = 0;
  #next = 1;
  #closed = false;

  /** @param answer answers requests of the server */
  constructor(input: Readable, output: Writable, answer: (method: string, params: unknown) => unknown) {
    this.#output = output;
    this.#answer = answer;
    input.on("data", (chunk: Buffer) => this.#receive(chunk));
    // The end of the process is reported by itself; a broken pipe is the same news.
    output.on("error", () => this.close());
  }

  /** @throws RpcError */
  request(method: string, params: unknown): Promise<unknown> {
    if (this.#closed) return Promise.reject(new RpcError("closed", "The language server is not running."));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ id, method, params });
    });
  }

  notify(method: string, params: unknown): void {
    if (!this.#closed) this.#send({ method, params });
  }

  /** Refuses all requests under way. */
  close(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(new RpcError("closed", "The language server ended."));
    this.#waiting.clear();
  }

  #send(message: Message): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.#output.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }

  #receive(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#receivedLength += chunk.length;
    while (this.#receivedLength >= Math.max(1, this.#needed)) {
      const all = this.#received.length === 1 ? this.#received[0]! : Buffer.concat(this.#received);
      this.#received = [all];
      const headers = all.indexOf("\r\n\r\n");
      if (headers < 0) return;
      const start = headers + 4;
      const length = Number(/Content-Length: *(\d+)/i.exec(all.toString("latin1", 0, headers))?.[1] ?? 0);
      this.#needed = start + length;
      if (all.length < this.#needed) return;
      const body = all.toString("utf8", start, this.#needed);
      this.#received = [all.subarray(this.#needed)];
      this.#receivedLength = all.length - this.#needed;
      this.#needed = 0;
      this.#handle(JSON.parse(body) as Message);
    }
  }

  #handle({ id, method, params, result, error }: Message): void {
    if (method !== undefined) {
      // Notifications (logs, pushed diagnostics of the options file) are of no interest.
      if (id !== undefined) this.#send({ id, result: this.#answer(method, params) ?? null });
      return;
    }
    const waiting = this.#waiting.get(Number(id));
    this.#waiting.delete(Number(id));
    if (error) waiting?.reject(new RpcError(error.code, error.message));
    else waiting?.resolve(result);
  }
}
