import type { Linux } from "../linux.ts";
import type { Skb } from "./skb.ts";

/** The line between `eth0` and the world. */
export interface LinkOptions {
  /** Nanoseconds on the way, in each direction; default 120 µs. */
  readonly latency?: number;
  /** Bytes a second in each direction; default 1.25e9, which is 10 Gbit/s. */
  readonly bandwidth?: number;
  /** How many of all packets are lost, 0 to 1; default 0. */
  readonly loss?: number;
}

/** Bytes of gap, preamble and checksum around each frame on a wire. */
const FRAMING = 24;

/** One direction: packets one after the other, each as long as its bytes take. */
interface Direction {
  /** When the last bit of what was sent so far has left. */
  free: number;
  packets: number;
  bytes: number;
}

/** Two directions with the same properties, which may change at any time. */
export class Link {
  readonly #linux: Linux;
  latency: number;
  bandwidth: number;
  loss: number;
  /** Packets on the way to the machine and from it. */
  readonly inward: Direction = { free: 0, packets: 0, bytes: 0 };
  readonly outward: Direction = { free: 0, packets: 0, bytes: 0 };
  /** Packets that were lost. */
  lost = 0;
  lostBytes = 0;

  constructor(linux: Linux, { latency = 120_000, bandwidth = 1.25e9, loss = 0 }: LinkOptions) {
    this.#linux = linux;
    this.latency = latency;
    this.bandwidth = bandwidth;
    this.loss = loss;
  }

  /** Packets leave outside at `time`, one behind the other; those that arrive arrive together. */
  toMachine(packets: readonly Skb[], time: number): void {
    const kept = this.#survivors(packets);
    if (kept.length === 0) return;
    const { network } = this.#linux;
    let arrival = time;
    for (const skb of kept) arrival = this.#pass(this.inward, skb, time);
    const first = kept[0]!;
    if (kept.length > 1 && kept.some((skb) => skb.sport !== first.sport || skb.saddr !== first.saddr)) {
      // Several flows: each goes to its own CPU.
      for (const skb of kept) network.arrive([skb], arrival, this.inward);
    } else network.arrive(kept, arrival, this.inward);
  }

  /** The card sends a packet at `time`. */
  fromMachine(skb: Skb, time: number): void {
    const { network } = this.#linux;
    for (const kept of this.#survivors([skb])) {
      const arrival = this.#pass(this.outward, kept, time);
      this.#linux.at(arrival, (now) => {
        this.outward.packets--;
        this.outward.bytes -= kept.length;
        network.outside.receive(kept, now);
      });
    }
  }

  /** When the packet's last bit is there. */
  #pass(direction: Direction, skb: Skb, time: number): number {
    direction.packets++;
    direction.bytes += skb.length;
    const start = Math.max(time, direction.free);
    direction.free = start + Math.ceil(((skb.size + FRAMING * skb.segments) * 1e9) / this.bandwidth);
    return direction.free + this.latency;
  }

  /** What is not lost. A packet that the card cuts into several loses each of them by itself. */
  #survivors(packets: readonly Skb[]): readonly Skb[] {
    if (this.loss === 0) return packets;
    const { network } = this.#linux;
    return packets.flatMap((skb) => {
      const parts = skb.segmented();
      network.ledger.made += parts.length - 1;
      return parts.filter((part) => {
        if (network.random.unit() >= this.loss) return true;
        this.lost++;
        this.lostBytes += part.length;
        network.ledger.lost++;
        part.fate?.("lost on the wire");
        return false;
      });
    });
  }
}
