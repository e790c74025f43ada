import { type Ip, type Mac, putMac } from "./address.ts";
import type { NetDevice } from "./device.ts";
import { buildFrame, readFrame } from "./frame.ts";
import { ETH_P_IP, ETH_P_IPV6, FIN, IPPROTO_TCP, IPPROTO_UDP, PSH, SYN } from "./protocol.ts";
import type { Sock } from "./sock.ts";

/** What becomes of a packet: where it ended. */
export type Fate = (fate: string) => void;

/**
 * A packet on its way: the fields of its headers, and its bytes. Either follows from the other: bytes are made when
 * somebody looks at them (a program, a capture), fields are read anew when a program has changed the bytes. A packet
 * nobody looks at never becomes bytes, and a run is the same whether somebody looks or not.
 */
export class Skb {
  /** The device that it came in by or goes out by. */
  dev: NetDevice | undefined;
  /** The socket that sends it. */
  sk: Sock | undefined;
  smac: Mac = 0;
  dmac: Mac = 0;
  /** Ethernet's type: what follows its header. */
  protocol = ETH_P_IP;
  saddr: Ip = 0;
  daddr: Ip = 0;
  ttl = 64;
  tos = 0;
  /** IP's protocol; 0 in frames that carry none. */
  proto = IPPROTO_TCP;
  sport = 0;
  dport = 0;
  flags = 0;
  seq = 0;
  ack = 0;
  /** As in the header, not scaled. */
  window = 0;
  /** Options of a SYN: 0 and -1 where they are not there. */
  mss = 0;
  wscale = -1;
  /** Bytes of payload, and the first of them; zeros follow. For other protocols than TCP and UDP the rest of the IP packet. */
  length = 0;
  data: Uint8Array | undefined;
  /** Payload of one packet on the wire, if the card cuts this one into several. */
  gsoSize = 0;
  mark = 0;
  priority = 0;
  hash = 0;
  queue = 0;
  ifindex = 0;
  /** Told where it ended, for packets that somebody sent by hand. */
  fate: Fate | undefined;
  /** A program at a map of sockets has let it pass to its reader. */
  judged = false;
  /** The socket that a program of traffic control has given it to. */
  assigned: Sock | undefined;
  /** A program has changed its bytes. */
  changed = false;
  /** Wrong in a way that IP or TCP notice: the drop reason. 0: as it should be. */
  wrong = 0;
  #frame: Uint8Array | undefined;

  /** A packet that came as bytes; nothing of them is believed. */
  static from(frame: Uint8Array): Skb {
    const skb = new Skb();
    skb.#frame = frame;
    readFrame(skb, frame);
    return skb;
  }

  /** The whole frame from its Ethernet header on. Not to be changed: `replace` does. */
  get frame(): Uint8Array {
    return (this.#frame ??= buildFrame(this));
  }

  /** Whether its bytes have been asked for, or came first. */
  get materialised(): boolean {
    return this.#frame !== undefined;
  }

  /** A program has changed the bytes. */
  replace(frame: Uint8Array): void {
    this.changed = true;
    this.#frame = frame;
    readFrame(this, frame);
    if (this.proto !== IPPROTO_TCP || this.length <= this.gsoSize) this.gsoSize = 0;
  }

  /** The next hop: hardware addresses of the device and of who gets it. */
  setHop(smac: Mac, dmac: Mac): void {
    this.smac = smac;
    this.dmac = dmac;
    if (this.#frame === undefined) return;
    // Who watched it before keeps what it was.
    this.#frame = this.#frame.slice();
    putMac(this.#frame, 0, dmac);
    putMac(this.#frame, 6, smac);
  }

  /** One hop less to go; the header's checksum follows (RFC 1624). */
  shorten(): void {
    this.ttl--;
    if (this.#frame === undefined) return;
    const frame = this.#frame.slice();
    this.#frame = frame;
    if (this.protocol === ETH_P_IPV6) {
      frame[21] = this.ttl;
      return;
    }
    frame[22] = this.ttl;
    const sum = ((frame[24]! << 8) | frame[25]!) + 0x100;
    const folded = (sum & 0xffff) + (sum >> 16);
    frame[24] = folded >> 8;
    frame[25] = folded;
  }

  /** A field was changed: bytes are made anew. */
  touch(): void {
    this.#frame = undefined;
  }

  /** Bytes of the frame, without making it. */
  get size(): number {
    if (this.#frame !== undefined) return this.#frame.length;
    if (this.protocol !== ETH_P_IP && this.protocol !== ETH_P_IPV6) return 14 + this.length;
    const ip = this.protocol === ETH_P_IPV6 ? 40 : 20;
    const transport = this.proto === IPPROTO_TCP ? 20 + this.optionBytes : this.proto === IPPROTO_UDP ? 8 : 0;
    return 14 + ip + transport + this.length;
  }

  /** Bytes of TCP's options. */
  get optionBytes(): number {
    return (this.mss > 0 ? 4 : 0) + (this.wscale >= 0 ? 4 : 0);
  }

  /** `skb->len` on its way up: without the Ethernet header. */
  get networkLength(): number {
    return this.size - 14;
  }

  /** Packets on the wire that it becomes. */
  get segments(): number {
    return this.gsoSize > 0 ? Math.max(1, Math.ceil(this.length / this.gsoSize)) : 1;
  }

  /** Sequence number behind it. */
  get endSeq(): number {
    return (this.seq + this.length + (this.flags & (SYN | FIN) ? 1 : 0)) >>> 0;
  }

  /** The same packet once more. */
  clone(): Skb {
    const copy = Object.assign(new Skb(), this) as Skb;
    copy.fate = undefined;
    copy.#frame = this.#frame;
    return copy;
  }

  /** The packets that the card makes of it: each with a copy of the headers and a part of the payload. */
  segmented(): readonly Skb[] {
    if (this.segments === 1) return [this];
    const parts: Skb[] = [];
    for (let at = 0; at < this.length; at += this.gsoSize) {
      const part = this.clone();
      part.touch();
      part.fate = this.fate;
      part.seq = (this.seq + at) >>> 0;
      part.length = Math.min(this.gsoSize, this.length - at);
      part.data = this.data?.subarray(at, at + part.length);
      part.gsoSize = 0;
      if (at + part.length < this.length) part.flags &= ~(FIN | PSH);
      parts.push(part);
    }
    return parts;
  }
}
