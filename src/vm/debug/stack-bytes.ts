/** Which bytes of the program's stack have been written since their function was called. */
export class StackBytes {
  /** Offsets in linear memory. */
  readonly #written: Set<number>;

  constructor(written: Iterable<number> = []) {
    this.#written = new Set(written);
  }

  copy(): StackBytes {
    return new StackBytes(this.#written);
  }

  write(start: number, bytes: number): void {
    for (let at = start; at < start + bytes; at++) this.#written.add(at);
  }

  /** A function begins, with `size` bytes of stack that end at `top`: nothing is written there yet. */
  enter(top: number, size: number): void {
    for (let at = top - size; at < top; at++) this.#written.delete(at);
  }

  has(at: number): boolean {
    return this.#written.has(at);
  }
}
