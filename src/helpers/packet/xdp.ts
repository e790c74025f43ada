/** A packet in XDP: its start, end and metadata move within one page; what exceeds that page lies in fragments. */
import { ERRNO } from "../../maps/errno.ts";
import type { LinearMemory } from "../../memory/memory.ts";
import { ObjectView, XDP_BUFF } from "../../memory/objects.ts";
import type { HelperImplementation } from "../row.ts";

/** Linux keeps this at the start of the page for its own structure, and this at the end. */
const FRAME = 40;
const TAIL = 320;
const ETHERNET = 14;
const PAGE = 4096;
const MOST_META = 255;
/** No offset or size of bytes to copy may exceed it. */
const MOST = 0xffff;

class XdpBuffs extends ObjectView<keyof (typeof XDP_BUFF)["members"]> {
  readonly memory: LinearMemory;

  constructor(memory: LinearMemory) {
    super(memory, XDP_BUFF);
    this.memory = memory;
  }

  /** Bytes in the page. */
  linear(xdp: number): number {
    return this.get(xdp, "data_end") - this.get(xdp, "data");
  }

  length(xdp: number): number {
    return this.linear(xdp) + this.get(xdp, "frags_size");
  }

  adjustHead(xdp: number, by: number): number {
    const [old, meta] = [this.get(xdp, "data"), this.get(xdp, "data_meta")];
    const size = old - meta;
    const data = old + by;
    const first = this.get(xdp, "data_hard_start") + FRAME + size;
    if (data < first || data > this.get(xdp, "data_end") - ETHERNET) return -ERRNO.EINVAL;
    this.memory.u8.copyWithin(meta + by, meta, old);
    this.point(xdp, "data_meta", meta + by);
    this.point(xdp, "data", data);
    return 0;
  }

  adjustMeta(xdp: number, by: number): number {
    const data = this.get(xdp, "data");
    const meta = this.get(xdp, "data_meta") + by;
    if (meta < this.get(xdp, "data_hard_start") + FRAME || meta > data) return -ERRNO.EINVAL;
    if ((data - meta) % 4 !== 0 || data - meta > MOST_META) return -ERRNO.EACCES;
    this.point(xdp, "data_meta", meta);
    return 0;
  }

  adjustTail(xdp: number, by: number): number {
    if (this.get(xdp, "frags_size") > 0) return by < 0 ? this.#shrinkFrags(xdp, -by | 0) : this.#growFrags(xdp, by);
    const old = this.get(xdp, "data_end");
    const end = old + by;
    if (end > this.get(xdp, "data_hard_start") + this.get(xdp, "frame_size") - TAIL) return -ERRNO.EINVAL;
    if (end < this.get(xdp, "data") + ETHERNET) return -ERRNO.EINVAL;
    if (by > 0) this.memory.u8.fill(0, old, end);
    this.point(xdp, "data_end", end);
    return 0;
  }

  /** Only the last fragment grows, to its page's end. */
  #growFrags(xdp: number, by: number): number {
    const size = this.get(xdp, "frags_size");
    const last = ((size - 1) % PAGE) + 1;
    if (by > PAGE - last) return -ERRNO.EINVAL;
    const end = this.get(xdp, "frags") + size;
    this.memory.u8.fill(0, end, end + by);
    this.set(xdp, "frags_size", size + by);
    return 0;
  }

  #shrinkFrags(xdp: number, by: number): number {
    if (by > this.length(xdp) - ETHERNET) return -ERRNO.EINVAL;
    // The lowest number of 32 bits, whose opposite is itself: Linux says that it is done, and nothing changes.
    if (by < 0) return 0;
    const size = this.get(xdp, "frags_size");
    this.set(xdp, "frags_size", Math.max(0, size - by));
    if (by > size) this.point(xdp, "data_end", this.get(xdp, "data_end") - (by - size));
    return 0;
  }

  /** Copies bytes of the packet, fragments included, from or to memory; 0 or -errno. */
  copy(xdp: number, at: number, memory: number, size: number, way: "load" | "store"): number {
    if (at > MOST || size > MOST) return -ERRNO.EFAULT;
    if (at + size > this.length(xdp)) return -ERRNO.EINVAL;
    const { u8 } = this.memory;
    const linear = this.linear(xdp);
    const first = Math.max(0, Math.min(size, linear - at));
    const pieces = [
      { place: this.get(xdp, "data") + at, from: 0, size: first },
      { place: this.get(xdp, "frags") + at + first - linear, from: first, size: size - first },
    ];
    for (const piece of pieces) {
      if (piece.size === 0) continue;
      const [to, from] = way === "load" ? [memory + piece.from, piece.place] : [piece.place, memory + piece.from];
      u8.copyWithin(to, from, from + piece.size);
    }
    return 0;
  }
}

export const XDP_HELPERS: readonly HelperImplementation[] = [
  {
    name: "xdp_adjust_head",
    passing: "i32",
    implement: ({ memory }) => {
      const xdps = new XdpBuffs(memory);
      return (xdp, by) => xdps.adjustHead(xdp, by);
    },
  },
  {
    name: "xdp_adjust_meta",
    passing: "i32",
    implement: ({ memory }) => {
      const xdps = new XdpBuffs(memory);
      return (xdp, by) => xdps.adjustMeta(xdp, by);
    },
  },
  {
    name: "xdp_adjust_tail",
    passing: "i32",
    implement: ({ memory }) => {
      const xdps = new XdpBuffs(memory);
      return (xdp, by) => xdps.adjustTail(xdp, by);
    },
  },
  {
    name: "xdp_get_buff_len",
    passing: "i32",
    implement: ({ memory }) => {
      const xdps = new XdpBuffs(memory);
      return (xdp) => xdps.length(xdp);
    },
  },
  {
    name: "xdp_load_bytes",
    passing: "i32",
    implement: ({ memory }) => {
      const xdps = new XdpBuffs(memory);
      return (xdp, at, _high, to, size) => xdps.copy(xdp, at >>> 0, to, size, "load");
    },
  },
  {
    name: "xdp_store_bytes",
    passing: "i32",
    implement: ({ memory }) => {
      const xdps = new XdpBuffs(memory);
      return (xdp, at, _high, from, size) => xdps.copy(xdp, at >>> 0, from, size, "store");
    },
  },
];
