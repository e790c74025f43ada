import { F } from "./symbols.ts";
import type { Task } from "./task.ts";

/** Tasks that sleep until something happens, in the order in which they came. */
export class WaitQueue {
  #tasks: Task[] = [];

  get empty(): boolean {
    return this.#tasks.length === 0;
  }

  add(task: Task): void {
    if (!this.#tasks.includes(task)) this.#tasks.push(task);
  }

  /** It does not wait any more. */
  remove(task: Task): void {
    const place = this.#tasks.indexOf(task);
    if (place >= 0) this.#tasks.splice(place, 1);
  }

  /** Takes the longest waiting task out. */
  shift(): Task | undefined {
    return this.#tasks.shift();
  }

  /**
   * Wakes the longest waiting task (an exclusive wait, as `accept` does). What executes now has entered the functions
   * that call `try_to_wake_up`.
   */
  wakeOne(): void {
    const task = this.#tasks.shift();
    task?.linux.scheduler.wake(task);
  }

  /** The same for all. */
  wakeAll(): void {
    if (this.#tasks.length === 0) return;
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) task.linux.scheduler.wake(task);
  }
}

/** `__wake_up_sync_key`: all that wait in an ordinary queue, or the first `most`. */
export function wakeUp(t: Task, queue: WaitQueue, most = Number.POSITIVE_INFINITY): void {
  if (queue.empty) return;
  t.enter(F.__wake_up_sync_key, 20, queue);
  t.enter(F.__wake_up_common, 30, queue);
  for (let i = 0; i < most && !queue.empty; i++) {
    const task = queue.shift()!;
    t.enter(F.autoremove_wake_function, 10);
    t.linux.scheduler.wake(task, t);
    t.leave(1);
  }
  t.leave(undefined, 2);
}
