import type { LinearMemory } from "./memory.ts";

/** Words of memory that differ, as they were before. */
export interface Change {
  /** Index of the first 32-bit word. */
  readonly word: number;
  readonly before: Uint32Array;
}

/** Bytes from an offset on; both are multiples of 4. */
export type MemoryRange = readonly [at: number, size: number];

/** Room for the copies, which is used again: getting so many new pages takes longer than copying. Empty while it is in use. */
let room = new Uint32Array(0);

/**
 * Does `work` and returns what undoes everything that it did to memory: bytes written anywhere, blocks allocated or freed.
 * Memory that grew stays grown. Costs a copy of the used memory, so it is for stepping, not for running; or of `within`, where
 * the caller knows that nothing else is written.
 *
 * @example
 * const undo = recordChanges(memory, () => map.update(key, value, 0));
 * undo();   // the element is gone again
 *
 * `seen` is told which words changed.
 */
export function recordChanges(
  memory: LinearMemory,
  work: () => void,
  seen: (changes: readonly Change[]) => void = () => {},
  within?: readonly MemoryRange[],
): () => void {
  const allocator = memory.allocatorState();
  const words = allocator.top >> 2;
  const undo = (changes: readonly Change[]) => () => {
    for (const { word, before } of changes) memory.u32.set(before, word);
    memory.restoreAllocator(allocator);
  };
  if (within !== undefined) {
    const changed = watch(memory, within);
    work();
    const changes = changed();
    seen(changes);
    return undo(changes);
  }
  const copy = room.length < words ? new Uint32Array(Math.ceil(1.5 * words)) : room;
  room = new Uint32Array(0);
  copy.set(memory.u32.subarray(0, words));
  let changes: readonly Change[];
  try {
    work();
    changes = differences(copy.subarray(0, words), memory.u32);
  } finally {
    room = copy;
  }
  seen(changes);
  return undo(changes);
}

/** The words that differ between two copies of memory, in runs; `after` may be longer. Both begin at a multiple of 8 bytes. */
export function differences(before: Uint32Array, after: Uint32Array): Change[] {
  const changes: Change[] = [];
  const pairs = before.length >> 1;
  const wideBefore = new BigInt64Array(before.buffer, before.byteOffset, pairs);
  const wideAfter = new BigInt64Array(after.buffer, after.byteOffset, pairs);
  for (let i = 0; i < before.length; i++) {
    if (i % 2 === 0) i = 2 * firstDifference(wideBefore, wideAfter, i >> 1);
    if (i >= before.length || before[i] === after[i]) continue;
    const word = i;
    while (i < before.length && before[i] !== after[i]) i++;
    changes.push({ word, before: before.slice(word, i) });
  }
  return changes;
}

/** The first index from one on at which two arrays of the same length differ, or their length: 8 bytes at once, without a BigInt being made. */
export function firstDifference(a: BigInt64Array, b: BigInt64Array, from: number): number {
  let i = from;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}

/**
 * Remembers places of memory; what is returned tells which words of them differ since.
 *
 * @example const changed = watch(memory, [[at, 16]]);
 */
export function watch(memory: LinearMemory, places: readonly MemoryRange[]): () => Change[] {
  const copies = places.map(([at, size]) => [at >> 2, memory.u32.slice(at >> 2, ((at + size + 7) >> 3) << 1)] as const);
  return () =>
    copies.flatMap(([first, before]) =>
      differences(before, memory.u32.slice(first, first + before.length)).map(
        (change): Change => ({ word: first + change.word, before: change.before }),
      ),
    );
}
