import { dropName } from "./drop-reason.ts";

/** What became of all packets: each is made once, and ends once or is under way. */
export class Ledger {
  /** Packets made: by sockets, by programs that clone, by somebody outside. */
  made = 0;
  /** Packets that reached what they were for. */
  consumed = 0;
  /** Packets that the line outside has lost. */
  lost = 0;
  readonly #dropped = new Map<string, number>();

  drop(reason: number): void {
    const name = dropName(reason);
    this.#dropped.set(name, (this.#dropped.get(name) ?? 0) + 1);
  }

  /** Dropped packets by Linux's reason for it. */
  get dropped(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#dropped);
  }

  /** Packets that are somewhere: on the wire, in a queue, in a socket. */
  get underWay(): number {
    let ended = this.consumed + this.lost;
    for (const count of this.#dropped.values()) ended += count;
    return this.made - ended;
  }
}
