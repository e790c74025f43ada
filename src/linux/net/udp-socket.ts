import { ERRNO } from "../errno.ts";
import { copyCost } from "../filemap.ts";
import { sleepOn } from "../scheduler.ts";
import type { Message } from "../socket.ts";
import { F } from "../symbols.ts";
import { type Kernel, type Maybe, TASK_INTERRUPTIBLE, type Task } from "../task.ts";
import { type Ip, isAny } from "./address.ts";
import { cgroupAddress, type PassedAddress } from "./cgroup-hooks.ts";
import { ipOutput } from "./ip-output.ts";
import { ETH_P_IP, ETH_P_IPV6, IPPROTO_UDP } from "./protocol.ts";
import type { Sock } from "./sock.ts";

/** The longest datagram: 16 bits of length, less the headers. */
const LONGEST = 65_507;

/** Chooses a port where the socket has none; false if all are taken. */
function autobind(sk: Sock): boolean {
  if (sk.sport !== 0) return true;
  sk.sport = sk.netns.freePort((port) => sk.netns.isBound(sk, port));
  return sk.sport !== 0 && sk.netns.bind(sk);
}

/** `connect` of a socket of datagrams: only says to whom they go. */
export function udpConnect(t: Task, sk: Sock, ip: Ip, port: number): number {
  t.enter(F.inet_dgram_connect, 150);
  const source = sk.netns.sourceFor(ip);
  if (source === undefined) return t.leave(-ERRNO.ENETUNREACH!);
  if (!autobind(sk)) return t.leave(-ERRNO.EAGAIN!);
  sk.daddr = ip;
  sk.dport = port;
  if (isAny(sk.saddr)) sk.saddr = source;
  sk.state = 1;
  return t.leave(0);
}

/** `udp_sendmsg` and `udpv6_sendmsg`. */
export function udpSend(t: Task, sk: Sock, length: number, to: Message): number {
  let ip = to.ip ?? sk.daddr;
  let port = to.port ?? sk.dport;
  const six = sk.family === 10;
  t.enter(six ? F.inet6_sendmsg : F.inet_sendmsg, 20);
  t.enter(six ? F.udpv6_sendmsg : F.udp_sendmsg, 300, sk, undefined, length);
  if (length > LONGEST) return t.leave(-ERRNO.EMSGSIZE!, 2);
  if (port === 0) return t.leave(-ERRNO.EDESTADDRREQ!, 2);
  let said: Ip | undefined;
  if (to.ip !== undefined) {
    // Only an address that comes with the datagram is shown to the cgroup's programs.
    const passed: PassedAddress = { ip, port, source: six ? "::" : 0 };
    const { error } = cgroupAddress(t, sk, "sendmsg", passed);
    if (error !== 0) return t.leave(error, 2);
    [ip, port] = [passed.ip, passed.port];
    if (!isAny(passed.source!)) said = passed.source;
    if (port === 0) return t.leave(-ERRNO.EINVAL!, 2);
  }
  const source = said ?? (isAny(sk.saddr) ? sk.netns.sourceFor(ip) : sk.saddr);
  if (source === undefined) return t.leave(-ERRNO.ENETUNREACH!, 2);
  if (!autobind(sk)) return t.leave(-ERRNO.EAGAIN!, 2);
  t.enter(F._copy_from_iter, copyCost(length));
  t.leave(undefined);
  const skb = t.linux.network.make();
  skb.sk = sk;
  skb.protocol = six ? ETH_P_IPV6 : ETH_P_IP;
  skb.proto = IPPROTO_UDP;
  skb.saddr = source;
  skb.daddr = ip;
  skb.sport = sk.sport;
  skb.dport = port;
  skb.length = length;
  skb.data = to.data;
  sk.bytesSent += length;
  t.enter(six ? F.udp_v6_send_skb : F.udp_send_skb, 120, skb);
  const result = ipOutput(t, skb, sk.netns);
  t.leave(result);
  return t.leave(result < 0 ? result : length, 2);
}

/** `udp_recvmsg` and `udpv6_recvmsg`: one datagram, cut to `count` bytes. */
export function udpReceive(t: Task, sk: Sock, count: number, out?: Message): Maybe<number> {
  const six = sk.family === 10;
  t.enter(six ? F.inet6_recvmsg : F.inet_recvmsg, 20);
  t.enter(six ? F.udpv6_recvmsg : F.udp_recvmsg, 150, sk, undefined, count, 0);
  if (sk.received.length > 0) return received(t, sk, count, out);
  if (sk.nonblocking) return t.leave(-ERRNO.EAGAIN!, 2);
  return receiveWaiting(t, sk, count, out);
}

function* receiveWaiting(t: Task, sk: Sock, count: number, out: Message | undefined): Kernel<number> {
  while (sk.received.length === 0) {
    t.enter(F.schedule_timeout, 20);
    yield* sleepOn(t, sk.waiters, TASK_INTERRUPTIBLE);
    t.leave(undefined);
  }
  return received(t, sk, count, out);
}

function received(t: Task, sk: Sock, count: number, out: Message | undefined): number {
  const skb = sk.received.shift()!;
  sk.available -= skb.length;
  const bytes = Math.min(count, skb.length);
  t.enter(F._copy_to_iter, copyCost(bytes));
  t.leave(undefined);
  if (out !== undefined) {
    const from: PassedAddress = { ip: skb.saddr, port: skb.sport };
    cgroupAddress(t, sk, "recvmsg", from);
    out.ip = from.ip;
    out.port = from.port;
    out.data = new Uint8Array(bytes);
    if (skb.data !== undefined) out.data.set(skb.data.subarray(0, bytes));
  }
  t.linux.network.consume(t, skb);
  return t.leave(bytes, 2);
}

export function udpClose(t: Task, sk: Sock): void {
  sk.netns.unbind(sk);
  t.linux.network.purge(t, sk);
  t.linux.objects.forget(sk);
}
