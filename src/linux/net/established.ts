import type { Ip } from "./address.ts";
import type { Established } from "./sock.ts";

/** Chains to begin with; there are always at least as many as entries. */
const CHAINS = 256;

/**
 * Connections, handshakes and traces of connections, found by addresses and ports: `inet_ehash`. A table of chains of its
 * own, for it changes eight times for each short connection, which a `Map` pays for.
 */
export class EstablishedTable {
  #chains: (Established | undefined)[] = new Array(CHAINS).fill(undefined);
  #size = 0;

  /** Who answers a packet from `daddr`:`dport` to `saddr`:`sport`. */
  find(saddr: Ip, sport: number, daddr: Ip, dport: number): Established | undefined {
    let one = this.#chains[chainOf(daddr, dport, sport) & (this.#chains.length - 1)];
    while (
      one !== undefined &&
      (one.sport !== sport || one.dport !== dport || one.daddr !== daddr || one.saddr !== saddr)
    )
      one = one.next;
    return one;
  }

  add(one: Established): void {
    if (this.#size === this.#chains.length) this.#grow();
    this.#size++;
    this.#link(one);
  }

  /** Nothing happens if it is not there. */
  remove(one: Established): void {
    const place = chainOf(one.daddr, one.dport, one.sport) & (this.#chains.length - 1);
    let other = this.#chains[place];
    if (other === one) this.#chains[place] = one.next;
    else {
      while (other !== undefined && other.next !== one) other = other.next;
      if (other === undefined) return;
      other.next = one.next;
    }
    one.next = undefined;
    this.#size--;
  }

  *[Symbol.iterator](): Generator<Established> {
    for (const first of this.#chains) for (let one = first; one !== undefined; one = one.next) yield one;
  }

  #link(one: Established): void {
    const place = chainOf(one.daddr, one.dport, one.sport) & (this.#chains.length - 1);
    one.next = this.#chains[place];
    this.#chains[place] = one;
  }

  #grow(): void {
    // The last of a chain first, so that chains keep their order.
    const all = [...this].reverse();
    this.#chains = new Array(this.#chains.length * 2).fill(undefined);
    for (const one of all) this.#link(one);
  }
}

/** A hash of all of a connection but the own address. */
function chainOf(remote: Ip, remotePort: number, port: number): number {
  let hash = Math.imul((remotePort << 16) ^ port, 0x9e37_79b1);
  if (typeof remote === "number") hash = Math.imul(hash ^ remote, 0x85eb_ca6b);
  else for (let i = 0; i < remote.length; i++) hash = Math.imul(hash ^ remote.charCodeAt(i), 0x0100_0193);
  return hash ^ (hash >>> 15);
}
