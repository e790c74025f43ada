/**
 * Timers in map values. All that is known of one lies in its `struct bpf_timer`, so whoever restores memory has restored it:
 *
 * ```
 * 0 the map's header, 0: not set up   4 the callback, low half of its address   8 round for which it is armed, 0: not
 * 12 rounds so far, doubled; +1 while its callback runs
 * ```
 */
import { ERRNO } from "../maps/errno.ts";
import { mapFields } from "../maps/special.ts";
import { DIRECT_MAP_HIGH, type LinearMemory } from "../memory/memory.ts";
import type { Host } from "./host.ts";
import { mapAt } from "./map-helpers.ts";
import type { HelperImplementation } from "./row.ts";

const MAP = 0;
const CALLBACK = 1;
const ARMED = 2;
const ROUNDS = 3;

/** `CLOCK_REALTIME`, `CLOCK_MONOTONIC`, `CLOCK_BOOTTIME`. */
const CLOCKS: ReadonlySet<number> = new Set([0, 1, 7]);
/** Flags of `bpf_timer_start`: the time is absolute; the timer stays on its CPU, which it does here anyway. */
const ABSOLUTE = 1;
const PINNED = 2;

const word = ({ u32 }: LinearMemory, timer: number, index: number): number => u32[(timer >>> 2) + index]!;
const write = ({ u32 }: LinearMemory, timer: number, index: number, value: number): void => {
  u32[(timer >>> 2) + index] = value;
};

/** Where the key of the timer's element lies, and the element; undefined: the element is gone. `scratch`: 4 bytes for an index. */
function elementOf(host: Host, timer: number, scratch: number): { key: number; value: number } | undefined {
  const { memory } = host;
  const map = mapAt(host, word(memory, timer, MAP));
  const field = map && mapFields(map.spec).find(({ kind }) => kind === "bpf_timer");
  if (map === undefined || field === undefined) return undefined;
  const value = timer - field.offset;
  let key = value - 8 * Math.ceil(map.spec.keySize / 8);
  if (map.elements) {
    memory.u32[scratch >>> 2] = (value - map.elements.base) / map.elements.stride;
    key = scratch;
  }
  return map.lookup(key) === value ? { key, value } : undefined;
}

/** The time has come: `round` tells whether it was started anew or cancelled in the meantime. */
function expire(host: Host, timer: number, round: number): void {
  const { memory, callbacks } = host;
  if (word(memory, timer, ARMED) !== round) return;
  const scratch = memory.allocate(8);
  try {
    const element = elementOf(host, timer, scratch);
    const call = callbacks.at(word(memory, timer, CALLBACK));
    if (element === undefined || call === undefined) return;
    const map = word(memory, timer, MAP);
    write(memory, timer, ARMED, 0);
    write(memory, timer, ROUNDS, word(memory, timer, ROUNDS) | 1);
    const pointers = [map, element.key, element.value].flatMap((at) => [at, DIRECT_MAP_HIGH]);
    call(...pointers, 0, 0, 0, 0);
    // Unless the callback has deleted its element.
    if (word(memory, timer, MAP) === map) write(memory, timer, ROUNDS, word(memory, timer, ROUNDS) & ~1);
  } finally {
    memory.free(scratch, 8);
  }
}

/** Helpers for timers. Without `Host.later` no timer can be set up. */
export const TIMER_HELPERS: readonly HelperImplementation[] = [
  {
    name: "timer_init",
    passing: "i32",
    implement: (host) => (timer, map, low, high) => {
      const { memory } = host;
      if (host.later === undefined) return -ERRNO.EOPNOTSUPP;
      if (high !== 0 || !CLOCKS.has(low!)) return -ERRNO.EINVAL;
      if (word(memory, timer!, MAP) !== 0) return -ERRNO.EBUSY;
      write(memory, timer!, MAP, map!);
      return 0;
    },
  },
  {
    name: "timer_set_callback",
    passing: "i32",
    implement:
      ({ memory }) =>
      (timer, callback) => {
        if (word(memory, timer!, MAP) === 0) return -ERRNO.EINVAL;
        write(memory, timer!, CALLBACK, callback!);
        return 0;
      },
  },
  {
    name: "timer_start",
    passing: "i32",
    implement: (host) => (timer, nsLow, nsHigh, flags, flagsHigh) => {
      const { memory } = host;
      if (flagsHigh !== 0 || (flags! & ~(ABSOLUTE | PINNED)) !== 0) return -ERRNO.EINVAL;
      if (word(memory, timer!, MAP) === 0 || word(memory, timer!, CALLBACK) === 0) return -ERRNO.EINVAL;
      const ns = (nsHigh! >>> 0) * 2 ** 32 + (nsLow! >>> 0);
      const delay = flags! & ABSOLUTE ? Math.max(0, ns - host.ktimeNs()) : ns;
      const rounds = word(memory, timer!, ROUNDS) + 2;
      const round = rounds >>> 1;
      write(memory, timer!, ROUNDS, rounds);
      write(memory, timer!, ARMED, round);
      host.later!(delay, () => expire(host, timer!, round));
      return 0;
    },
  },
  {
    name: "timer_cancel",
    passing: "i32",
    implement:
      ({ memory }) =>
      (timer) => {
        if (word(memory, timer!, MAP) === 0) return -ERRNO.EINVAL;
        if (word(memory, timer!, ROUNDS) & 1) return -ERRNO.EDEADLK;
        const armed = word(memory, timer!, ARMED) !== 0 ? 1 : 0;
        write(memory, timer!, ARMED, 0);
        // Linux forgets the function, too.
        write(memory, timer!, CALLBACK, 0);
        return armed;
      },
  },
];
