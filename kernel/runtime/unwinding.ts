/** The two words. */
const ANSWERED = 0;
const SLICE = 1;
/** Their size. */
export const UNWINDING_BYTES = 8;
/** How long (ms) the worker is waited for: it has only to hear what V8 has said already. */
const END_TIME = 20;

/**
 * Who may act on an interrupt: the main thread answers it, or the worker unwinds what keeps the main thread from that.
 *
 * Never both. V8 ends whatever runs at the moment when a termination arrives; one that was asked for while a slice of the
 * cell ran, and arrives when the slice is over, would end the answer itself, and the interrupt would be lost. So the worker
 * reserves the main thread before it asks, frees it when the termination has been used up, and the main thread leaves an
 * interrupt alone that comes meanwhile: the parent sends it again until it is answered.
 *
 * Two words of shared memory: the number of the last answered interrupt, or its complement while the worker unwinds; and
 * whether the main thread runs a cell's own slice, which it will not leave to answer.
 */
export class Unwinding {
  readonly #words: Int32Array;

  /** @param memory {@link UNWINDING_BYTES} that both threads share, zero at first */
  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  /**
   * Main thread: takes an interrupt to answer it. False where that was done before, or the worker unwinds just now. That it
   * has done so it hears a moment after the main thread goes on: that moment is waited for.
   */
  answer(interrupt: number): boolean {
    const unwinding = Atomics.load(this.#words, ANSWERED);
    if (unwinding < 0) Atomics.wait(this.#words, ANSWERED, unwinding, END_TIME);
    const answered = Atomics.load(this.#words, ANSWERED);
    return answered >= 0 && answered < interrupt && this.#replace(answered, interrupt);
  }

  /** Main thread: a cell's own slice begins or is over. */
  set inSlice(value: boolean) {
    Atomics.store(this.#words, SLICE, value ? 1 : 0);
  }

  /** Worker: whether the main thread runs a cell's own slice. */
  get inSlice(): boolean {
    return Atomics.load(this.#words, SLICE) === 1;
  }

  /** Worker: whether an interrupt is answered. */
  isAnswered(interrupt: number): boolean {
    return Atomics.load(this.#words, ANSWERED) >= interrupt;
  }

  /** Worker: reserves the main thread, to unwind it for an interrupt. False where it is answered, or reserved already. */
  begin(interrupt: number): boolean {
    const answered = Atomics.load(this.#words, ANSWERED);
    return answered >= 0 && answered < interrupt && this.#replace(answered, ~answered);
  }

  /** Worker: nothing that it asked for can end the main thread's work any more. */
  end(): void {
    Atomics.store(this.#words, ANSWERED, ~Atomics.load(this.#words, ANSWERED));
    Atomics.notify(this.#words, ANSWERED);
  }

  #replace(expected: number, value: number): boolean {
    return Atomics.compareExchange(this.#words, ANSWERED, expected, value) === expected;
  }
}
