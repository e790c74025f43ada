/** The verifier's log: text that grows, and is cut back when a path turned out to be fine (level 1). */

/** Bits of `logLevel`, as in bpf(2). */
export const LOG = { BASIC: 1, FULL: 2, STATS: 4 } as const;

/** Characters kept; beyond that the beginning is dropped, as Linux does with a full buffer. */
const CAPACITY = 16 << 20;

export class Log {
  readonly level: number;
  /** Instructions and states are printed. */
  readonly verbose: boolean;
  /** All paths are kept, and precision tracking is shown. */
  readonly full: boolean;
  /** Characters written so far, dropped ones included. */
  position = 0;
  #pieces: string[] = [];
  #dropped = 0;

  constructor(level: number) {
    this.level = level;
    this.verbose = (level & (LOG.BASIC | LOG.FULL)) !== 0;
    this.full = (level & LOG.FULL) !== 0;
  }

  write(text: string): void {
    if (this.level === 0) return;
    this.#pieces.push(text);
    this.position += text.length;
    if (this.position - this.#dropped > 2 * CAPACITY) this.#compact();
  }

  /** Cuts the text back to what it was at `position`. */
  reset(position: number): void {
    while (this.position > position) {
      const piece = this.#pieces.pop();
      if (piece === undefined) {
        this.position = this.#dropped = position;
        return;
      }
      this.position -= piece.length;
      if (this.position < position) {
        this.#pieces.push(piece.slice(0, position - this.position));
        this.position = position;
      }
    }
  }

  text(): string {
    const all = this.#pieces.join("");
    return all.length > CAPACITY ? all.slice(-CAPACITY) : all;
  }

  #compact(): void {
    const kept = this.text();
    this.#dropped = this.position - kept.length;
    this.#pieces = [kept];
  }
}
