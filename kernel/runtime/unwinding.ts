/**
 * Who may act on an interrupt: the main thread answers it, or the worker unwinds what keeps the main thread from that.
 *
 * Never both. V8 ends whatever runs at the moment when a termination arrives; one that was asked for while a slice of the
 * cell ran, and arrives when the slice is over, would end the answer itself, and the interrupt would be lost. So the worker
 * reserves the main thread before it asks, frees it when the termination has been used up, and the main thread leaves an
 * interrupt alone that comes meanwhile: the parent sends it again until it is answered.
 *
 * One word of shared memory: the number of the last answered interrupt, or its complement while the worker unwinds.
 */
export class Unwinding {
  readonly #word: Int32Array;

  /** @param memory four bytes that both threads share, zero at first */
  constructor(memory: SharedArrayBuffer) {
    this.#word = new Int32Array(memory);
  }

  /** Main thread: takes an interrupt to answer it. False where that was done before, or the worker unwinds just now. */
  answer(interrupt: number): boolean {
    const answered = Atomics.load(this.#word, 0);
    return answered >= 0 && answered < interrupt && this.#replace(answered, interrupt);
  }

  /** Worker: whether an interrupt is answered. */
  isAnswered(interrupt: number): boolean {
    return Atomics.load(this.#word, 0) >= interrupt;
  }

  /** Worker: reserves the main thread, to unwind it for an interrupt. False where it is answered, or reserved already. */
  begin(interrupt: number): boolean {
    const answered = Atomics.load(this.#word, 0);
    return answered >= 0 && answered < interrupt && this.#replace(answered, ~answered);
  }

  /** Worker: nothing that it asked for can end the main thread's work any more. */
  end(): void {
    Atomics.store(this.#word, 0, ~Atomics.load(this.#word, 0));
  }

  #replace(expected: number, value: number): boolean {
    return Atomics.compareExchange(this.#word, 0, expected, value) === expected;
  }
}
