/** Something with a deadline of its own, which may move while it waits. */
export interface Timed {
  /** Virtual nanoseconds; Infinity: not waiting. */
  deadline: number;
  /** The tick in which it waits; 0: none. */
  tick: number;
}

/** A jiffy of Linux at 250 Hz: timers of sockets are no finer. */
const TICK = 4_000_000;

/**
 * Timers of sockets, which are set and put off all the time and seldom expire: setting costs a push, putting off costs
 * nothing, and whoever waits in a tick that has come is looked at then.
 */
export class TimerWheel<T extends Timed> {
  readonly #ticks = new Map<number, T[]>();
  readonly #at: (time: number, run: (time: number) => void) => void;
  readonly #expired: (entries: readonly T[], time: number) => void;

  /** `at` plans something; `expired` is told of all whose deadline has come. */
  constructor(
    at: (time: number, run: (time: number) => void) => void,
    expired: (entries: readonly T[], time: number) => void,
  ) {
    this.#at = at;
    this.#expired = expired;
  }

  /** After `entry.deadline` was set. */
  arm(entry: T): void {
    const tick = Math.ceil(entry.deadline / TICK);
    if (entry.tick !== 0 && entry.tick <= tick) return;
    entry.tick = tick;
    const waiting = this.#ticks.get(tick);
    if (waiting !== undefined) {
      waiting.push(entry);
      return;
    }
    this.#ticks.set(tick, [entry]);
    this.#at(tick * TICK, (time) => this.#expire(tick, time));
  }

  #expire(tick: number, time: number): void {
    const waiting = this.#ticks.get(tick)!;
    this.#ticks.delete(tick);
    const due: T[] = [];
    for (const entry of waiting) {
      // Waits in an earlier tick now, or was there already.
      if (entry.tick !== tick) continue;
      entry.tick = 0;
      if (entry.deadline <= time) due.push(entry);
      else if (entry.deadline !== Number.POSITIVE_INFINITY) this.arm(entry);
    }
    if (due.length > 0) this.#expired(due, time);
  }
}
