import { ERRNO } from "../maps/errno.ts";
import { PerfEventArrayMap } from "../maps/perf-event-array.ts";
import { SequenceMap } from "../maps/sequence.ts";
import type { Host } from "./host.ts";
import { mapAt } from "./map-helpers.ts";
import type { HelperImplementation } from "./row.ts";

function sequenceAt(host: Host, header: number): SequenceMap | undefined {
  const map = mapAt(host, header);
  return map instanceof SequenceMap ? map : undefined;
}

/** Maps that elements go into and come out of: queues, stacks, Bloom filters, perf buffers. */
export const SEQUENCE_HELPERS: readonly HelperImplementation[] = [
  {
    name: "map_push_elem",
    passing: "i32",
    implement: (host) => (map, value, flags, high) =>
      sequenceAt(host, map)?.push(value, high === 0 ? flags : -1) ?? -ERRNO.EINVAL,
  },
  {
    name: "map_pop_elem",
    passing: "i32",
    implement: (host) => (map, out) => sequenceAt(host, map)?.pop(out) ?? -ERRNO.EINVAL,
  },
  {
    name: "map_peek_elem",
    passing: "i32",
    implement: (host) => (map, out) => sequenceAt(host, map)?.peek(out) ?? -ERRNO.EINVAL,
  },
  {
    name: "perf_event_output",
    passing: "i32",
    implement: (host) => (_context, header, index, high, data, size) => {
      const map = mapAt(host, header);
      // The upper half would ask for bytes of the packet behind the record, which is not done here.
      if (high !== 0 || !(map instanceof PerfEventArrayMap)) return -ERRNO.EINVAL;
      return map.output(index, data, size);
    },
  },
];
