import type { Linux } from "../linux.ts";
import { NEVER_YET } from "../never-yet.ts";
import { Fifo } from "./fifo.ts";
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
class Direction {
  /** When the last bit of what was sent so far has left, and when it arrives. */
  free = NEVER_YET;
  arrival = NEVER_YET;
  packets = 0;
  bytes = NEVER_YET;

  /** A packet starts at `time`: gives when its last bit is there. None overtakes another, whatever happens to the latency. */
  enter(skb: Skb, time: number, link: Link): number {
    const { size, segments } = skb;
    this.packets++;
    this.bytes += skb.length;
    this.free = Math.max(time, this.free) + Math.ceil(((size + FRAMING * segments) * 1e9) / link.bandwidth);
    this.arrival = Math.max(this.arrival, this.free + link.latency);
    return this.arrival;
  }

  leave(skb: Skb): void {
    this.packets--;
    this.bytes -= skb.length;
  }
}

/** Two directions with the same properties, which may change at any time. */
export class Link {
  readonly #linux: Linux;
  latency: number;
  bandwidth: number;
  loss: number;
  /** Packets on the way to the machine and from it. */
  readonly inward = new Direction();
  readonly outward = new Direction();
  /** Packets that were lost. */
  lost = 0;
  lostBytes = 0;
  readonly #sent = new Fifo<Skb>();

  constructor(linux: Linux, { latency = 120_000, bandwidth = 1.25e9, loss = 0 }: LinkOptions) {
    this.#linux = linux;
    this.latency = latency;
    this.bandwidth = bandwidth;
    this.loss = loss;
  }

  /** Packets leave outside at `time`, one behind the other; those that arrive arrive together. */
  toMachine(packets: readonly Skb[], time: number): void {
    const kept = this.loss === 0 ? packets : packets.flatMap((skb) => this.#survivors(skb));
    if (kept.length === 0) return;
    const { network } = this.#linux;
    let arrival = time;
    for (const skb of kept) arrival = this.inward.enter(skb, time, this);
    if (kept.length === 1 || isOneFlow(kept)) network.arrive(kept, arrival, this.inward);
    // Several flows: each goes to its own CPU.
    else for (const skb of kept) network.arrive([skb], arrival, this.inward);
  }

  /** The card sends a packet at `time`. */
  fromMachine(skb: Skb, time: number): void {
    if (this.loss === 0) this.#send(skb, time);
    else for (const kept of this.#survivors(skb)) this.#send(kept, time);
  }

  #send(skb: Skb, time: number): void {
    this.#sent.push(skb);
    this.#linux.at(this.outward.enter(skb, time, this), this.#arrived);
  }

  /** The first of those under way comes out. */
  readonly #arrived = (now: number): void => {
    const skb = this.#sent.shift()!;
    this.outward.leave(skb);
    this.#linux.network.outside.receive(skb, now);
  };

  /** What is not lost. A packet that the card cuts into several loses each of them by itself. */
  #survivors(skb: Skb): readonly Skb[] {
    const { network } = this.#linux;
    const parts = skb.segmented();
    network.ledger.made += parts.length - 1;
    return parts.filter((part) => {
      if (network.random.unit() >= this.loss) return true;
      this.lost++;
      this.lostBytes += part.length;
      network.ledger.lost++;
      this.#linux.objects.forget(part);
      part.fate?.("lost on the wire");
      return false;
    });
  }
}

function isOneFlow(packets: readonly Skb[]): boolean {
  const { sport, saddr } = packets[0]!;
  return packets.every((skb) => skb.sport === sport && skb.saddr === saddr);
}
