import type { SocketHost, SocketQuestion, SysctlAccess } from "../../helpers/socket-host.ts";
import { ATTACH_TYPES, type AttachType } from "../../programs/attach-types.ts";
import { ERRNO } from "../errno.ts";
import type { Linux } from "../linux.ts";
import { familyOf, type Ip, ipAt } from "../net/address.ts";
import type { NetNamespace } from "../net/namespace.ts";
import { type Established, RequestSock, Sock, TcpSock, TimeWaitSock } from "../net/sock.ts";
import { getOption, setOption } from "../net/socket-options.ts";
import { mayBeInMap, type Psock, type SocketMapProgram, type SocketRedirect, userMayPut } from "../net/sockmap.ts";
import { BPF_SOCK, BPF_TCP_SOCK } from "../objects/sock.ts";
import type { Task } from "../task.ts";
import type { CgroupEntry } from "./cgroup-programs.ts";

/** What the programs that run now are told of. */
export interface Occasion {
  readonly sk?: Sock | undefined;
  /** Where there is no socket yet. */
  readonly netns?: NetNamespace;
  readonly sysctl?: SysctlAccess;
}

/** What the programs of a cgroup have said. */
export interface Decision {
  /** 0: go on; negative: what the system call returns. */
  readonly error: number;
  /** Bits above the lowest of what they returned, or-ed. */
  readonly more: number;
}

/** How the programs of a cgroup are run. */
interface DecideOptions {
  /** Bits above the lowest of what they return mean something by themselves. */
  readonly flags?: boolean;
  /** What the call would return without them. */
  readonly retval?: number;
  /** Where their context has that, too, and they may change it. */
  readonly retvalAt?: number;
}

/** What a program has returned, and the socket that it named. */
export interface Choice {
  readonly result: number;
  readonly sk: Sock | undefined;
}

/** `BPF_SK_LOOKUP_F_NO_REUSEPORT`. */
const NO_REUSEPORT = 2;
const NOBODY = 65_534;
const TUPLE4 = 12;
const PORTS4 = 8;
const PORTS6 = 32;

/** Programs at cgroups and sockets, and what their helpers ask of the network. */
export class SocketPrograms implements SocketHost {
  readonly #linux: Linux;
  #occasion: Occasion | undefined;
  #entry: CgroupEntry | undefined;
  #type: AttachType | undefined;
  retval = 0;

  constructor(linux: Linux) {
    this.#linux = linux;
  }

  /** Runs `body` as programs of a task, told of this occasion. */
  during<R>(t: Task, occasion: Occasion, body: () => R): R {
    const { hooks } = this.#linux;
    const outer = [hooks.moment, this.#occasion, this.#entry, this.#type, this.retval] as const;
    hooks.moment = { time: t.cpu.now, cpu: t.cpu.id, task: t, frames: t };
    this.#occasion = occasion;
    this.retval = 0;
    try {
      return body();
    } finally {
      [hooks.moment, this.#occasion, this.#entry, this.#type, this.retval] = outer;
    }
  }

  /**
   * Programs of a cgroup on one context, all of them in their order (`bpf_prog_run_array_cg`): one that returns 0 makes the call fail
   * with EPERM, or with what a program has set.
   */
  decide(
    t: Task,
    type: AttachType,
    entries: readonly CgroupEntry[],
    context: number,
    occasion: Occasion,
    { flags = false, retval = 0, retvalAt }: DecideOptions = {},
  ): Decision {
    return this.during(t, occasion, () => {
      let more = 0;
      this.retval = retval;
      this.#type = type;
      for (const entry of entries) {
        this.#entry = entry;
        const before = this.retval;
        if (retvalAt !== undefined) this.#linux.memory.view.setInt32(retvalAt, before, true);
        const result = entry.program.run(context);
        const written = retvalAt === undefined ? before : this.#linux.memory.view.getInt32(retvalAt, true);
        if (written !== before) this.retval = written;
        if (flags) more |= result >>> 1;
        const yes = flags ? (result & 1) !== 0 : result !== 0;
        if (!yes && this.retval >= 0) this.retval = -ERRNO.EPERM!;
      }
      return { error: this.retval, more };
    });
  }

  /** The socket that an object is, or that its context has. */
  #socket(object: number): Established | undefined {
    const known = object === 0 ? undefined : this.#linux.objects.at(object);
    if (known instanceof Sock || known instanceof RequestSock || known instanceof TimeWaitSock) return known;
    return this.#occasion?.sk ?? this.#linux.packets.socket;
  }

  #whole(object: number): Sock | undefined {
    const sk = this.#socket(object);
    return sk instanceof Sock ? sk : undefined;
  }

