/** A dynptr: a pointer that knows how much memory is behind it, as 16 bytes on a program's stack (`struct bpf_dynptr_kern`). */
import { ERRNO } from "../maps/errno.ts";
import { RingbufMap, ringbufOf } from "../maps/ringbuf.ts";
import { DIRECT_MAP_HIGH, type LinearMemory } from "../memory/memory.ts";
import type { Host } from "./host.ts";
import { mapAt } from "./map-helpers.ts";
import type { HelperImplementation } from "./row.ts";

/** Bytes of a dynptr: the address of its memory, then size and type, then the offset of its first byte. */
export const DYNPTR_SIZE = 16;
const FIELD = { data: 0, size: 8, offset: 12 } as const;

/** What its memory is, in the upper bits of the size. */
export const DYNPTR_TYPE = { local: 1, ringbuf: 2 } as const;
const TYPE_SHIFT = 28;
const READ_ONLY = 1 << 31;
const MOST = 0xff_ffff;

/** Makes a dynptr of memory at `data`; 0 bytes at offset 0 of nothing are the null dynptr. */
export function setDynptr(memory: LinearMemory, at: number, data: number, size: number, type: number): void {
  const { i32 } = memory;
  i32[at >> 2] = data;
  i32[(at + 4) >> 2] = data === 0 ? 0 : DIRECT_MAP_HIGH;
  i32[(at + FIELD.size) >> 2] = size | (type << TYPE_SHIFT);
  i32[(at + FIELD.offset) >> 2] = 0;
}

const setNull = (memory: LinearMemory, at: number): void => setDynptr(memory, at, 0, 0, 0);

/** Where `length` bytes of a dynptr from `from` on lie; 0: it is null, -E2BIG: it has fewer. */
function place({ i32, u32 }: LinearMemory, at: number, from: number, high: number, length: number): number {
  const data = u32[at >> 2]!;
  if (data === 0) return 0;
  const size = i32[(at + FIELD.size) >> 2]! & MOST;
  if (high !== 0 || length >>> 0 > size || from >>> 0 > size - (length >>> 0)) return -ERRNO.E2BIG;
  return data + u32[(at + FIELD.offset) >> 2]! + (from >>> 0);
}

const readOnly = ({ i32 }: LinearMemory, at: number): boolean => (i32[(at + FIELD.size) >> 2]! & READ_ONLY) !== 0;

/** Submitting and discarding a record that was reserved as a dynptr, which is null from then on. */
const commit =
  (discard: boolean) =>
  (host: Host) =>
  (at: number, flags: number): number => {
    const { memory } = host;
    const sample = memory.u32[at >> 2]!;
    if (sample === 0) return 0;
    const map = host.maps[ringbufOf(memory, sample)];
    if (map instanceof RingbufMap) map.commit(sample, flags, discard);
    setNull(memory, at);
    return 0;
  };

export const DYNPTR_HELPERS: readonly HelperImplementation[] = [
  {
    name: "dynptr_from_mem",
    passing: "i32",
    implement:
      ({ memory }) =>
      (data, size, flags, high, at) => {
        const errno = size >>> 0 > MOST ? ERRNO.E2BIG : flags !== 0 || high !== 0 ? ERRNO.EINVAL : 0;
        if (errno === 0) setDynptr(memory, at, data, size, DYNPTR_TYPE.local);
        else setNull(memory, at);
        return -errno;
      },
  },
  {
    name: "dynptr_read",
    passing: "i32",
    implement:
      ({ memory }) =>
      (to, size, at, from, fromHigh, flags, high) => {
        const source = flags !== 0 || high !== 0 ? 0 : place(memory, at, from, fromHigh, size);
        if (source <= 0) return source || -ERRNO.EINVAL;
        memory.u8.copyWithin(to, source, source + size);
        return 0;
      },
  },
  {
    name: "dynptr_write",
    passing: "i32",
    implement:
      ({ memory }) =>
      (at, to, toHigh, from, size, flags, high) => {
        const known = flags === 0 && high === 0 && !readOnly(memory, at);
        const target = known ? place(memory, at, to, toHigh, size) : 0;
        if (target <= 0) return target || -ERRNO.EINVAL;
        memory.u8.copyWithin(target, from, from + size);
        return 0;
      },
  },
  {
    name: "dynptr_data",
    passing: "pointer",
    implement:
      ({ memory }) =>
      (at, from, high, size) =>
        readOnly(memory, at) ? 0 : Math.max(0, place(memory, at, from, high, size)),
  },
  {
    name: "ringbuf_reserve_dynptr",
    passing: "i32",
    implement: (host) => (header, size, _sizeHigh, flags, high, at) => {
      const { memory } = host;
      const map = mapAt(host, header);
      setNull(memory, at);
      if (flags !== 0 || high !== 0 || !(map instanceof RingbufMap)) return -ERRNO.EINVAL;
      if (size >>> 0 > MOST) return -ERRNO.E2BIG;
      const sample = map.reserve(size);
      if (sample === 0) return -ERRNO.EINVAL;
      setDynptr(memory, at, sample, size, DYNPTR_TYPE.ringbuf);
      return 0;
    },
  },
  { name: "ringbuf_submit_dynptr", passing: "void", implement: commit(false) },
  { name: "ringbuf_discard_dynptr", passing: "void", implement: commit(true) },
];
