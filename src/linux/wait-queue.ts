import type { Task } from "./task.ts";

/** Tasks that sleep until something happens, in the order in which they came. */
export class WaitQueue {
  #tasks: Task[] = [];

  add(task: Task): void {
    if (!this.#tasks.includes(task)) this.#tasks.push(task);
  }

  /** Wakes the longest waiting task (an exclusive wait, as `accept` does). */
  wakeOne(): void {
    const task = this.#tasks.shift();
    task?.linux.scheduler.wake(task);
  }

  wakeAll(): void {
    if (this.#tasks.length === 0) return;
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) task.linux.scheduler.wake(task);
  }
}
