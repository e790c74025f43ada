import { Hrtimer } from "./hrtimer.ts";
import { timerInterrupt } from "./interrupts.ts";
import type { Linux } from "./linux.ts";
import { F } from "./symbols.ts";

/** Where `struct bpf_hrtimer`s lie, as tracepoints show them. */
const FIRST = 0xffff_8881_0a40_0000n;
const SIZE = 0x80n;

/** Timers of programs (`bpf_timer_start`): each expires once, as an interrupt on the CPU that started it. */
export class ProgramTimers {
  readonly #linux: Linux;
  /** Those that have not expired, by number. */
  readonly #pending = new Map<number, Hrtimer>();
  #started = 0;

  constructor(linux: Linux) {
    this.#linux = linux;
  }

  /** Runs something `ns` nanoseconds from now. */
  later(ns: number, run: () => void): void {
    const linux = this.#linux;
    const cpu = linux.cpus[linux.cpu()]!;
    const number = ++this.#started;
    const timer = new Hrtimer("bpf_timer_cb", FIRST + BigInt(number % 1024) * SIZE);
    timer.armed = true;
    timer.expires = linux.ktimeNs() + ns;
    this.#pending.set(number, timer);
    linux.interrupt(
      cpu,
      timer.expires,
      (t) =>
        timerInterrupt(t, timer, () => {
          this.#pending.delete(number);
          t.enter(F.bpf_timer_cb, 30);
          linux.standOn(cpu.id);
          try {
            run();
          } finally {
            linux.standOn(undefined);
          }
          t.leave(0);
        }),
      () => timer.armed,
    );
  }

  /** What brings this moment back: timers that were started since do not expire. */
  remember(): () => void {
    const before = this.#started;
    return () => {
      for (const [number, timer] of this.#pending) {
        if (number <= before) continue;
        timer.armed = false;
        this.#pending.delete(number);
      }
    };
  }
}
