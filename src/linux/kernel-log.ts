/** One line of Linux's own log. */
export interface KernelLogLine {
  /** Virtual nanoseconds since boot. */
  readonly time: number;
  /** 0 emergency to 7 debug, as `dmesg -l` has them. */
  readonly level: number;
  readonly text: string;
}

/** Lines that the log keeps: it is a ring. */
const MOST = 8192;

/**
 * Linux's own log: what `dmesg` shows.
 *
 * @example
 * linux.log.print(now, 4, "Out of memory: Killed process 1003 (hog)");
 */
export class KernelLog {
  readonly #lines: KernelLogLine[] = [];

  /** `printk`. */
  print(time: number, level: number, text: string): void {
    this.#lines.push({ time, level, text });
    if (this.#lines.length > MOST) this.#lines.splice(0, MOST / 2);
  }

  /** All lines, the oldest first. */
  lines(): readonly KernelLogLine[] {
    return this.#lines;
  }
}
