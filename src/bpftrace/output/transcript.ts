/** Where text goes: standard output or standard error. */
export type Stream = "out" | "err";

/** Takes text at the moment when bpftrace writes it. */
export type Listener = (stream: Stream, text: string) => void;

/**
 * What a program prints, on two streams. Who listens gets it at once, and then nothing is kept; otherwise all of it is.
 *
 * @example
 * const transcript = new Transcript();
 * transcript.out("1\n");
 * transcript.text; // "1\n"
 */
export class Transcript {
  readonly #kept: Readonly<Record<Stream, string[]>> = { out: [], err: [] };
  readonly #listener: Listener | undefined;

  constructor(listener?: Listener) {
    this.#listener = listener;
  }

  #write(stream: Stream, text: string): void {
    if (this.#listener === undefined) this.#kept[stream].push(text);
    else this.#listener(stream, text);
  }

  /** Writes to standard output. */
  out(text: string): void {
    this.#write("out", text);
  }

  /** Writes to standard error. */
  error(text: string): void {
    this.#write("err", text);
  }

  /** All that went to standard output. */
  get text(): string {
    return this.#kept.out.join("");
  }

  /** All that went to standard error. */
  get errors(): string {
    return this.#kept.err.join("");
  }
}