  /** The namespace that the running program is in. */
  get #netns(): NetNamespace {
    return this.#occasion?.netns ?? this.#occasion?.sk?.netns ?? this.#linux.packets.netns;
  }

  /** A socket as programs see it: offset of its `struct bpf_sock`, up to date. */
  view(sk: Established | undefined): number {
    return sk === undefined ? 0 : this.#linux.objects.written(sk, BPF_SOCK);
  }

  cookie(object: number): number {
    return this.#whole(object)?.cookie ?? 0;
  }

  uid(object: number): number {
    return this.#whole(object)?.uid ?? NOBODY;
  }

  netnsCookie(object: number): number {
    return (this.#whole(object)?.netns ?? this.#netns).cookie;
  }

  find({ protocol, tuple, small }: SocketQuestion): number {
    const length = tuple.length === TUPLE4 ? 4 : 16;
    const at = tuple.length === TUPLE4 ? PORTS4 : PORTS6;
    const [from, to] = [ipAt(tuple, 0, length), ipAt(tuple, length, length)];
    const [sport, dport] = [(tuple[at]! << 8) | tuple[at + 1]!, (tuple[at + 2]! << 8) | tuple[at + 3]!];
    const netns = this.#netns;
    if (protocol === "udp") return this.view(netns.datagram(to, dport, from, sport));
    const one = netns.established.find(to, dport, from, sport);
    if (one === undefined) return this.view(netns.listener(to, dport)?.sk);
    if (small || one instanceof Sock) return this.view(one);
    // A handshake is known by its listener; what is in TIME-WAIT is no socket any more.
    return one instanceof RequestSock ? this.view(one.listener.sk) : 0;
  }

  full(object: number): number {
    // The socket of a test run is known to nobody else.
    const known = object === 0 ? undefined : this.#linux.objects.at(object);
    return known === undefined ? object : this.view(this.#whole(object));
  }

  tcp(object: number): number {
    const sk = this.#whole(object);
    return sk instanceof TcpSock ? this.#linux.objects.written(sk, BPF_TCP_SOCK) : 0;
  }

  listener(object: number): number {
    const sk = this.#whole(object);
    if (!(sk instanceof TcpSock)) return 0;
    return sk.listener !== undefined ? this.view(sk) : this.view(sk.parent?.sk);
  }

  cast(object: number, struct: string): number {
    const sk = this.#whole(object);
    if (sk === undefined) return 0;
    const tcp = sk instanceof TcpSock;
    const six = sk.family === 10;
    const fits =
      struct === "sock" ||
      (struct === "tcp_sock" && tcp) ||
      (struct === "tcp6_sock" && tcp && six) ||
      (struct === "udp6_sock" && !tcp && six);
    return fits ? this.#linux.objects.written(sk) : 0;
  }

  cgroups(object: number): readonly number[] {
    const sk = this.#whole(object);
    return sk === undefined ? [] : (sk.cgroup ?? this.#linux.cgroups.root).line.map(({ id }) => id);
  }

  setOption(object: number, level: number, name: number, value: Uint8Array): number {
    const sk = this.#whole(object);
    return sk === undefined ? -ERRNO.EINVAL! : setOption(sk, level, name, value, "program");
  }

  getOption(object: number, level: number, name: number, value: Uint8Array): number {
    const sk = this.#whole(object);
    if (sk === undefined) return -ERRNO.EINVAL!;
    return Math.min(0, getOption(sk, level, name, value, "program"));
  }

  /** The port may only be 0, unless it is free: the socket gets it. */
  bind(address: Uint8Array): number {
    const sk = this.#occasion?.sk;
    if (sk === undefined || address.length < 2) return -ERRNO.EINVAL!;
    const family = address[0]! | (address[1]! << 8);
    if (family !== 2 && family !== 10) return -ERRNO.EAFNOSUPPORT!;
    if (address.length < (family === 2 ? 16 : 28)) return -ERRNO.EINVAL!;
    const ip: Ip = family === 2 ? ipAt(address, 4, 4) : ipAt(address, 8, 16);
    if (familyOf(ip) !== sk.family) return -ERRNO.EINVAL!;
    if (sk.netns.owner(ip) === undefined && ip !== 0 && ip !== "::") return -ERRNO.EADDRNOTAVAIL!;
    const port = (address[2]! << 8) | address[3]!;
    sk.saddr = ip;
    if (port === 0) return 0;
    if (sk.sport !== 0) return -ERRNO.EINVAL!;
    sk.sport = port;
    if (sk.netns.bind(sk)) return 0;
    sk.sport = 0;
    return -ERRNO.EADDRINUSE!;
  }

  get attached(): { readonly cgroup: number; readonly attachType: number } | undefined {
    if (this.#entry === undefined || this.#type === undefined) return undefined;
    return { cgroup: this.#entry.source.cgroupId, attachType: ATTACH_TYPES[this.#type] };
  }

  // Maps of sockets.

  /** Programs at maps of sockets, by the map's index. */
  readonly mapPrograms = new Map<number, Omit<Psock, "pending">>();
  /** Sockets that are in maps, by cookie. */
  readonly #inMaps = new Map<number, Sock>();
  #redirect: SocketRedirect | undefined;
  #assigned: Sock | undefined;
  #alone = false;
  #selected: Sock | undefined;

  /** A socket by its cookie, if it is still open. */
  byCookie(cookie: number): Sock | undefined {
    const known = this.#inMaps.get(cookie);
    if (known !== undefined && !known.dead) return known;
    this.#inMaps.delete(cookie);
    for (const netns of this.#linux.network.namespaces) {
      const found = netns.sockets().find((sk) => sk.cookie === cookie && !sk.dead);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Attaches a program to a map of sockets, for sockets that are put into it from now on; gives back how to detach it. */
  attachToMap(map: number, kind: "parser" | "verdict" | "message", program: SocketMapProgram): () => void {
    this.mapPrograms.set(map, { ...this.mapPrograms.get(map), [kind]: program });
    return () => {
      const { [kind]: now, ...rest } = this.mapPrograms.get(map) ?? {};
      if (now === program) this.mapPrograms.set(map, rest);
    };
  }

  /** A socket has come into a map: it has that map's programs. */
  entered(map: number, sk: Sock): void {
    this.#inMaps.set(sk.cookie, sk);
    const programs = this.mapPrograms.get(map);
    // Datagrams go their way: what a map's programs see are streams.
    if (programs !== undefined && sk instanceof TcpSock)
      sk.psock = { pending: new Uint8Array(), ...sk.psock, ...programs };
  }

  join(map: number): number {
    const sk = this.#occasion?.sk;
    if (!mayBeInMap(sk)) return 0;
    this.entered(map, sk);
    return sk.cookie;
  }

  /** A user puts the socket of a cookie into a map: 0, -EBADF where there is none, -EOPNOTSUPP for one that cannot be there. */
  enter(map: number, cookie: number): number {
    const sk = this.byCookie(cookie);
    if (sk === undefined) return -ERRNO.EBADF!;
    // An array for sockets that share a port: those that have one, and said that they share it.
    if (this.#linux.maps[map]?.spec.type === "reuseport_sockarray") return sk.reuseport ? 0 : -ERRNO.EINVAL!;
    if (!userMayPut(sk)) return -ERRNO.EOPNOTSUPP!;
    this.entered(map, sk);
    return 0;
  }

  redirect(cookie: number, flags: number): boolean {
    const to = this.byCookie(cookie);
    if (!(to instanceof TcpSock) || to.state !== 1) return false;
    this.#redirect = { to, flags };
    return true;
  }

  /** Runs a program that says what becomes of data, and perhaps where it goes. */
  judge(
    t: Task,
    sk: Sock,
    run: () => number,
  ): { readonly result: number; readonly redirect: SocketRedirect | undefined } {
    this.#redirect = undefined;
    const result = this.during(t, { sk }, run);
    return { result, redirect: this.#redirect };
  }

  callbacks(flags: number): number {
    const sk = this.#occasion?.sk;
    if (!(sk instanceof TcpSock)) return -ERRNO.EINVAL!;
    sk.callbacks = flags & 0x7f;
    return flags & ~0x7f;
  }

  assign(socket: number, flags: number, lookup: boolean): number {
    const sk = socket === 0 ? undefined : this.#whole(socket);
    if (!lookup) return flags === 0 && sk !== undefined ? this.#linux.packets.assign(sk) : -ERRNO.EINVAL!;
    if (flags & ~3) return -ERRNO.EINVAL!;
    if (this.#assigned !== undefined && sk !== undefined && (flags & 1) === 0) return -ERRNO.EEXIST!;
    this.#assigned = sk;
    this.#alone = (flags & NO_REUSEPORT) !== 0;
    return 0;
  }

  takeAssigned(): number {
    const cookie = this.#assigned?.cookie ?? 0;
    this.#assigned = undefined;
    return cookie;
  }

  /** Runs a program that chooses a socket for a packet: what it returned, and the socket that it named. */
  choose(t: Task, occasion: Occasion, run: () => number): Choice & { readonly alone: boolean } {
    this.#assigned = undefined;
    this.#alone = false;
    const result = this.during(t, occasion, run);
    return { result, sk: this.#assigned, alone: this.#alone };
  }

  /** Runs a program that chooses among the sockets which share the port of `sk`. */
  select(t: Task, sk: Sock, run: () => number): Choice {
    const outer = this.#selected;
    this.#selected = undefined;
    const result = this.during(t, { sk }, run);
    const chosen = this.#selected;
    this.#selected = outer;
    return { result, sk: chosen };
  }

  /** `bpf_sk_select_reuseport`: the socket of a map's element gets the packet, if it is of the same group. */
  selectByCookie(cookie: number, array: boolean): number {
    const [chosen, sk] = [this.byCookie(cookie), this.#occasion?.sk];
    if (chosen === undefined || sk === undefined) return -ERRNO.ENOENT!;
    if (chosen.reuseport === undefined) return array ? -ERRNO.ENOENT! : -ERRNO.EINVAL!;
    if (chosen.reuseport === sk.reuseport) {
      this.#selected = chosen;
      return 0;
    }
    if (chosen.proto !== sk.proto) return -ERRNO.EPROTOTYPE!;
    return chosen.family === sk.family ? -ERRNO.EBADFD! : -ERRNO.EAFNOSUPPORT!;
  }

  get sysctl(): SysctlAccess | undefined {
    return this.#occasion?.sysctl;
  }
}
