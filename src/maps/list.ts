import type { LinearMemory } from "../memory/memory.ts";

/**
 * Circular lists with two directions, in linear memory: a head and each node are two words, the offset of the previous and
 * of the next. A node is in one list at most.
 */
export class Lists {
  readonly #memory: LinearMemory;

  constructor(memory: LinearMemory) {
    this.#memory = memory;
  }

  /** Makes a head (or a node) that is alone. */
  init(head: number): void {
    const { i32 } = this.#memory;
    i32[head >> 2] = head;
    i32[(head >> 2) + 1] = head;
  }

  previous(node: number): number {
    return this.#memory.i32[node >> 2];
  }

  next(node: number): number {
    return this.#memory.i32[(node >> 2) + 1];
  }

  isEmpty(head: number): boolean {
    return this.next(head) === head;
  }

  /** Puts a node that is in no list at the front. */
  add(node: number, head: number): void {
    const { i32 } = this.#memory;
    const first = i32[(head >> 2) + 1];
    i32[node >> 2] = head;
    i32[(node >> 2) + 1] = first;
    i32[first >> 2] = node;
    i32[(head >> 2) + 1] = node;
  }

  remove(node: number): void {
    const { i32 } = this.#memory;
    const previous = i32[node >> 2];
    const next = i32[(node >> 2) + 1];
    i32[(previous >> 2) + 1] = next;
    i32[next >> 2] = previous;
  }

  /** Takes a node out of its list and puts it at the front of another, or of the same. */
  move(node: number, head: number): void {
    this.remove(node);
    this.add(node, head);
  }
}
