import { DIRECT_MAP } from "../../memory/memory.ts";
import type { Linux } from "../linux.ts";
import { TASK_RUNNING, TASK_UNINTERRUPTIBLE } from "../task.ts";

/** Fixed point: 11 bits behind the point. */
const FIXED_1 = 2_048;

/** How much of the old average stays after 5 s, over 1, 5 and 15 minutes. */
const DECAY: readonly number[] = [1_884, 2_014, 2_037];

/** `LOAD_FREQ`: 5 s and a tick. */
const PERIOD = 5_004_000_000;

/**
 * `avenrun`: how many tasks want to run or wait for a device, as exponentially damped averages over 1, 5 and 15 minutes
 * in fixed point (2048 is one task). Looked at every five seconds, as `calc_global_load` does.
 */
export class LoadAverage {
  readonly #linux: Linux;
  readonly averages: [number, number, number] = [0, 0, 0];
  /** Where Linux's variable lies, once somebody has asked for it. */
  #at: number | undefined;

  constructor(linux: Linux) {
    this.#linux = linux;
    linux.at(PERIOD, (time) => this.#update(time));
  }

  #update(time: number): void {
    let active = 0;
    for (const { state, exiting } of this.#linux.tasks()) {
      if (!exiting && (state === TASK_RUNNING || state === TASK_UNINTERRUPTIBLE)) active += FIXED_1;
    }
    for (const [i, decay] of DECAY.entries()) {
      const sum = this.averages[i]! * decay + active * (FIXED_1 - decay);
      // Rising averages are rounded up, so that they reach what they rise to.
      this.averages[i] = Math.floor((sum + (active >= this.averages[i]! ? FIXED_1 - 1 : 0)) / FIXED_1);
    }
    this.#write();
    this.#linux.at(time + PERIOD, (next) => this.#update(next));
  }

  /** The address of `avenrun`, three `unsigned long`: what `kaddr("avenrun")` finds. */
  address(): bigint {
    this.#at ??= this.#linux.memory.allocate(8 * this.averages.length);
    this.#write();
    return DIRECT_MAP + BigInt(this.#at);
  }

  #write(): void {
    if (this.#at === undefined) return;
    const { view } = this.#linux.memory;
    for (const [i, average] of this.averages.entries()) view.setBigUint64(this.#at + 8 * i, BigInt(average), true);
  }

  /**
   * As `/proc/loadavg` prints them.
   *
   * @example
   * linux.load.text() // "0.52 0.13 0.04"
   */
  text(): string {
    return this.averages
      .map((average) => Math.floor(((average + FIXED_1 / 200) * 100) / FIXED_1) / 100)
      .map((average) => average.toFixed(2))
      .join(" ");
  }
}
