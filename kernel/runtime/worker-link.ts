import { Worker } from "node:worker_threads";
import { createRingMemory, RingProducer } from "./ring.ts";
import { sibling } from "./sibling.ts";

/** What the worker is started with. */
export interface WorkerData {
  readonly ring: SharedArrayBuffer;
  /** One counter, at {@link ACKNOWLEDGED}. */
  readonly control: SharedArrayBuffer;
}

/** Index of the number of the last interrupt that the main thread has answered. */
export const ACKNOWLEDGED = 0;

/**
 * Thrown at the end of every interrupt, to be ignored as an uncaught exception. The worker may have unwound the main thread in
 * the midst of Node's timers or ticks, which leaves the stack of async ids too long, and Node aborts at its next callback.
 * A handled uncaught exception is what makes Node empty that stack; it must be thrown out of a callback that Node's own C++
 * calls, as those of sockets are and those of message ports are not.
 */
export class AsyncIdReset extends Error {
  override readonly name = "AsyncIdReset";
  readonly code = "async-id-reset";
}

/** The main thread's end of its worker. */
export interface WorkerLink {
  /** Where output goes. */
  readonly output: RingProducer;
  /** Tells the worker that an interrupt has reached the main thread. */
  acknowledge(interrupt: number): void;
}

/** Starts the worker. */
export function startWorker(): WorkerLink {
  const ring = createRingMemory();
  const control = new SharedArrayBuffer(4);
  const acknowledged = new Int32Array(control);
  const worker = new Worker(sibling(import.meta.url, "./worker"), {
    workerData: { ring, control } satisfies WorkerData,
    // Nothing of the worker may reach a cell's stdout or stderr.
    stdout: true,
    stderr: true,
  });
  worker.unref();
  return {
    output: new RingProducer(ring),
    acknowledge: (interrupt) => {
      Atomics.store(acknowledged, ACKNOWLEDGED, interrupt);
      Atomics.notify(acknowledged, ACKNOWLEDGED);
    },
  };
}
