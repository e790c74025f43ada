import { ERRNO } from "../maps/errno.ts";
import { UserRingbufMap } from "../maps/user-ringbuf.ts";
import { DIRECT_MAP_HIGH } from "../memory/memory.ts";
import { DYNPTR_SIZE, DYNPTR_TYPE, setDynptr } from "./dynptr.ts";
import { mapAt } from "./map-helpers.ts";
import type { HelperImplementation } from "./row.ts";

/** Records that one drain looks at: `BPF_MAX_USER_RINGBUF_SAMPLES`. */
const MOST = 128 * 1024;
/** Never and always tell the process that there is room again; there is no process that waits. */
const FLAGS = 3;

/** Records that a process has written for programs. */
export const USER_RINGBUF_HELPERS: readonly HelperImplementation[] = [
  {
    name: "user_ringbuf_drain",
    passing: "i32",
    implement:
      ({ memory, maps, callbacks }) =>
      (header, callback, context, flags, high) => {
        const map = mapAt({ memory, maps }, header);
        const call = callbacks.at(callback);
        if (flags & ~FLAGS || high !== 0 || call === undefined || !(map instanceof UserRingbufMap))
          return -ERRNO.EINVAL;
        const busy = map.begin();
        if (busy < 0) return busy;
        const dynptr = memory.allocate(DYNPTR_SIZE);
        let [seen, discarded, stop] = [0, 0, 0];
        try {
          for (; seen < MOST && stop === 0; seen++) {
            const record = map.peek();
            if ("errno" in record) {
              if (record.errno === ERRNO.ENODATA) break;
              if (record.errno !== ERRNO.EAGAIN) return -record.errno;
              discarded++;
              continue;
            }
            setDynptr(memory, dynptr, record.at, record.size, DYNPTR_TYPE.local);
            stop = call(dynptr, DIRECT_MAP_HIGH, context, context === 0 ? 0 : DIRECT_MAP_HIGH, 0, 0, 0, 0, 0, 0);
            map.release(record.next);
          }
          return seen - discarded;
        } finally {
          memory.free(dynptr, DYNPTR_SIZE);
          map.end();
        }
      },
  },
];
