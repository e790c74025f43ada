import { ERRNO } from "../maps/errno.ts";
import { RingbufMap, ringbufOf } from "../maps/ringbuf.ts";
import type { Host } from "./host.ts";
import { mapAt } from "./map-helpers.ts";
import type { HelperImplementation } from "./row.ts";
import { u64Of } from "./u64.ts";

function ringbufAt(host: Host, header: number): RingbufMap | undefined {
  const map = mapAt(host, header);
  return map instanceof RingbufMap ? map : undefined;
}

/** Submitting and discarding name no map: the record itself leads to it. */
const commit =
  (discard: boolean) =>
  (host: Host) =>
  (sample: number, flags: number): number => {
    const map = host.maps[ringbufOf(host.memory, sample)];
    if (map instanceof RingbufMap) map.commit(sample, flags, discard);
    return 0;
  };

/** Records for a reader outside of the program. */
export const RINGBUF_HELPERS: readonly HelperImplementation[] = [
  {
    name: "ringbuf_output",
    passing: "i32",
    implement: (host) => (map, data, size, flags, high) =>
      high === 0 ? (ringbufAt(host, map)?.output(data, size, flags) ?? -ERRNO.EINVAL) : -ERRNO.EINVAL,
  },
  {
    name: "ringbuf_reserve",
    passing: "pointer",
    implement: (host) => (map, size, flags, high) =>
      flags === 0 && high === 0 ? (ringbufAt(host, map)?.reserve(size) ?? 0) : 0,
  },
  { name: "ringbuf_submit", passing: "void", implement: commit(false) },
  { name: "ringbuf_discard", passing: "void", implement: commit(true) },
  {
    name: "ringbuf_query",
    passing: "u64",
    implement: (host) => (map, what, high) =>
      u64Of(host.memory, high === 0 ? (ringbufAt(host, map)?.query(what) ?? 0) : 0),
  },
];
