/**
 * A small seeded generator of random numbers (sfc32), so that a machine's run is a function of its seed.
 *
 * @example
 * const random = new Random(7);
 * random.below(6) + 1; // a die, the same throws on every machine with seed 7
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Equal seeds (numbers, rounded to integers) and equal `stream`s give equal sequences. */
  constructor(seed: number, stream = 0) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = stream | 0;
    // The first outputs of a fresh state still show the seed's bits.
    for (let i = 0; i < 12; i++) this.u32();
  }

  /** Remembers where the sequence is and returns what goes back there. */
  remember(): () => void {
    const [a, b, c, counter] = [this.#a, this.#b, this.#c, this.#counter];
    return () => {
      [this.#a, this.#b, this.#c, this.#counter] = [a, b, c, counter];
    };
  }

  /** 32 random bits, 0..2^32-1. */
  u32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [0, 1). */
  unit(): number {
    return this.u32() / 2 ** 32;
  }

  /** An integer in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  /** An integer, exponentially distributed with this mean: gaps between independent arrivals. */
  exponential(mean: number): number {
    return Math.round(-Math.log(1 - this.unit()) * mean);
  }

  /** An integer, log-normally distributed around `median`: sizes of files, times to think. `spread` is sigma. */
  lognormal(median: number, spread: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()));
    const normal = radius * Math.cos(2 * Math.PI * this.unit());
    return Math.max(1, Math.round(median * Math.exp(spread * normal)));
  }
}
