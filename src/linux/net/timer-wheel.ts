/** Something with a deadline of its own, which may move while it waits. */
export interface Timed {
  /** Virtual nanoseconds; Infinity: not waiting. */
  deadline: number;
  /** The wheel's: in which bucket it waits, and where there. */
  bucket: unknown;
  place: number;
}

/** A jiffy of Linux at 250 Hz: timers of sockets are no finer. */
const TICK = 4_000_000;

/** All that wait for one tick; places of those who left are empty. */
interface Bucket<T> {
  readonly tick: number;
  readonly entries: (T | undefined)[];
  waiting: number;
}

/**
 * Timers of sockets, which are set and put off all the time and seldom expire: setting costs a push, putting off costs
 * nothing, and whoever waits in a tick that has come is looked at then.
 */
export class TimerWheel<T extends Timed> {
  readonly #buckets = new Map<number, Bucket<T>>();
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
    const before = entry.bucket as Bucket<T> | undefined;
    if (before !== undefined) {
      if (before.tick <= tick) return;
      this.disarm(entry);
    }
    let bucket = this.#buckets.get(tick);
    if (bucket === undefined) {
      bucket = { tick, entries: [], waiting: 0 };
      this.#buckets.set(tick, bucket);
      this.#at(tick * TICK, (time) => this.#expire(tick, time));
    }
    entry.bucket = bucket;
    entry.place = bucket.entries.length;
    bucket.entries.push(entry);
    bucket.waiting++;
  }

  /** It does not wait any more, and nothing of it stays here. */
  disarm(entry: T): void {
    const bucket = entry.bucket as Bucket<T> | undefined;
    if (bucket === undefined) return;
    entry.bucket = undefined;
    bucket.entries[entry.place] = undefined;
    // Nobody left: the places are free again.
    if (--bucket.waiting === 0) bucket.entries.length = 0;
  }

  #expire(tick: number, time: number): void {
    const { entries } = this.#buckets.get(tick)!;
    this.#buckets.delete(tick);
    const due: T[] = [];
    for (const entry of entries) {
      if (entry === undefined) continue;
      entry.bucket = undefined;
      if (entry.deadline <= time) due.push(entry);
      else if (entry.deadline !== Number.POSITIVE_INFINITY) this.arm(entry);
    }
    if (due.length > 0) this.#expired(due, time);
  }
}
