/** Where Linux asks the programs of a cgroup: packets, sockets, addresses, devices. Each costs one question where no program is. */
import { DIRECT_MAP_HIGH } from "../../memory/memory.ts";
import { ObjectView, SK_BUFF } from "../../memory/objects.ts";
import { ATTACH_TYPES, type AttachType } from "../../programs/attach-types.ts";
import type { CgroupEntry } from "../bpf/cgroup-programs.ts";
import type { Decision } from "../bpf/socket-programs.ts";
import { type Inode, S_IFBLK, S_IFCHR, S_IFMT } from "../fs/inode.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { type Ip, ipAt, ipBytes } from "./address.ts";
import { skbInMemory } from "./packet-memory.ts";
import type { Skb } from "./skb.ts";
import type { Sock } from "./sock.ts";

const NOTHING: readonly CgroupEntry[] = [];
const FINE: Decision = { error: 0, more: 0 };
const ETHERNET = 14;

/** Programs that run for a socket at a place; none where nobody has attached any. */
export function programsFor(t: Task, sk: Sock | undefined, type: AttachType): readonly CgroupEntry[] {
  const { cgroups } = t.linux;
  if (!cgroups.use.any(type)) return NOTHING;
  return (sk === undefined ? t.cgroup : (sk.cgroup ?? cgroups.root)).programs.effective(type);
}

const swap16 = (value: number): number => ((value & 0xff) << 8) | (value >> 8);
const word = (bytes: Uint8Array, at = 0): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;

/** `__cgroup_bpf_run_filter_skb`: a packet of a socket, from its IP header on. 0 or -errno: it is dropped. */
export function cgroupSkb(t: Task, sk: Sock, skb: Skb, way: "ingress" | "egress"): number {
  const type = way === "ingress" ? "cgroup_inet_ingress" : "cgroup_inet_egress";
  const entries = programsFor(t, sk, type);
  const dev = skb.dev ?? sk.netns.device("lo")!;
  if (entries.length === 0) return 0;
  const { memory, network } = t.linux;
  t.enter(F.__cgroup_bpf_run_filter_skb, 80, sk, skb, ATTACH_TYPES[type]);
  const place = skbInMemory(memory, skb, dev, way);
  const view = new ObjectView(memory, SK_BUFF);
  const at = place.context;
  const start = view.get(at, "data") + ETHERNET;
  view.point(at, "data", start);
  view.point(at, "data_meta", start);
  view.set(at, "len", view.get(at, "len") - ETHERNET);
  view.point(at, "sk", network.sockets.view(sk));
  writeAddresses(view, at, sk, (offset, bytes) => memory.u8.set(bytes, offset));
  try {
    const { error, more } = network.sockets.decide(t, type, entries, at, { sk }, { flags: way === "egress" });
    // Mark and priority may be set; the packet itself is only read.
    skb.mark = view.get(at, "mark");
    skb.priority = view.get(at, "priority");
    // NET_XMIT_DROP and NET_XMIT_CN tell TCP of congestion.
    if ((more & 1) !== 0) return t.leave(error !== 0 ? 1 : 2);
    return t.leave(error);
  } finally {
    place.free();
  }
}

type SkBuff = ObjectView<keyof (typeof SK_BUFF)["members"]>;

/** Family, addresses and ports of the socket, as `__sk_buff` shows them. */
export function writeAddresses(
  view: SkBuff,
  at: number,
  sk: Sock,
  put: (offset: number, bytes: Uint8Array) => void,
): void {
  view.set(at, "family", sk.family);
  if (typeof sk.daddr === "number") view.set(at, "remote_ip4", word(ipBytes(sk.daddr)));
  else put(at + SK_BUFF.members.remote_ip6.offset, ipBytes(sk.daddr));
  if (typeof sk.saddr === "number") view.set(at, "local_ip4", word(ipBytes(sk.saddr)));
  else put(at + SK_BUFF.members.local_ip6.offset, ipBytes(sk.saddr));
  view.set(at, "remote_port", (swap16(sk.dport) << 16) >>> 0);
  view.set(at, "local_port", sk.sport);
}

/** `__cgroup_bpf_run_filter_sk`: a socket is made, has got its port, or goes. 0 or -errno. */
export function cgroupSock(
  t: Task,
  sk: Sock,
  type: "cgroup_inet_sock_create" | "cgroup_inet_sock_release" | "cgroup_inet4_post_bind" | "cgroup_inet6_post_bind",
): number {
  const entries = programsFor(t, sk, type);
  if (entries.length === 0) return 0;
  const { memory, network } = t.linux;
  t.enter(F.__cgroup_bpf_run_filter_sk, 60, sk, ATTACH_TYPES[type]);
  const at = network.sockets.view(sk);
  const { error } = network.sockets.decide(t, type, entries, at, { sk });
  sk.device = memory.view.getUint32(at, true);
  sk.mark = memory.view.getUint32(at + 16, true);
  sk.priority = memory.view.getUint32(at + 20, true);
  return t.leave(error);
}

/** An address that a process has passed, or gets; programs may change it. */
export interface PassedAddress {
  ip: Ip;
  port: number;
  /** Of a datagram: where it comes from, if the sender says it. */
  source?: Ip;
}

/** `struct bpf_sock_addr`. */
const SOCK_ADDR = { family: 0, ip4: 4, ip6: 8, port: 24, own: 28, source4: 40, source6: 44, sk: 64, size: 72 } as const;

