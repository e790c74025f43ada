/** Tells a queued task that it will not run, as one before it failed. */
export const ABORTED = Symbol("aborted");

/** How a task ended: whether those that wait behind it are dropped. */
export interface TaskResult<T> {
  readonly value: T;
  readonly dropWaiting: boolean;
}

interface Waiting<T> {
  readonly run: () => Promise<TaskResult<T>>;
  readonly resolve: (value: T | typeof ABORTED) => void;
  readonly reject: (error: unknown) => void;
}

/** Runs tasks one after the other. A task that fails may drop those that wait at that moment, and no later ones. */
export class CellQueue<T> {
  #waiting: Waiting<T>[] = [];
  #busy = false;

  /** Runs a task after all earlier ones; resolves to its value, or to {@link ABORTED}. */
  push(run: () => Promise<TaskResult<T>>): Promise<T | typeof ABORTED> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ run, resolve, reject });
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let task = this.#waiting.shift(); task !== undefined; task = this.#waiting.shift()) {
      try {
        const { value, dropWaiting } = await task.run();
        task.resolve(value);
        if (dropWaiting) this.#drop();
      } catch (error) {
        task.reject(error);
      }
    }
    this.#busy = false;
  }

  #drop(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve(ABORTED);
  }
}
