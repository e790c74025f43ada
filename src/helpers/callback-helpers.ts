import { ERRNO } from "../maps/errno.ts";
import { DIRECT_MAP_HIGH } from "../memory/memory.ts";
import { mapAt } from "./map-helpers.ts";
import type { HelperImplementation } from "./row.ts";

/** The most iterations of `bpf_loop`: `BPF_MAX_LOOPS`. */
export const MAX_LOOPS = 8 * 1024 * 1024;

/** Upper half of a pointer that a helper passes on: of NULL it is 0. */
const highOf = (offset: number): number => (offset === 0 ? 0 : DIRECT_MAP_HIGH);

/** Helpers that call back into the program before they return. */
export const CALLBACK_HELPERS: readonly HelperImplementation[] = [
  {
    name: "for_each_map_elem",
    passing: "i32",
    implement:
      ({ memory, maps, callbacks }) =>
      (header, callback, context, low, high) => {
        const call = callbacks.at(callback!);
        const map = mapAt({ memory, maps }, header!);
        if (low !== 0 || high !== 0 || call === undefined || map === undefined) return -ERRNO.EINVAL;
        // Two keys in turn: the next one is known before the callback may delete this one.
        const { keySize } = map.spec;
        const scratch = memory.allocate(2 * keySize);
        let [key, next] = [scratch, scratch + keySize];
        let count = 0;
        try {
          for (let more = map.nextKey(0, key) === 0; more; [key, next] = [next, key]) {
            const value = map.lookup(key);
            more = map.nextKey(key, next) === 0;
            if (value === 0) continue;
            count++;
            const stop = call(
              ...[header!, DIRECT_MAP_HIGH, key, DIRECT_MAP_HIGH, value, DIRECT_MAP_HIGH],
              ...[context!, highOf(context!), 0, 0],
            );
            if (stop !== 0) break;
          }
        } finally {
          memory.free(scratch, 2 * keySize);
        }
        return count;
      },
  },
  {
    name: "loop",
    passing: "i32",
    implement:
      ({ callbacks }) =>
      (timesLow, _timesHigh, callback, context, low, high) => {
        const times = timesLow! >>> 0;
        const call = callbacks.at(callback!);
        if (low !== 0 || high !== 0 || call === undefined) return -ERRNO.EINVAL;
        if (times > MAX_LOOPS) return -ERRNO.E2BIG;
        const contextHigh = highOf(context!);
        for (let index = 0; index < times; index++) {
          if (call(index, 0, context!, contextHigh, 0, 0, 0, 0, 0, 0) !== 0) return index + 1;
        }
        return times;
      },
  },
];