type Place = "bind" | "connect" | "sendmsg" | "recvmsg" | "getpeername" | "getsockname";

/** The attach type of a place for a socket of this family. */
function placeType(place: Place, six: boolean): AttachType {
  const version = six ? 6 : 4;
  if (place === "sendmsg" || place === "recvmsg") return `cgroup_udp${version}_${place}`;
  return `cgroup_inet${version}_${place}`;
}

/** `__cgroup_bpf_run_filter_sock_addr`: 0 or -errno; `more` 1 after a bind: the port needs no privilege. */
export function cgroupAddress(t: Task, sk: Sock, place: Place, address: PassedAddress): Decision {
  const type = placeType(place, typeof address.ip === "string");
  const entries = programsFor(t, sk, type);
  if (entries.length === 0) return FINE;
  const { memory, network } = t.linux;
  t.enter(F.__cgroup_bpf_run_filter_sock_addr, 80, sk, undefined, undefined, ATTACH_TYPES[type]);
  const at = memory.allocate(SOCK_ADDR.size);
  try {
    const view = () => memory.view;
    view().setUint32(at + SOCK_ADDR.family, typeof address.ip === "number" ? 2 : 10, true);
    putIp(memory.u8, at, SOCK_ADDR.ip4, SOCK_ADDR.ip6, address.ip);
    view().setUint32(at + SOCK_ADDR.port, swap16(address.port), true);
    for (const [i, value] of [sk.family, sk.type, sk.proto].entries())
      view().setUint32(at + SOCK_ADDR.own + 4 * i, value, true);
    if (address.source !== undefined) putIp(memory.u8, at, SOCK_ADDR.source4, SOCK_ADDR.source6, address.source);
    view().setUint32(at + SOCK_ADDR.sk, network.sockets.view(sk), true);
    view().setInt32(at + SOCK_ADDR.sk + 4, DIRECT_MAP_HIGH, true);
    const decision = network.sockets.decide(t, type, entries, at, { sk }, { flags: place === "bind" });
    address.ip = getIp(memory.u8, at, SOCK_ADDR.ip4, SOCK_ADDR.ip6, address.ip);
    address.port = swap16(view().getUint32(at + SOCK_ADDR.port, true) & 0xffff);
    if (address.source !== undefined)
      address.source = getIp(memory.u8, at, SOCK_ADDR.source4, SOCK_ADDR.source6, address.source);
    t.leave(decision.error);
    return decision;
  } finally {
    memory.free(at, SOCK_ADDR.size);
  }
}

function putIp(bytes: Uint8Array, at: number, four: number, six: number, ip: Ip): void {
  bytes.set(ipBytes(ip), at + (typeof ip === "number" ? four : six));
}

function getIp(bytes: Uint8Array, at: number, four: number, six: number, like: Ip): Ip {
  return typeof like === "number" ? ipAt(bytes, at + four, 4) : ipAt(bytes, at + six, 16);
}

const DEVICE = { block: 1, character: 2, read: 2, write: 4 } as const;
const MAY_WRITE = 2;
const MAY_READ = 4;

/** `__cgroup_bpf_check_dev_permission`: may the task open this device? 0 or -errno. */
export function cgroupDevice(t: Task, inode: Inode, mask: number): number {
  const kind = inode.mode & S_IFMT;
  if (kind !== S_IFCHR && kind !== S_IFBLK) return 0;
  const entries = programsFor(t, undefined, "cgroup_device");
  if (entries.length === 0) return 0;
  const { memory, network } = t.linux;
  const type = kind === S_IFBLK ? DEVICE.block : DEVICE.character;
  const access = (mask & MAY_READ ? DEVICE.read : 0) | (mask & MAY_WRITE ? DEVICE.write : 0);
  const [major, minor] = [inode.rdev >>> 20, inode.rdev & 0xfffff];
  t.enter(F.__cgroup_bpf_check_dev_permission, 60, type, major, minor, access, ATTACH_TYPES.cgroup_device);
  const at = memory.allocate(16);
  for (const [i, value] of [(access << 16) | type, major, minor].entries())
    memory.view.setUint32(at + 4 * i, value, true);
  const { error } = network.sockets.decide(t, "cgroup_device", entries, at, {});
  memory.free(at, 16);
  return t.leave(error);
}

/** What a sysctl's access became: an error, or what is written. */
export interface SysctlDecision {
  readonly error: number;
  readonly written: string | undefined;
}

/** `__cgroup_bpf_run_filter_sysctl`: a process reads or writes a setting; `written` absent: it reads. */
export function cgroupSysctl(t: Task, name: string, current: string, written: string | undefined): SysctlDecision {
  const entries = programsFor(t, undefined, "cgroup_sysctl");
  if (entries.length === 0) return { error: 0, written };
  const { memory, network } = t.linux;
  t.enter(F.__cgroup_bpf_run_filter_sysctl, 80, undefined, undefined, written === undefined ? 0 : 1);
  const at = memory.allocate(8);
  memory.view.setUint32(at, written === undefined ? 0 : 1, true);
  memory.view.setUint32(at + 4, 0, true);
  const sysctl = { name, current, written };
  const { error } = network.sockets.decide(t, "cgroup_sysctl", entries, at, { sysctl });
  memory.free(at, 8);
  return { error: t.leave(error), written: sysctl.written };
}
