import { Packet } from "../../packets/packet.ts";
import { ERRNO } from "../errno.ts";
import { irqExit } from "../interrupts.ts";
import type { Linux } from "../linux.ts";
import { hardStartXmit } from "./dev-output.ts";

import type { NetDevice } from "./device.ts";
import { Skb } from "./skb.ts";

/** `struct bpf_xdp_sock`: the queue. */
const VIEW_SIZE = 8;

/**
 * An AF_XDP socket on one queue of a device, in copy mode: `bpf_redirect_map` into an xskmap gives it frames, past all of
 * Linux's own network. It has as many buffers as it was given; a frame takes one until it is read, and without a free one
 * frames are dropped and counted.
 *
 * @example
 * const xsk = m.net.xsk("eth0", { queue: 0 });
 * m.map(map.xskmap({ name: "xsks", maxEntries: 4 })).set(0, xsk.id);
 */
export class Xsk {
  /** What an xskmap's value says. */
  readonly id: number;
  readonly device: string;
  readonly queue: number;
  /** Buffers: the length of its fill ring. */
  readonly buffers: number;
  /** Frames that were received, read or not; frames for which there was no buffer. */
  received = 0;
  dropped = 0;
  sent = 0;
  readonly #linux: Linux;
  readonly #dev: NetDevice;
  readonly #ring: Packet[] = [];
  /** Offset of what programs see of it; 0 when it is closed. */
  #view: number;

  constructor(linux: Linux, id: number, dev: NetDevice, { queue, buffers }: { queue: number; buffers: number }) {
    this.#linux = linux;
    this.#dev = dev;
    this.id = id;
    this.device = dev.name;
    this.queue = queue;
    this.buffers = buffers;
    this.#view = linux.memory.allocate(VIEW_SIZE);
    linux.memory.view.setUint32(this.#view, queue, true);
    dev.xsks.set(queue, this);
  }

  /** Offset of its `struct bpf_xdp_sock`; 0 when it is closed. */
  get view(): number {
    return this.#view;
  }

  /** Frames that wait to be read. */
  get waiting(): number {
    return this.#ring.length;
  }

  /** `xsk_rcv`: a frame that came in by `dev` and `queue`; 0 or -errno, and then the packet is not taken. */
  receive(skb: Skb, dev: NetDevice, queue: number): number {
    if (this.#view === 0) return -ERRNO.ENXIO!;
    // A socket takes frames of its own queue alone, wherever the program sends them.
    if (dev !== this.#dev || queue !== this.queue) return -ERRNO.EINVAL!;
    if (this.#ring.length >= this.buffers) {
      this.dropped++;
      return -ERRNO.ENOMEM!;
    }
    this.received++;
    this.#ring.push(new Packet(skb.frame.slice()));
    return 0;
  }

  /** Takes the frames that have come, and gives their buffers back. */
  read(): Packet[] {
    return this.#ring.splice(0);
  }

  /** Sends a frame by the device, past all of Linux's own network; it goes while the machine runs. */
  send(frame: Uint8Array): void {
    const linux = this.#linux;
    const skb = linux.network.adopt(Skb.from(frame.slice()));
    this.sent++;
    linux.interrupt(linux.cpus[this.queue] ?? linux.cpus[0]!, linux.ktimeNs() + 1, (t) => {
      hardStartXmit(t, skb, this.#dev);
      irqExit(t);
    });
  }

  /** Maps do not find it any more; frames that nobody has read are gone. */
  close(): void {
    if (this.#view === 0) return;
    this.#linux.memory.free(this.#view, VIEW_SIZE);
    this.#view = 0;
    this.#ring.length = 0;
    if (this.#dev.xsks.get(this.queue) === this) this.#dev.xsks.delete(this.queue);
    this.#linux.packets.closed(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
