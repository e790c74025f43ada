import type { LinearMemory } from "./memory.ts";

/** Words of memory that differ, as they were before. */
export interface Change {
  /** Index of the first 32-bit word. */
  readonly word: number;
  readonly before: Uint32Array;
}

/** Words that are compared at once before it is looked for which of them differ. */
const BLOCK = 16;

/** Room for the copies, which is used again: getting so many new pages takes longer than copying. Empty while it is in use. */
let room = new Uint32Array(0);

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
  const words = allocator.top >> 2;
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
  return () => {
    for (const { word, before } of changes) memory.u32.set(before, word);
    memory.restoreAllocator(allocator);
  };
}

/** The words that differ between two copies of memory, in runs; `after` may be longer. */
export function differences(before: Uint32Array, after: Uint32Array): Change[] {
  const changes: Change[] = [];
  const blocks = before.length - (before.length % BLOCK);
  for (let i = 0; i < before.length; i++) {
    while (i < blocks && i % BLOCK === 0 && sameBlock(before, after, i)) i += BLOCK;
    if (i >= before.length || before[i] === after[i]) continue;
    const word = i;
    while (i < before.length && before[i] !== after[i]) i++;
    changes.push({ word, before: before.slice(word, i) });
  }
  return changes;
}

/** Whether `BLOCK` words from `at` on are the same: one branch for all of them. */
function sameBlock(a: Uint32Array, b: Uint32Array, at: number): boolean {
  let different = 0;
  for (let i = at; i < at + BLOCK; i++) different |= a[i]! ^ b[i]!;
  return different === 0;
}
