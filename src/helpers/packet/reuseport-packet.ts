/** The packet behind a `struct sk_reuseport_md`, which is no socket buffer. */
import type { LinearMemory } from "../../memory/memory.ts";

/** Where the machine keeps, behind the context, the offsets of the Ethernet and of the network's header: two words. */
export const REUSEPORT_HEADERS = 56;
/** Bytes of the context with them. */
export const REUSEPORT_SIZE = 64;

const DATA_END = 8;

/** Reads what helpers on packets need, as `SkBuffs` does for socket buffers. */
export class ReuseportPackets {
  readonly #memory: LinearMemory;

  constructor(memory: LinearMemory) {
    this.#memory = memory;
  }

  /** Offset of the transport's header, where the packet begins for the program. */
  data(context: number): number {
    return this.#memory.view.getUint32(context, true);
  }

  /** Whether the packet has `size` bytes. */
  has(context: number, size: number): boolean {
    return this.data(context) + size <= this.#memory.view.getUint32(context + DATA_END, true);
  }

  /** Where a header begins, from `data`: before it. */
  headerOffset(context: number, header: "mac_header" | "network_header"): number {
    const at = context + REUSEPORT_HEADERS + (header === "mac_header" ? 0 : 4);
    return this.#memory.view.getUint32(at, true) - this.data(context);
  }
}
