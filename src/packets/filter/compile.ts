import { ClassicError, type ClassicInstruction } from "../../asm/classic/instruction.ts";
import { ETHER_TYPE, PROTOCOL } from "../names.ts";
import { type Filter, type Protocol, parseFilter } from "./parse.ts";

/** What a filter returns for a packet that it takes: how many bytes to keep, as tcpdump asks for. */
const KEEP = 262_144;

const LOAD = { word: 0x20, half: 0x28, byte: 0x30, halfAtX: 0x48, headerLength: 0xb1 } as const;
const JUMP = { equal: 0x15, bits: 0x45 } as const;

/** A place that jumps go to; known once it was reached. */
interface Label {
  at?: number;
}

interface Jump {
  readonly code: number;
  readonly k: number;
  readonly yes: Label;
  readonly no: Label;
}

/**
 * Compiles a filter expression to classic BPF, for frames that begin with an Ethernet header. The words: protocols (`ip`,
 * `ip6`, `arp`, `tcp`, `udp`, `icmp`, `icmp6`), `[src|dst] host ADDRESS`, `[tcp|udp] [src|dst] port N`, `vlan [ID]` (what
 * stands behind it looks behind the tag), `not`, `and`, `or` and parentheses. Throws `ClassicError` with the character.
 *
 * @example compileFilter("udp port 53").length // 20
 */
export function compileFilter(expression: string): readonly ClassicInstruction[] {
  const compiler = new Compiler();
  const [yes, no]: [Label, Label] = [{}, {}];
  compiler.filter(parseFilter(expression), yes, no);
  compiler.place(yes);
  compiler.emit(0x06, KEEP);
  compiler.place(no);
  compiler.emit(0x06, 0);
  return compiler.finish();
}

class Compiler {
  readonly #pieces: (ClassicInstruction | Jump)[] = [];

  emit(code: number, k: number): void {
    this.#pieces.push({ code, jt: 0, jf: 0, k });
  }

  place(label: Label): void {
    label.at = this.#pieces.length;
  }

