import type { StreamName } from "../runtime/messages.ts";

/** Text waits at most this long (ms) before it is sent, */
const FLUSH_TIME = 50;
/** and at most this much (UTF-16 units) is sent as one message. */
const FLUSH_SIZE = 64 * 1024;

/** Sends text that a cell has written to a stream. */
export type SendStream = (cell: string, name: StreamName, text: string) => void;

/**
 * Collects stream text, so that 20,000 printed lines are some twenty messages and not 20,000. Text of one stream of one cell
 * is collected at a time: order between streams and cells is kept. The owner flushes before anything else is sent.
 */
export class OutputBatcher {
  readonly #send: SendStream;
  #cell = "";
  #name: StreamName = "stdout";
  #parts: string[] = [];
  #size = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: SendStream) {
    this.#send = send;
  }

  write(cell: string, name: StreamName, text: string): void {
    if (cell !== this.#cell || name !== this.#name) {
      this.flush();
      this.#cell = cell;
      this.#name = name;
    }
    this.#parts.push(text);
    this.#size += text.length;
    if (this.#size >= FLUSH_SIZE) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_TIME);
  }

  /** Sends what is collected, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#size === 0) return;
    const text = this.#parts.join("");
    this.#parts = [];
    this.#size = 0;
    this.#send(this.#cell, this.#name, text);
  }
}
