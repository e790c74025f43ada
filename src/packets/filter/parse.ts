/** Filter expressions in tcpdump's language (pcap-filter(7)), the small part that is compiled here. */

import { ClassicError } from "../../asm/classic/instruction.ts";
import { parseIp } from "../address.ts";

export type Protocol = "ip" | "ip6" | "arp" | "tcp" | "udp" | "icmp" | "icmp6";
export type Direction = "src" | "dst" | "either";

/** What is asked of a packet; `tags` VLAN tags lie before what is looked at. */
export type Filter =
  | { readonly kind: "protocol"; readonly protocol: Protocol; readonly tags: number }
  | {
      readonly kind: "port";
      readonly port: number;
      readonly direction: Direction;
      readonly protocol?: "tcp" | "udp";
      readonly tags: number;
    }
  | { readonly kind: "host"; readonly address: Uint8Array; readonly direction: Direction; readonly tags: number }
  | { readonly kind: "vlan"; readonly id?: number; readonly tags: number }
  | { readonly kind: "not"; readonly of: Filter }
  | { readonly kind: "and" | "or"; readonly left: Filter; readonly right: Filter };

const PROTOCOLS: readonly string[] = ["ip", "ip6", "arp", "tcp", "udp", "icmp", "icmp6"];
/** Deeper parentheses are a mistake, or worse. */
const DEEPEST = 100;

interface Word {
  readonly text: string;
  readonly at: number;
}

/** Reads an expression; `and` and `or` have the same precedence and go from left to right, as in tcpdump. */
export function parseFilter(text: string): Filter {
  return new Parser(text).whole();
}

class Parser {
  readonly #words: readonly Word[];
  readonly #end: number;
  #next = 0;
  #tags = 0;
  #depth = 0;

  constructor(text: string) {
    this.#end = text.length;
    this.#words = [...text.matchAll(/&&|\|\||[()!]|[^\s()!&|]+|[&|]/g)].map((match) => ({
      text: match[0],
      at: match.index,
    }));
  }

  whole(): Filter {
    const filter = this.#alternatives();
    if (this.#next < this.#words.length) throw this.#unexpected("and, or, or the end");
    return filter;
  }

  #peek(): string {
    return this.#words[this.#next]?.text ?? "";
  }

  #take(...texts: readonly string[]): boolean {
    if (!texts.includes(this.#peek()) || this.#peek() === "") return false;
    this.#next++;
    return true;
  }

  #unexpected(wanted: string): ClassicError {
    const word = this.#words[this.#next];
    const found = word === undefined ? "the expression ends" : `"${word.text.slice(0, 40)}"`;
    return new ClassicError(
      word?.at ?? this.#end,
      "filter expression, character",
      `${found} where ${wanted} is expected`,
      "Such as: udp port 53, tcp and dst port 80, not icmp.",
    );
  }

  #alternatives(): Filter {
    if (++this.#depth > DEEPEST) throw this.#unexpected(`at most ${DEEPEST} parentheses deep`);
    let left = this.#negated();
    for (;;) {
      const kind = this.#take("and", "&&") ? "and" : this.#take("or", "||") ? "or" : undefined;
      if (kind === undefined) break;
      left = { kind, left, right: this.#negated() };
    }
    this.#depth--;
    return left;
  }

  #negated(): Filter {
    let negations = 0;
    while (this.#take("not", "!")) negations++;
    const of = this.#primitive();
    return negations % 2 === 1 ? { kind: "not", of } : of;
  }

  #primitive(): Filter {
    if (this.#take("(")) {
      const inner = this.#alternatives();
      if (!this.#take(")")) throw this.#unexpected(")");
      return inner;
    }
    if (this.#take("vlan")) {
      const id = /^\d+$/.test(this.#peek()) ? this.#number(4095) : undefined;
      return { kind: "vlan", ...(id === undefined ? {} : { id }), tags: this.#tags++ };
    }
    const tags = this.#tags;
    const first = this.#peek();
    if (PROTOCOLS.includes(first)) {
      this.#next++;
      const protocol = first as Protocol;
      if ((protocol === "tcp" || protocol === "udp") && ["port", "src", "dst"].includes(this.#peek())) {
        const direction = this.#direction();
        if (!this.#take("port")) throw this.#unexpected("port");
        return { kind: "port", port: this.#number(0xffff), direction, protocol, tags };
      }
      return { kind: "protocol", protocol, tags };
    }
    const direction = this.#direction();
    if (this.#take("port")) return { kind: "port", port: this.#number(0xffff), direction, tags };
    if (!this.#take("host")) throw this.#unexpected("a protocol, host, port, vlan, not or (");
    return { kind: "host", address: this.#address(), direction, tags };
  }

  #direction(): Direction {
    return this.#take("src") ? "src" : this.#take("dst") ? "dst" : "either";
  }

  #number(most: number): number {
    const text = this.#peek();
    if (!/^\d{1,6}$/.test(text) || Number(text) > most) throw this.#unexpected(`a number from 0 to ${most}`);
    this.#next++;
    return Number(text);
  }

  #address(): Uint8Array {
    try {
      const address = parseIp("host", this.#peek());
      this.#next++;
      return address;
    } catch {
      throw this.#unexpected("an address such as 10.0.0.1 or fd00::1");
    }
  }
}
