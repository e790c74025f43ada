/**
 * Milliseconds of one round: shorter than what Linux lets one thread run for when others wait, so that among many rounds
 * some are undisturbed. (Linux's own test runs are disturbed less: nobody takes the CPU from them.)
 */
const ROUND_MS = 1;
/** Before the first round: V8 compiles a hot function again in the background. */
const WARM_UP_MS = 150;

/** Something that runs a program `times` times and says how many nanoseconds one run took. */
export type Timed = (times: number) => number;

/** A JavaScript function that runs a program `times` times, timed. */
export const timed =
  (repeat: (times: number) => void): Timed =>
  (times) => {
    const began = performance.now();
    repeat(times);
    return ((performance.now() - began) / times) * 1e6;
  };

/**
 * Nanoseconds of one run of each contender, the fastest of all rounds. Rounds alternate, so that a busy machine is busy
 * for all of them. `runs` is how often each may run in all, where that is limited.
 */
export function measure(contenders: readonly Timed[], rounds: number, runs = Number.POSITIVE_INFINITY): number[] {
  /** Of limited runs, a tenth is for warming up. */
  const share = Math.floor((0.9 * runs) / rounds);
  const times = contenders.map((run) => {
    let count = 1;
    let spent = 0;
    let used = 0;
    while (spent < WARM_UP_MS && used + 2 * count < 0.1 * runs) {
      const elapsed = (run(count) * count) / 1e6;
      spent += elapsed;
      used += count;
      if (elapsed < ROUND_MS) count *= 2;
    }
    return Math.max(1, Math.min(count, share));
  });
  const best = contenders.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of contenders.entries()) best[i] = Math.min(best[i]!, run(times[i]!));
  }
  return best;
}
