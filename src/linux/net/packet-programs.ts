import type {
  FibAnswer,
  FibQuestion,
  HeldProgram,
  HeldPrograms,
  PacketHost,
  Redirect,
} from "../../helpers/packet-host.ts";
import { ObjectView, SK_BUFF } from "../../memory/objects.ts";
import { ERRNO } from "../errno.ts";
import type { Linux } from "../linux.ts";
import type { Task } from "../task.ts";
import { familyOf, type Ip, ipAt, ipBytes, isAny, putMac } from "./address.ts";
import type { NetDevice, PacketProgram } from "./device.ts";
import type { NetNamespace } from "./namespace.ts";
import type { PacketInMemory } from "./packet-memory.ts";
import { sameBytes } from "./packet-memory.ts";
import { redirectSkb } from "./redirect.ts";
import { Skb } from "./skb.ts";
import type { Sock } from "./sock.ts";
import { Xsk } from "./xsk.ts";

/** `enum` of what `bpf_fib_lookup` returns. */
const FIB = {
  success: 0,
  blackhole: 1,
  unreachable: 2,
  prohibit: 3,
  notForwarded: 4,
  disabled: 5,
  noNeighbour: 7,
  tooLong: 8,
  noSource: 9,
};

/** `BPF_FIB_LOOKUP_*`. */
const SKIP_NEIGH = 4;
const SOURCE = 16;

/** Programs that run on packets, and what their helpers ask of the network and tell it. */
export class PacketPrograms implements PacketHost {
  readonly #linux: Linux;
  /** What the program that ran last said of where the packet goes. */
  target: Redirect | undefined;
  /** Programs that maps and options name. */
  #held: HeldPrograms | undefined;
  readonly #xsks = new Map<number, Xsk>();
  #nextXsk = 1;
  #task: Task | undefined;
  #skb: Skb | undefined;
  #dev: NetDevice | undefined;
  /** The program runs on the way in, in traffic control. */
  #ingress = false;

  constructor(linux: Linux) {
    this.#linux = linux;
  }