  #test(code: number, k: number, yes: Label, no: Label): void {
    this.#pieces.push({ code, k, yes, no });
  }

  /** Loads a part of the packet and compares it. */
  #compare(load: number, at: number, k: number, yes: Label, no: Label): void {
    this.emit(load, at);
    this.#test(JUMP.equal, k, yes, no);
  }

  /** Goes on behind the code that `body` makes where that goes to its label. */
  #then(body: (next: Label) => void): void {
    const next: Label = {};
    body(next);
    this.place(next);
  }

  filter(filter: Filter, yes: Label, no: Label): void {
    switch (filter.kind) {
      case "not":
        this.filter(filter.of, no, yes);
        return;
      case "and":
        this.#then((next) => this.filter(filter.left, next, no));
        this.filter(filter.right, yes, no);
        return;
      case "or":
        this.#then((next) => this.filter(filter.left, yes, next));
        this.filter(filter.right, yes, no);
        return;
      case "protocol":
        this.#protocol(filter.protocol, 4 * filter.tags, yes, no);
        return;
      case "vlan":
        this.#vlan(filter.id, 4 * filter.tags, yes, no);
        return;
      case "host":
        this.#host(filter, yes, no);
        return;
      case "port":
        this.#port(filter, yes, no);
        return;
    }
  }

  #protocol(protocol: Protocol, shift: number, yes: Label, no: Label): void {
    const type = 12 + shift;
    switch (protocol) {
      case "ip":
        this.#compare(LOAD.half, type, ETHER_TYPE.ipv4, yes, no);
        return;
      case "ip6":
        this.#compare(LOAD.half, type, ETHER_TYPE.ipv6, yes, no);
        return;
      case "arp":
        this.#compare(LOAD.half, type, ETHER_TYPE.arp, yes, no);
        return;
      case "icmp":
        this.#then((next) => this.#compare(LOAD.half, type, ETHER_TYPE.ipv4, next, no));
        this.#compare(LOAD.byte, 23 + shift, PROTOCOL.icmp, yes, no);
        return;
      case "icmp6":
        this.#then((next) => this.#compare(LOAD.half, type, ETHER_TYPE.ipv6, next, no));
        this.#next6(PROTOCOL.icmpv6, shift, yes, no);
        return;
      default: {
        const ip: Label = {};
        this.#then((next) => this.#compare(LOAD.half, type, ETHER_TYPE.ipv6, next, ip));
        this.#next6(PROTOCOL[protocol], shift, yes, no);
        this.place(ip);
        this.#then((next) => this.#compare(LOAD.half, type, ETHER_TYPE.ipv4, next, no));
        this.#compare(LOAD.byte, 23 + shift, PROTOCOL[protocol], yes, no);
        return;
      }
    }
  }

  /** The protocol behind an IPv6 header, or behind one header of fragments. */
  #next6(protocol: number, shift: number, yes: Label, no: Label): void {
    const FRAGMENT = 44;
    this.#then((next) => this.#compare(LOAD.byte, 20 + shift, protocol, yes, next));
    this.#then((next) => this.#test(JUMP.equal, FRAGMENT, next, no));
    this.#compare(LOAD.byte, 54 + shift, protocol, yes, no);
  }

  #vlan(id: number | undefined, shift: number, yes: Label, no: Label): void {
    const found: Label = id === undefined ? yes : {};
    this.#then((next) => this.#compare(LOAD.half, 12 + shift, ETHER_TYPE.vlan, found, next));
    this.#then((next) => this.#test(JUMP.equal, ETHER_TYPE.serviceVlan, found, next));
    this.#test(JUMP.equal, 0x9100, found, no);
    if (id === undefined) return;
    this.place(found);
    this.emit(LOAD.half, 14 + shift);
    this.emit(0x54, 0xfff);
    this.#test(JUMP.equal, id, yes, no);
  }

  #host({ address, direction, tags }: Filter & { kind: "host" }, yes: Label, no: Label): void {
    const shift = 4 * tags;
    const words = Array.from({ length: address.length / 4 }, (_, at) => {
      const view = new DataView(address.buffer, address.byteOffset);
      return view.getUint32(4 * at);
    });
    /** Compares the address at one place. */
    const same = (at: number, yes: Label, no: Label): void =>
      words.forEach((word, index) => {
        if (index === words.length - 1) this.#compare(LOAD.word, at + 4 * index, word, yes, no);
        else this.#then((next) => this.#compare(LOAD.word, at + 4 * index, word, next, no));
      });
    const either = (source: number, destination: number, no: Label): void => {
      if (direction !== "dst") {
        if (direction === "src") {
          same(source + shift, yes, no);
          return;
        }
        this.#then((next) => same(source + shift, yes, next));
      }
      same(destination + shift, yes, no);
    };
    const type = 12 + shift;
    if (words.length === 4) {
      this.#then((next) => this.#compare(LOAD.half, type, ETHER_TYPE.ipv6, next, no));
      either(22, 38, no);
      return;
    }
    const REVERSE_ARP = 0x8035;
    const [arp, arpFound]: [Label, Label] = [{}, {}];
    this.#then((next) => this.#compare(LOAD.half, type, ETHER_TYPE.ipv4, next, arp));
    either(26, 30, no);
    this.place(arp);
    this.#then((next) => this.#test(JUMP.equal, ETHER_TYPE.arp, arpFound, next));
    this.#test(JUMP.equal, REVERSE_ARP, arpFound, no);
    this.place(arpFound);
    either(28, 38, no);
  }

  #port({ port, direction, protocol, tags }: Filter & { kind: "port" }, yes: Label, no: Label): void {
    const shift = 4 * tags;
    const SCTP = 132;
    const protocols = protocol === undefined ? [SCTP, PROTOCOL.tcp, PROTOCOL.udp] : [PROTOCOL[protocol]];
    const among = (at: number): void =>
      this.#then((found) => {
        this.emit(LOAD.byte, at);
        protocols.forEach((number, index) => {
          if (index === protocols.length - 1) this.#test(JUMP.equal, number, found, no);
          else this.#then((next) => this.#test(JUMP.equal, number, found, next));
        });
      });
    const ports = (load: number, at: number): void => {
      if (direction === "either") this.#then((next) => this.#compare(load, at, port, yes, next));
      this.#compare(load, direction === "src" ? at : at + 2, port, yes, no);
    };
    const ip: Label = {};
    this.#then((next) => this.#compare(LOAD.half, 12 + shift, ETHER_TYPE.ipv6, next, ip));
    among(20 + shift);
    ports(LOAD.half, 54 + shift);
    this.place(ip);
    this.#then((next) => this.#test(JUMP.equal, ETHER_TYPE.ipv4, next, no));
    among(23 + shift);
    // Only a datagram's first fragment has ports.
    this.emit(LOAD.half, 20 + shift);
    this.#then((next) => this.#test(JUMP.bits, 0x1fff, no, next));
    this.emit(LOAD.headerLength, 14 + shift);
    ports(LOAD.halfAtX, 14 + shift);
  }

  /** Distances instead of labels. Throws where one does not fit its 8 bits. */
  finish(): readonly ClassicInstruction[] {
    return this.#pieces.map((piece, at) => {
      if (!("yes" in piece)) return piece;
      const [jt, jf] = [piece.yes.at! - at - 1, piece.no.at! - at - 1];
      if (Math.max(jt, jf) > 0xff)
        throw new ClassicError(at, "instruction", "the filter is too long for classic BPF's jumps", "Make it shorter.");
      return { code: piece.code, jt, jf, k: piece.k };
    });
  }
}
