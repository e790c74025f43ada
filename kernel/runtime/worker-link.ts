import { Worker } from "node:worker_threads";
import { createRingMemory, RingProducer } from "./ring.ts";
import { sibling } from "./sibling.ts";
import { UNWINDING_BYTES, Unwinding } from "./unwinding.ts";

/** What the worker is started with. */
export interface WorkerData {
  readonly ring: SharedArrayBuffer;
  /** Memory of the {@link Unwinding} that both threads share. */
  readonly unwinding: SharedArrayBuffer;
}

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
  /** Who of the two may act on an interrupt. */
  readonly unwinding: Unwinding;
}

/** Starts the worker. */
export function startWorker(): WorkerLink {
  const ring = createRingMemory();
  const unwinding = new SharedArrayBuffer(UNWINDING_BYTES);
  const worker = new Worker(sibling(import.meta.url, "./worker"), {
    workerData: { ring, unwinding } satisfies WorkerData,
    // Nothing of the worker may reach a cell's stdout or stderr.
    stdout: true,
    stderr: true,
  });
  worker.unref();
  return { output: new RingProducer(ring), unwinding: new Unwinding(unwinding) };
}
