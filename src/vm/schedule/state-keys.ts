import type { Interleaving } from "./interleaving.ts";

/**
 * Tells states of an interleaving apart: two with the same key go on in the same ways. A key holds the registers and calls of
 * each run and the words of memory that any run has written and that differ from the beginning.
 */
export class StateKeys {
  readonly #both: Interleaving;
  /** Words that were ever written, with what they held at the beginning. */
  readonly #words = new Map<number, number>();
  readonly #base: Uint32Array;

  constructor(both: Interleaving) {
    this.#both = both;
    const { memory } = both.environment;
    this.#base = memory.u32.slice(0, memory.allocatorState().top >> 2);
  }

  /** To be told what each step wrote. */
  wrote(places: readonly { readonly start: number; readonly bytes: number }[]): void {
    for (const { start, bytes } of places) {
      for (let word = start >> 2; word << 2 < start + bytes; word++) this.#words.set(word, this.#base[word] ?? 0);
    }
  }

  key(): string {
    const { u32 } = this.#both.environment.memory;
    const runs = Array.from({ length: this.#both.cpus }, (_, cpu) => {
      const run = this.#both.run(cpu);
      const { pc, registers, exited } = run.state();
      return [pc, exited, this.#both.status(cpu).kind, registers, run.callKey].join();
    });
    const words = [...this.#words].filter(([word, before]) => u32[word] !== before);
    const memory = words.sort(([a], [b]) => a - b).map(([word]) => `${word}:${u32[word]}`);
    return `${runs.join("/")}|${memory.join()}`;
  }
}
