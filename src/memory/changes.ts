import type { LinearMemory } from "./memory.ts";

/** Words of memory that differ, as they were before. */
export interface Change {
  /** Index of the first 32-bit word. */
  readonly word: number;
  readonly before: Uint32Array;
}

/**
 * Does `work` and returns what undoes everything that it did to memory: bytes written anywhere, blocks allocated or freed.
 * Memory that grew stays grown. Costs a copy of the used memory, so it is for stepping, not for running.
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
): () => void {
  const allocator = memory.allocatorState();
  const before = memory.u32.slice(0, allocator.top >> 2);
  work();
  const changes = differences(before, memory.u32);
  seen(changes);
  return () => {
    for (const { word, before } of changes) memory.u32.set(before, word);
    memory.restoreAllocator(allocator);
  };
}

/** The words that differ between two copies of memory, in runs; `after` may be longer. */
export function differences(before: Uint32Array, after: Uint32Array): Change[] {
  const changes: Change[] = [];
  for (let i = 0; i < before.length; i++) {
    if (before[i] === after[i]) continue;
    const word = i;
    while (i < before.length && before[i] !== after[i]) i++;
    changes.push({ word, before: before.slice(word, i) });
  }
  return changes;
}
