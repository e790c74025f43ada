import { availableParallelism } from "node:os";
import { Grader, type GraderOptions } from "./grader.ts";

/** The pool. */
export interface PoolOptions extends GraderOptions {
  /** Grader processes at a time; one a core unless told otherwise. */
  readonly jobs?: number | undefined;
}

/**
 * Does something with each item on a pool of graders and gives what comes of it in the items' order; a grader takes the next one as
 * soon as it is free. The first that rejects ends it.
 *
 * @example for await (const graded of inOrder(files, (file, grader) => gradePlanned(file, grader, options))) ...
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  one: (item: T, grader: Grader) => Promise<R>,
  { jobs = availableParallelism(), ...options }: PoolOptions = {},
): AsyncGenerator<R> {
  const slots = items.map(() => Promise.withResolvers<R>());
  for (const { promise } of slots) promise.catch(() => undefined); // whoever awaits it hears of it
  const count = Math.max(1, Math.min(jobs, items.length));
  const graders = Array.from({ length: count }, () => new Grader(options));
  let next = 0;
  const work = async (grader: Grader): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      await one(items[at]!, grader).then(slots[at]!.resolve, slots[at]!.reject);
    }
  };
  const workers = graders.map(work);
  try {
    for (const { promise } of slots) yield await promise;
    await Promise.all(workers);
  } finally {
    next = items.length;
    for (const grader of graders) grader[Symbol.dispose]();
  }
}
