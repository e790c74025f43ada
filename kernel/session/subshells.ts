import { randomUUID } from "node:crypto";
import { RequestError } from "../wire/requests.ts";
import { CellQueue } from "./cell-queue.ts";

/** The shell that every kernel has; it cannot be deleted, and requests name it by naming none. */
export const MAIN_SHELL = "";

/**
 * The queues of cells: one of the main shell, one of each subshell. Cells of one queue run one after the other; those of two
 * share one thread and all variables, so a subshell's cell runs while the main shell's awaits something, and waits while it
 * computes.
 *
 * @see https://jupyter.org/enhancement-proposals/91-kernel-subshells/kernel-subshells.html
 */
export class Subshells {
  readonly #queues = new Map<string, CellQueue<void>>([[MAIN_SHELL, new CellQueue()]]);
  readonly #onDelete: (id: string) => void;

  /** @param onDelete is called when a deleted subshell's last cell has ended */
  constructor(onDelete: (id: string) => void) {
    this.#onDelete = onDelete;
  }

  /** The id of a new subshell. */
  create(): string {
    const id = randomUUID();
    this.#queues.set(id, new CellQueue());
    return id;
  }

  /**
   * Takes no more cells for a subshell; those that wait in it still run.
   *
   * @throws RequestError where there is none of this id
   */
  delete(id: string): void {
    if (id === MAIN_SHELL) throw new RequestError("the request names no subshell");
    const queue = this.queue(id);
    this.#queues.delete(id);
    void queue.push(async () => {
      this.#onDelete(id);
      return { value: undefined, dropWaiting: false };
    });
  }

  list(): string[] {
    return [...this.#queues.keys()].filter((id) => id !== MAIN_SHELL);
  }

  /** @throws RequestError where there is none of this id */
  queue(id: string): CellQueue<void> {
    const queue = this.#queues.get(id);
    if (queue === undefined) throw new RequestError(`there is no subshell "${id}"`);
    return queue;
  }
}
