import { DIRECT_MAP_HIGH } from "../memory/memory.ts";
import type { HelperImplementation } from "./row.ts";

/** Kernel pointers in map values: an address of the direct map, or 0. */
export const KPTR_HELPERS: readonly HelperImplementation[] = [
  {
    name: "kptr_xchg",
    passing: "pointer",
    implement:
      ({ memory }) =>
      (at, pointer) => {
        const { u32, i32 } = memory;
        const old = u32[at >>> 2];
        u32[at >>> 2] = pointer;
        i32[(at >>> 2) + 1] = pointer === 0 ? 0 : DIRECT_MAP_HIGH;
        return old;
      },
  },
];
