import type { Linux } from "./linux.ts";
import { F } from "./symbols.ts";
import type { Task } from "./task.ts";

/** Requests that the disk works on at the same time. */
const CHANNELS = 4;

/** An SSD behind virtio: most requests take about this long, a few much longer. */
const MEDIAN_LATENCY = 85_000;
const SPREAD = 0.35;

/** Nanoseconds per byte: 2 GB/s. */
const TRANSFER = 0.5;

/** `vda`: requests with a latency, whose completion is an interrupt. */
export class BlockDevice {
  readonly #linux: Linux;
  /** When each channel is free again. */
  readonly #free: number[] = new Array<number>(CHANNELS).fill(0);
  requests = 0;
  bytes = 0;

  constructor(linux: Linux) {
    this.#linux = linux;
  }

  /** Hands a request of `bytes` to the disk; `complete` runs in the interrupt that reports it done. */
  submit(t: Task, bytes: number, complete: (t: Task) => void): void {
    this.requests++;
    this.bytes += bytes;
    const channel = this.#free.indexOf(Math.min(...this.#free));
    const start = Math.max(t.cpu.now, this.#free[channel]!);
    const latency = this.#linux.random32.lognormal(MEDIAN_LATENCY, SPREAD) + Math.round(bytes * TRANSFER);
    this.#free[channel] = start + latency;
    this.#linux.interrupt(t.cpu, start + latency, (current) => completionInterrupt(current, complete));
  }
}

/** The disk's interrupt, on top of whatever the CPU was doing. */
function completionInterrupt(t: Task, complete: (t: Task) => void): void {
  t.enter(F.asm_common_interrupt, 30);
  t.enter(F.common_interrupt, 80);
  t.enter(F.__common_interrupt, 20);
  t.enter(F.handle_edge_irq, 60);
  t.enter(F.handle_irq_event, 30);
  t.enter(F.__handle_irq_event_percpu, 40);
  t.enter(F.vring_interrupt, 90);
  t.enter(F.virtblk_done, 350);
  t.enter(F.blk_mq_end_request, 120);
  t.enter(F.blk_update_request, 150);
  t.enter(F.bio_endio, 60);
  complete(t);
  t.leave(undefined, 11);
}