  /** Runs a program on a packet, which it may change; the low 32 bits of its result. */
  run(t: Task, program: PacketProgram, skb: Skb, dev: NetDevice, place: PacketInMemory, ingress = false): number {
    const { hooks } = this.#linux;
    const outer = hooks.moment;
    const [task, device, packet, way] = [this.#task, this.#dev, this.#skb, this.#ingress];
    hooks.moment = { time: t.cpu.now, cpu: t.cpu.id, task: t, frames: t };
    this.target = undefined;
    this.#task = t;
    this.#dev = dev;
    this.#skb = skb;
    this.#ingress = ingress;
    if (program.readsSocket && skb.sk !== undefined)
      new ObjectView(this.#linux.memory, SK_BUFF).point(place.context, "sk", this.#linux.sockets.view(skb.sk));
    try {
      const result = program.run(place.context);
      const frame = place.frame();
      if (!sameBytes(frame, skb.frame)) skb.replace(frame);
      return result;
    } finally {
      hooks.moment = outer;
      this.#task = task;
      this.#dev = device;
      this.#skb = packet;
      this.#ingress = way;
      place.free();
    }
  }

  connect(programs: HeldPrograms): void {
    this.#held = programs;
  }

  /** A classic filter that a process attaches, as `struct sock_filter` in a row; -EINVAL for one that Linux refuses. */
  classic(filter: Uint8Array): HeldProgram | number {
    return this.#held?.classic(filter) ?? -ERRNO.EINVAL!;
  }

  /** The program that a map's target has; undefined where it has none. */
  held(id: number): HeldProgram | undefined {
    return id === 0 ? undefined : this.#held?.find(id);
  }

  xsk(number: number): number {
    return this.#xsks.get(number)?.view ?? 0;
  }

  /** The AF_XDP socket of a number. */
  xskOf(number: number): Xsk | undefined {
    return this.#xsks.get(number);
  }

  /** A new AF_XDP socket. */
  openXsk(dev: NetDevice, options: { queue: number; buffers: number }): Xsk {
    const xsk = new Xsk(this.#linux, this.#nextXsk++, dev, options);
    this.#xsks.set(xsk.id, xsk);
    return xsk;
  }

  closed(xsk: Xsk): void {
    this.#xsks.delete(xsk.id);
  }

  /** The socket that sends the packet which a program looks at. */
  get socket(): Sock | undefined {
    return this.#skb?.sk;
  }

  /** `bpf_sk_assign`: the packet that the running program sees goes to this socket, wherever it is addressed to. */
  assign(sk: Sock): number {
    const [skb, dev] = [this.#skb, this.#dev];
    if (skb === undefined || dev === undefined) return -ERRNO.EINVAL!;
    if (!this.#ingress) return -ERRNO.EOPNOTSUPP!;
    if (sk.netns !== dev.netns) return -ERRNO.ENETUNREACH!;
    if (sk.sport === 0) return -ERRNO.EOPNOTSUPP!;
    skb.assigned = sk;
    return 0;
  }

  /** The namespace of the device that a program runs on; else the machine's own. */
  get netns(): NetNamespace {
    return this.#dev?.netns ?? this.#linux.network.initial;
  }

  redirect(target: Redirect): void {
    this.target = target;
  }

  cloneRedirect(context: number, ifindex: number, flags: number): number {
    const t = this.#task;
    const to = this.#dev?.netns.devices.get(ifindex);
    if (t === undefined || this.#dev === undefined) return -ERRNO.EINVAL!;
    if (to === undefined) return -ERRNO.EINVAL!;
    const { memory } = this.#linux;
    const view = new ObjectView(memory, SK_BUFF);
    const copy = Skb.from(memory.u8.slice(view.get(context, "data"), view.get(context, "data_end")));
    this.#linux.network.adopt(copy);
    const { target } = this;
    redirectSkb(t, copy, to, (flags & 1) !== 0);
    this.target = target;
    return 0;
  }

  mtu(ifindex: number): number | undefined {
    return (this.#dev?.netns ?? this.#linux.network.initial).devices.get(ifindex || (this.#dev?.ifindex ?? 0))?.mtu;
  }

  /** `bpf_fib_lookup`: the route of a packet that came in, as forwarding would choose it. */
  fib({ family, source, target, ifindex, length, flags }: FibQuestion): FibAnswer {
    const netns = this.#dev?.netns ?? this.#linux.network.initial;
    const dev = netns.devices.get(ifindex);
    if (dev === undefined) return { result: -ERRNO.ENODEV! };
    const ip = ipAt(target, 0, family === 2 ? 4 : 16);
    if (!netns.forwarding) return { result: FIB.disabled };
    if (netns.owner(ip) !== undefined) return { result: FIB.notForwarded };
    const route = netns.route(ip);
    if (route === undefined) return { result: FIB.notForwarded };
    if (route.kind === "blackhole") return { result: FIB.blackhole };
    if (route.kind === "unreachable") return { result: FIB.unreachable };
    if (route.kind === "prohibit") return { result: FIB.prohibit };
    const { mtu } = route.dev;
    if (length > mtu) return { result: FIB.tooLong, mtu };
    const hop: Ip = route.gateway ?? ip;
    const answer: FibAnswer = {
      result: FIB.success,
      ifindex: route.dev.ifindex,
      mtu,
      hop: ipBytes(hop),
      family: familyOf(hop),
    };
    if (flags & SOURCE) {
      const from = netns.sourceFor(ip);
      if (from === undefined || isAny(from)) return { result: FIB.noSource };
      source.set(ipBytes(from));
    }
    if (flags & SKIP_NEIGH) return answer;
    const mac = this.#linux.network.resolve(route.dev, hop);
    if (mac === undefined) return { ...answer, result: FIB.noNeighbour };
    const macs = new Uint8Array(12);
    putMac(macs, 0, route.dev.mac);
    putMac(macs, 6, mac);
    return { ...answer, macs };
  }
}
