/**
 * A byte queue in shared memory from the child's main thread to its worker, which writes it to the pipe.
 *
 * Why not write from the main thread: one system call a line makes 20,000 lines of `console.log` take 200 ms; collecting lines
 * there would lose them in a crash and hide them while a cell spins. And an interrupt may end the main thread between any two
 * steps: here bytes count only once `produced` is stored, and no lock can be left held.
 */
const PRODUCED = 0;
const CONSUMED = 1;
const CONTROL_BYTES = 8;

/** Room for output that the worker has not written yet; a writer that is ahead by more waits. */
const CAPACITY = 1 << 20;

/** The shared memory of one ring: two counters (modulo 2^32), then the bytes. */
export function createRingMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(CONTROL_BYTES + CAPACITY);
}

/** The only thread that adds bytes. */
export class RingProducer {
  readonly #counters: Int32Array;
  readonly #bytes: Buffer;

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory, 0, 2);
    this.#bytes = Buffer.from(memory, CONTROL_BYTES);
  }

  /** Adds text as UTF-8; blocks while the ring is full. */
  write(text: string): void {
    const produced = Atomics.load(this.#counters, PRODUCED);
    const at = (produced >>> 0) % CAPACITY;
    // UTF-8 takes at most three bytes for a UTF-16 unit: short text goes in at once, without a buffer of its own.
    if (text.length * 3 <= Math.min(CAPACITY - at, this.#room())) {
      this.#publish(produced + this.#bytes.write(text, at, "utf8"));
      return;
    }
    this.#writeParts(Buffer.from(text, "utf8"));
  }

  /** Blocks until the consumer has written everything, or `milliseconds` have gone by. */
  drain(milliseconds: number): void {
    const deadline = performance.now() + milliseconds;
    const produced = Atomics.load(this.#counters, PRODUCED);
    for (;;) {
      const consumed = Atomics.load(this.#counters, CONSUMED);
      const left = deadline - performance.now();
      if (consumed === produced || left <= 0) return;
      Atomics.wait(this.#counters, CONSUMED, consumed, left);
    }
  }

  #writeParts(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) {
      const produced = Atomics.load(this.#counters, PRODUCED);
      const at = (produced >>> 0) % CAPACITY;
      const size = Math.min(bytes.length - from, CAPACITY - at, this.#waitForRoom());
      bytes.copy(this.#bytes, at, from, from + size);
      this.#publish(produced + size);
      from += size;
    }
  }

  #room(): number {
    const used = (Atomics.load(this.#counters, PRODUCED) - Atomics.load(this.#counters, CONSUMED)) >>> 0;
    return CAPACITY - used;
  }

  #waitForRoom(): number {
    for (;;) {
      const consumed = Atomics.load(this.#counters, CONSUMED);
      const room = this.#room();
      if (room > 0) return room;
      Atomics.wait(this.#counters, CONSUMED, consumed);
    }
  }

  #publish(produced: number): void {
    Atomics.store(this.#counters, PRODUCED, produced | 0);
    Atomics.notify(this.#counters, PRODUCED);
  }
}

/** The only thread that takes bytes. */
export class RingConsumer {
  readonly #counters: Int32Array;
  readonly #bytes: Buffer;

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory, 0, 2);
    this.#bytes = Buffer.from(memory, CONTROL_BYTES);
  }

  /** Gives all bytes that are there to `write`, in order, and frees their room. True if there were any. */
  take(write: (bytes: Buffer) => void): boolean {
    const consumed = Atomics.load(this.#counters, CONSUMED);
    const size = (Atomics.load(this.#counters, PRODUCED) - consumed) >>> 0;
    if (size === 0) return false;
    const at = (consumed >>> 0) % CAPACITY;
    const run = Math.min(size, CAPACITY - at);
    write(this.#bytes.subarray(at, at + run));
    Atomics.store(this.#counters, CONSUMED, (consumed + run) | 0);
    Atomics.notify(this.#counters, CONSUMED);
    return true;
  }

  /** Resolves when there is something to take; the thread's event loop goes on meanwhile. */
  async wait(): Promise<void> {
    const consumed = Atomics.load(this.#counters, CONSUMED);
    const result = Atomics.waitAsync(this.#counters, PRODUCED, consumed);
    if (result.async) await result.value;
  }
}
