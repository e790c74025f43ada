import { machineBtf } from "../../btf/data/machine.ts";
import { pathOf } from "../../btf/member-path.ts";
import type { Host } from "../host.ts";
import type { KfuncImplementation } from "./implementation.ts";

const MEMBERS = ["snd_cwnd", "snd_cwnd_cnt", "snd_cwnd_clamp", "snd_ssthresh", "prior_cwnd"] as const;

/** Bytes in front of members of `struct tcp_sock`. */
type TcpLayout = Readonly<Record<(typeof MEMBERS)[number], number>>;

/** Undefined for a host without Linux's structs. */
function layoutOf({ release }: Host): TcpLayout | undefined {
  const btf = release && machineBtf(release);
  const struct = btf?.byName("tcp_sock", "struct");
  if (btf === undefined || struct === undefined) return undefined;
  const places = MEMBERS.map((member) => [member, (pathOf(btf, struct.id, member)?.bitOffset ?? 0) / 8]);
  return Object.fromEntries(places) as TcpLayout;
}

/** One connection's numbers, in the struct that programs see. */
class Window {
  readonly #view: DataView;
  readonly #at: number;
  readonly #layout: TcpLayout;

  constructor({ memory }: Host, at: number, layout: TcpLayout) {
    this.#view = memory.view;
    this.#at = at;
    this.#layout = layout;
  }

  get(member: keyof TcpLayout): number {
    return this.#view.getUint32(this.#at + this.#layout[member], true);
  }

  set(member: keyof TcpLayout, value: number): void {
    this.#view.setUint32(this.#at + this.#layout[member], value, true);
  }

  /** A window is never larger than its clamp; 0: it has none. */
  grow(window: number): void {
    this.set("snd_cwnd", Math.min(window, this.get("snd_cwnd_clamp") || window));
  }
}

/** One segment more for each acknowledged, up to the threshold; what is left of `acked`. */
function slowStart(tcp: Window, acked: number): number {
  const before = tcp.get("snd_cwnd");
  const window = Math.min(before + acked, tcp.get("snd_ssthresh"));
  tcp.grow(window);
  return acked - (window - before);
}

/** One segment more for every `window` that are acknowledged. */
function avoid(tcp: Window, window: number, acked: number): void {
  const whole = Math.max(1, window);
  let count = tcp.get("snd_cwnd_cnt");
  let now = tcp.get("snd_cwnd");
  if (count >= whole) {
    count = 0;
    now++;
  }
  count += acked;
  now += Math.floor(count / whole);
  tcp.set("snd_cwnd_cnt", count % whole);
  tcp.grow(now);
}

const onWindow =
  (run: (tcp: Window, first: number, second: number) => number): KfuncImplementation["implement"] =>
  (host) => {
    const layout = layoutOf(host);
    return (at, _high, first, second) =>
      layout === undefined ? 0 : run(new Window(host, at, layout), first! >>> 0, second! >>> 0);
  };

/**
 * What congestion controls have in common, on the struct of the connection. Whether the window is what limits the connection is not
 * asked, as the simulated TCP does not keep it.
 */
export const CONGESTION_KFUNCS: readonly KfuncImplementation[] = [
  {
    name: "tcp_slow_start",
    passing: "u32",
    args: ["anything", "const_size"],
    implement: onWindow((tcp, acked) => slowStart(tcp, acked)),
  },
  {
    name: "tcp_cong_avoid_ai",
    passing: "void",
    args: ["anything", "const_size", "const_size"],
    implement: onWindow((tcp, window, acked) => {
      avoid(tcp, window, acked);
      return 0;
    }),
  },
  {
    name: "tcp_reno_cong_avoid",
    passing: "void",
    args: ["anything", "const_size", "const_size"],
    implement: onWindow((tcp, _ack, acked) => {
      const left = tcp.get("snd_cwnd") < tcp.get("snd_ssthresh") ? slowStart(tcp, acked) : acked;
      if (left > 0) avoid(tcp, tcp.get("snd_cwnd"), left);
      return 0;
    }),
  },
  {
    name: "tcp_reno_ssthresh",
    passing: "u32",
    args: ["anything"],
    implement: onWindow((tcp) => Math.max(2, tcp.get("snd_cwnd") >>> 1)),
  },
  {
    name: "tcp_reno_undo_cwnd",
    passing: "u32",
    args: ["anything"],
    implement: onWindow((tcp) => Math.max(tcp.get("snd_cwnd"), tcp.get("prior_cwnd"))),
  },
];
