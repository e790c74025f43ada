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

/** An interrupt on its way to the main thread; `number` counts from 1. */
export interface WorkerInterrupt {
  readonly cell: string;
  readonly number: number;
}

/** The main thread's end of its worker: where output goes, where interrupts come from. */
export interface WorkerLink {
  readonly output: RingProducer;
}

/**
 * Starts the worker.
 *
 * @param onInterrupt called on the main thread's event loop, after the worker has unwound whatever kept it from getting there
 */
export function startWorker(onInterrupt: (cell: string) => void): WorkerLink {
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
  worker.on("message", ({ cell, number }: WorkerInterrupt) => {
    Atomics.store(acknowledged, ACKNOWLEDGED, number);
    Atomics.notify(acknowledged, ACKNOWLEDGED);
    onInterrupt(cell);
  });
  return { output: new RingProducer(ring) };
}
