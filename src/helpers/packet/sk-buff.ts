/** Socket buffers as helpers change them: the bytes between `data` and `data_end`, and what lies around. */
import { ERRNO } from "../../maps/errno.ts";
import type { LinearMemory } from "../../memory/memory.ts";
import { NO_HEADER, ObjectView, SK_BUFF } from "../../memory/objects.ts";

/** The longest packet that helpers make: what fits into four pages behind Linux's own structure. */
export const LONGEST_SKB = 16384 - 320;

export const ETHERNET = 14;
/** Protocols as `skb->protocol` holds them: the wire's two bytes read in memory order. */
export const IPV4 = 0x0008;
export const IPV6 = 0xdd86;
export const VLAN = 0x0081;
export const SERVICE_VLAN = 0xa888;

export const CHECKSUM_NONE = 0;
export const CHECKSUM_UNNECESSARY = 1;

/** Linux makes room in cache lines. */
const ROOM_STEP = 64;

export const INT_MAX = 0x7fff_ffff;

/** Names socket buffers by their offset, as helpers get them. */
export class SkBuffs extends ObjectView<keyof (typeof SK_BUFF)["members"]> {
  readonly memory: LinearMemory;

  constructor(memory: LinearMemory) {
    super(memory, SK_BUFF);
    this.memory = memory;
  }

  data(skb: number): number {
    return this.get(skb, "data");
  }

  length(skb: number): number {
    return this.get(skb, "len");
  }

  /** A header's distance from `data`; negative before it. */
  headerOffset(skb: number, header: "mac_header" | "network_header" | "transport_header"): number {
    return this.get(skb, "head") + this.get(skb, header) - this.data(skb);
  }

  /** Whether the first `size` bytes are there; `size` may be any 32-bit sum. */
  has(skb: number, size: number): boolean {
    return size <= this.length(skb);
  }

  /** Moves start and end; what the program may read directly follows. */
  place(skb: number, data: number, end: number): void {
    this.point(skb, "data", data);
    this.point(skb, "data_meta", data);
    this.point(skb, "data_end", end);
    this.set(skb, "len", end - data);
  }

  /** Makes room before `data`; 0, or -errno where the machine has none. */
  push(skb: number, size: number): number {
    const data = this.data(skb) - size;
    if (data < this.get(skb, "head")) return -ERRNO.ENOMEM;
    this.#takeHeadroom(skb, size);
    this.place(skb, data, this.get(skb, "data_end"));
    return 0;
  }

  /** Takes bytes from the front, which must be there. */
  pull(skb: number, size: number): void {
    this.place(skb, this.data(skb) + size, this.get(skb, "data_end"));
    this.set(skb, "headroom", this.get(skb, "headroom") + size);
  }

  /**
   * Where the room before a packet does not suffice, Linux moves it and corrects where its headers are: also that of the
   * transport, which nobody has said, and which lies before the old buffer's first byte from then on.
   */
  #takeHeadroom(skb: number, size: number): void {
    const room = this.get(skb, "headroom");
    const more = size > room ? Math.ceil((size - room) / ROOM_STEP) * ROOM_STEP : 0;
    if (more > 0 && !this.hasTransportHeader(skb))
      this.set(skb, "transport_header", this.data(skb) - this.get(skb, "head") - room - 1);
    this.set(skb, "headroom", room + more - size);
  }

  /** Makes `size` zero bytes of room behind the first `at`; headers before it move. */
  insert(skb: number, at: number, size: number): number {
    const failed = this.push(skb, size);
    if (failed !== 0) return failed;
    const { u8 } = this.memory;
    const data = this.data(skb);
    u8.copyWithin(data, data + size, data + size + at);
    u8.fill(0, data + at, data + at + size);
    this.moveHeaders(skb, -size);
    return 0;
  }

  /** Takes `size` bytes behind the first `at` out. */
  remove(skb: number, at: number, size: number): number {
    if (!this.has(skb, at + size)) return -ERRNO.ENOMEM;
    const data = this.data(skb);
    this.memory.u8.copyWithin(data + size, data, data + at);
    this.pull(skb, size);
    this.moveHeaders(skb, size);
    return 0;
  }

  /** The link layer's and the network's header moved; the transport's too, where it is known to be the network's. */
  moveHeaders(skb: number, by: number): void {
    const network = this.get(skb, "network_header");
    const same = this.get(skb, "transport_header") === network;
    this.set(skb, "mac_header", this.get(skb, "mac_header") + by);
    this.set(skb, "network_header", network + by);
    if (same) this.set(skb, "transport_header", network + by);
  }

  hasTransportHeader(skb: number): boolean {
    return this.get(skb, "transport_header") !== NO_HEADER;
  }

  forgetHash(skb: number): void {
    this.set(skb, "hash", 0);
    this.set(skb, "hash_known", 0);
  }
}
