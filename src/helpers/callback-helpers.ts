import { ERRNO } from "../maps/errno.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import { DIRECT_MAP_HIGH } from "../memory/memory.ts";
import type { Host } from "./host.ts";
import { mapAt } from "./map-helpers.ts";
import { callAll, type HelperInRounds, type Round } from "./rounds.ts";
import type { HelperImplementation } from "./row.ts";

/** The most iterations of `bpf_loop`: `BPF_MAX_LOOPS`. */
export const MAX_LOOPS = 8 * 1024 * 1024;

/** Upper half of a pointer that a helper passes on: of NULL it is 0. */
const highOf = (offset: number): number => (offset === 0 ? 0 : DIRECT_MAP_HIGH);

/** `bpf_for_each_map_elem`: two keys in turn, as the next one must be known before the callback may delete this one. */
function forEachMapElem({ memory, maps, callbacks }: Host): HelperInRounds {
  return (header, callback, context, low, high) => {
    const map = mapAt({ memory, maps }, header!);
    if (low !== 0 || high !== 0 || map === undefined || callbacks.at(callback!) === undefined) return -ERRNO.EINVAL;
    const { keySize } = map.spec;
    const scratch = memory.allocate(2 * keySize);
    const abandon = (): void => memory.free(scratch, 2 * keySize);
    const round = (at: Element, called: number): Round | number => {
      const element = withValue(map, at);
      if (element === undefined) {
        abandon();
        return called;
      }
      const { key, value, more } = element;
      const halves = [header!, DIRECT_MAP_HIGH, key, DIRECT_MAP_HIGH, value, DIRECT_MAP_HIGH];
      return {
        ...{ callback: callback!, abandon },
        halves: [...halves, context!, highOf(context!), 0, 0],
        next: (result) => round({ key: element.next, next: key, more: more && result === 0 }, called + 1),
      };
    };
    return round({ key: scratch, next: scratch + keySize, more: map.nextKey(0, scratch) === 0 }, 0);
  };
}

/** Where a key lies, where the one after it will, and whether there is one at all. */
interface Element {
  readonly key: number;
  readonly next: number;
  readonly more: boolean;
}

/** The first element from one on that has a value, with the key after it. */
function withValue(map: RuntimeMap, from: Element): (Element & { readonly value: number }) | undefined {
  let { key, next, more } = from;
  while (more) {
    const value = map.lookup(key);
    more = map.nextKey(key, next) === 0;
    if (value !== 0) return { key, next, more, value };
    [key, next] = [next, key];
  }
  return undefined;
}

/** `bpf_loop`: the function is called with 0, 1, ... until it returns something else than 0. */
function loop({ callbacks }: Host): HelperInRounds {
  return (timesLow, _timesHigh, callback, context, low, high) => {
    const times = timesLow! >>> 0;
    if (low !== 0 || high !== 0 || callbacks.at(callback!) === undefined) return -ERRNO.EINVAL;
    if (times > MAX_LOOPS) return -ERRNO.E2BIG;
    const round = (index: number): Round | number =>
      index === times
        ? times
        : {
            callback: callback!,
            halves: [index, 0, context!, highOf(context!), 0, 0, 0, 0, 0, 0],
            next: (result) => (result === 0 ? round(index + 1) : index + 1),
          };
    return round(0);
  };
}

/** Helpers that call back into the program before they return. */
export const CALLBACK_HELPERS: readonly HelperImplementation[] = [
  {
    name: "for_each_map_elem",
    passing: "i32",
    rounds: forEachMapElem,
    implement: (host) => callAll(host.callbacks, forEachMapElem(host)),
  },
  {
    name: "loop",
    passing: "i32",
    rounds: loop,
    // Without a `Round` for each call it takes a third of the time.
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
