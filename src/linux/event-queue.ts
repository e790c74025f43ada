/** Something that happens at a virtual time: a timer, a finished disk request, an arriving packet. */
export interface TimedEvent {
  readonly time: number;
  readonly run: (time: number) => void;
}

interface Entry extends TimedEvent {
  readonly order: number;
}

/**
 * What lies ahead, earliest first; events of the same time come in the order in which they were added, so a run is
 * the same every time. A binary heap.
 */
export class EventQueue {
  readonly #heap: Entry[] = [];
  #added = 0;
  /** Time of the earliest event, Infinity if there is none. */
  next = Number.POSITIVE_INFINITY;

  get length(): number {
    return this.#heap.length;
  }

  /** Adds an event. */
  at(time: number, run: (time: number) => void): void {
    const heap = this.#heap;
    const entry: Entry = { time, run, order: this.#added++ };
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
    this.next = heap[0]!.time;
  }

  /** Takes the earliest event out. */
  pop(): TimedEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first !== undefined && last !== undefined && heap.length > 0) this.#sink(last);
    this.next = heap[0]?.time ?? Number.POSITIVE_INFINITY;
    return first;
  }

  /** Puts `entry` at the root and lets it sink to its place. */
  #sink(entry: Entry): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, entry)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = entry;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
