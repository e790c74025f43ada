import type { HelperImplementation } from "./row.ts";

/**
 * Locks in map values: a 32-bit word that is 1 while somebody holds it. A program that runs alone never finds its lock taken;
 * where programs of several CPUs interleave (`vm/schedule`), the schedule lets a CPU wait before it takes a lock.
 */
export const SPIN_LOCK_HELPERS: readonly HelperImplementation[] = [
  {
    name: "spin_lock",
    passing: "void",
    implement:
      ({ memory }) =>
      (lock) => {
        memory.u32[lock! >>> 2] = 1;
        return 0;
      },
  },
  {
    name: "spin_unlock",
    passing: "void",
    implement:
      ({ memory }) =>
      (lock) => {
        memory.u32[lock! >>> 2] = 0;
        return 0;
      },
  },
];
