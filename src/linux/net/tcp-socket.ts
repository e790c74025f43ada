import { ERRNO } from "../errno.ts";
import { copyCost } from "../filemap.ts";
import { sleepOn } from "../scheduler.ts";
import { socketFor } from "../security/arguments.ts";
import type { Message } from "../socket.ts";
import { F } from "../symbols.ts";
import { type Kernel, type Maybe, TASK_INTERRUPTIBLE, type Task } from "../task.ts";
import type { Ip } from "./address.ts";
import { Listener, TCP, type TcpSock } from "./sock.ts";
import { SOCK_OPS, sockOps } from "./sock-ops.ts";
import { messageVerdict } from "./sockmap.ts";
import { input, reset } from "./tcp/input.ts";
import { canWrite } from "./tcp/listen.ts";
import { sendAck, sendFin, sendReset, sendSyn, write } from "./tcp/output.ts";
import * as tracing from "./tracing.ts";

/** `net.core.somaxconn`: a longer backlog is cut to it. */
const SOMAXCONN = 4096;

/** Bytes that may wait to be sent and acknowledged (`tcp_wmem`). */
const SEND_BUFFER = 2_626_560;

/** Steps with the socket locked, as `lock_sock` and `release_sock` do: packets that come meanwhile wait until the end. */
function locked<R>(t: Task, sk: TcpSock, body: () => R): R {
  const { tcp } = t.linux.network;
  sk.locked = true;
  const outer = tcp.begin(t);
  const result = body();
  if (sk.backlog.length > 0) releaseSock(t, sk);
  tcp.end(outer);
  sk.locked = false;
  return result;
}

/** `release_sock`: what came meanwhile. */
function releaseSock(t: Task, sk: TcpSock): void {
  const { network } = t.linux;
  for (let skb = sk.backlog.shift(); skb !== undefined; skb = sk.backlog.shift()) {
    t.enter(F.tcp_v4_do_rcv, 30, sk, skb);
    if (sk.state === TCP.CLOSE) network.drop(t, skb, 47, sk);
    else input(network.tcp, sk, skb);
    t.leave(0);
  }
}

/** What went wrong with the socket, told once. */
function takeError(sk: TcpSock): number {
  const { error } = sk;
  sk.error = 0;
  return error;
}

/** `listen`: the port is open. */
export function tcpListen(t: Task, sk: TcpSock, backlog: number): number {
  t.enter(F.inet_listen, 200, socketFor(sk), backlog);
  const most = Math.min(Math.max(0, backlog), SOMAXCONN);
  if (sk.listener !== undefined) {
    sk.listener.backlog = most;
    return t.leave(0);
  }
  if (sk.state !== TCP.CLOSE) return t.leave(-ERRNO.EINVAL!);
  t.enter(F.inet_csk_listen_start, 100, sk);
  const listener = new Listener(sk, most);
  if (!sk.netns.addListener(listener)) return t.leave(-ERRNO.EADDRINUSE!, 2);
  tracing.setState(t, sk, sk.state, TCP.LISTEN);
  sk.state = TCP.LISTEN;
  sk.listener = listener;
  sockOps(t, sk, SOCK_OPS.listen);
  return t.leave(0, 2);
}

/** `inet_csk_accept`: the oldest connection that nobody has; `take` makes a file of it. */
export function tcpAccept(t: Task, listener: Listener, take: (sk: TcpSock) => number): Maybe<number> {
  t.enter(F.inet_accept, 30);
  t.enter(F.inet_csk_accept, 120, listener.sk);
  if (listener.ready.length > 0) return accepted(t, listener, take);
  if (listener.sk.nonblocking) return t.leave(-ERRNO.EAGAIN!, 2);
  return acceptWaiting(t, listener, take);
}

function* acceptWaiting(t: Task, listener: Listener, take: (sk: TcpSock) => number): Kernel<number> {
  while (listener.ready.length === 0) {
    t.enter(F.schedule_timeout, 20);
    yield* sleepOn(t, listener.sk.waiters, TASK_INTERRUPTIBLE);
    t.leave(undefined);
  }
  return accepted(t, listener, take);
}

function accepted(t: Task, listener: Listener, take: (sk: TcpSock) => number): number {
  const sk = listener.ready.shift()!;
  sk.parent = undefined;
  t.leave(sk);
  t.leave(0);
  return take(sk);
}

/** `tcp_v4_connect` and `tcp_v6_connect`: SYN, then waiting for what comes of it. */
export function tcpConnect(t: Task, sk: TcpSock, ip: Ip, port: number): Maybe<number> {
  const { network } = t.linux;
  t.enter(F.inet_stream_connect, 30);
  t.enter(F.__inet_stream_connect, 60);
  if (sk.state === TCP.SYN_SENT) return t.leave(-ERRNO.EALREADY!, 2);
  if (sk.state !== TCP.CLOSE) return t.leave(-ERRNO.EISCONN!, 2);
  t.enter(typeof ip === "number" ? F.tcp_v4_connect : F.tcp_v6_connect, 500, sk);
  const target = ip === 0 ? 0x7f00_0001 : ip === "::" ? "::1" : ip;
  const source = sk.netns.sourceFor(target);
  if (source === undefined) return t.leave(-ERRNO.ENETUNREACH!, 3);
  sk.daddr = target;
  sk.dport = port;
  if (sk.saddr === 0 || sk.saddr === "::") sk.saddr = source;
  if (sk.sport === 0) sk.sport = sk.netns.freePort((one) => isTaken(sk, one));
  if (sk.sport === 0) return t.leave(-ERRNO.EADDRNOTAVAIL!, 3);
  sk.cpu = t.cpu;
  sk.netns.established.add(sk);
  locked(t, sk, () => {
    network.tcp.setState(sk, TCP.SYN_SENT);
    t.enter(F.tcp_connect, 400, sk);
    sockOps(t, sk, SOCK_OPS.tcpConnect);
    sendSyn(network.tcp, sk);
    t.leave(0);
  });
  t.leave(0);
  if (!connecting(sk)) return t.leave(connected(sk), 2);
  if (sk.nonblocking) return t.leave(-ERRNO.EINPROGRESS!, 2);
  return connectWaiting(t, sk);
}

function isTaken(sk: TcpSock, port: number): boolean {
  return sk.netns.established.find(sk.saddr, port, sk.daddr, sk.dport) !== undefined;
}

function* connectWaiting(t: Task, sk: TcpSock): Kernel<number> {
  while (connecting(sk)) {
    t.enter(F.wait_woken, 20);
    t.enter(F.schedule_timeout, 20);
    yield* sleepOn(t, sk.waiters, TASK_INTERRUPTIBLE);
    t.leave(undefined, 2);
  }
  return t.leave(connected(sk), 2);
}

/** Apart, for the state changes while its steps are made. */
const connecting = (sk: TcpSock): boolean => sk.state === TCP.SYN_SENT;

const connected = (sk: TcpSock): number => takeError(sk);

/** `tcp_sendmsg`: copies what there is room for, sends what the windows allow, and waits for more room. */
export function tcpSend(t: Task, sk: TcpSock, length: number, data?: Uint8Array): Maybe<number> {
  t.enter(F.tcp_sendmsg, 60, sk, undefined, length);
  t.enter(F.tcp_sendmsg_locked, 250, sk, undefined, length);
  if (sk.state === TCP.SYN_SENT || sk.queuedBytes + length > SEND_BUFFER) return sendWaiting(t, sk, length, data);
  const refused = refusal(sk);
  if (refused !== 0) return t.leave(refused, 2);
  const program = sk.psock?.message;
  if (program !== undefined) {
    const bytes = new Uint8Array(length);
    if (data !== undefined) bytes.set(data);
    const taken = messageVerdict(t, sk, bytes, program);
    if (taken !== undefined) return t.leave(taken, 2);
    send(t, sk, length, bytes);
    return t.leave(length, 2);
  }
  send(t, sk, length, data);
  return t.leave(length, 2);
}

/** Why nothing can be sent; 0 if it can. */
function refusal(sk: TcpSock): number {
  if (sk.error !== 0) return takeError(sk);
  return !canWrite(sk) || sk.writeShutdown ? -ERRNO.EPIPE! : 0;
}

function send(t: Task, sk: TcpSock, length: number, data: Uint8Array | undefined): void {
  t.enter(F._copy_from_iter, copyCost(length));
  t.leave(undefined);
  t.enter(F.tcp_push, 30, sk);
  t.enter(F.__tcp_push_pending_frames, 20, sk);
  t.enter(F.tcp_write_xmit, 200, sk);
  locked(t, sk, () => write(t.linux.network.tcp, sk, length, data));
  t.leave(undefined, 3);
}

function* sendWaiting(t: Task, sk: TcpSock, length: number, data: Uint8Array | undefined): Kernel<number> {
  let sent = 0;
  while (sent < length || sk.state === TCP.SYN_SENT) {
    const room = sk.state === TCP.SYN_SENT ? 0 : SEND_BUFFER - sk.queuedBytes;
    const refused = sk.state === TCP.SYN_SENT ? 0 : refusal(sk);
    if (refused !== 0) return t.leave(sent > 0 ? sent : refused, 2);
    // Waking up for little is not worth it: Linux waits until a third is free.
    if (room >= Math.min(length - sent, SEND_BUFFER / 3)) {
      const part = Math.min(room, length - sent);
      send(t, sk, part, data?.subarray(sent, sent + part));
      sent += part;
      continue;
    }
    if (sk.nonblocking) return t.leave(sent > 0 ? sent : -ERRNO.EAGAIN!, 2);
    t.enter(F.sk_stream_wait_memory, 60, sk);
    t.enter(F.wait_woken, 20);
    sk.wantsRoom = true;
    yield* sleepOn(t, sk.waiters, TASK_INTERRUPTIBLE);
    t.leave(undefined, 2);
  }
  return t.leave(sent, 2);
}

/** `tcp_recvmsg`: what has arrived, at most `count` bytes; 0 at the end of the stream. */
export function tcpReceive(t: Task, sk: TcpSock, count: number, out?: Message): Maybe<number> {
  t.enter(F.inet_recvmsg, 20);
  t.enter(F.tcp_recvmsg, 60, sk, undefined, count, 0);
  t.enter(F.tcp_recvmsg_locked, 150, sk, undefined, count, 0);
  if (sk.state === TCP.LISTEN || (sk.state === TCP.CLOSE && !sk.readShutdown)) return t.leave(-ERRNO.ENOTCONN!, 3);
  return sk.available > 0 || over(sk) ? received(t, sk, count, out) : receiveWaiting(t, sk, count, out);
}

/** Whether nothing will come any more. */
const over = (sk: TcpSock): boolean => sk.readShutdown || sk.error !== 0;

function* receiveWaiting(t: Task, sk: TcpSock, count: number, out: Message | undefined): Kernel<number> {
  if (sk.nonblocking) return t.leave(-ERRNO.EAGAIN!, 3);
  while (sk.available === 0 && !over(sk)) {
    t.enter(F.sk_wait_data, 60, sk);
    t.enter(F.wait_woken, 20);
    t.enter(F.schedule_timeout, 20);
    yield* sleepOn(t, sk.waiters, TASK_INTERRUPTIBLE);
    t.leave(undefined, 3);
  }
  return received(t, sk, count, out);
}

function received(t: Task, sk: TcpSock, count: number, out: Message | undefined): number {
  const bytes = Math.min(count, sk.available);
  if (bytes === 0 && sk.error !== 0) return t.leave(takeError(sk), 3);
  if (bytes > 0) {
    t.enter(F.skb_copy_datagram_iter, 20);
    t.enter(F.__skb_datagram_iter, 30);
    t.enter(F._copy_to_iter, copyCost(bytes));
    t.leave(undefined, 3);
    if (out !== undefined) out.data = new Uint8Array(bytes);
    take(t, sk, bytes, out?.data);
    tracing.spaceAdjust(t, sk);
  }
  t.leave(bytes);
  t.enter(F.tcp_cleanup_rbuf, 30, sk, bytes);
  // The window was shut and is open again: the sender must learn of it.
  if (bytes > 0 && sk.state !== TCP.CLOSE && windowOpened(sk, bytes))
    locked(t, sk, () => sendAck(t.linux.network.tcp, sk));
  t.leave(undefined);
  return t.leave(bytes, 2);
}

/** Room for two packets, or half of the buffer, where less than one was told. */
function windowOpened(sk: TcpSock, bytes: number): boolean {
  const now = sk.receiveWindow;
  return now - bytes < sk.mss && now >= Math.min(sk.rcvBuf / 2, 2 * sk.mss);
}

/** Takes bytes out of the receive queue, and copies them. */
function take(t: Task, sk: TcpSock, bytes: number, out: Uint8Array | undefined): void {
  const { network } = t.linux;
  for (let left = bytes; left > 0; ) {
    const skb = sk.received[0]!;
    const size = Math.min(left, skb.length - sk.consumed);
    if (out !== undefined && skb.data !== undefined)
      out.set(skb.data.subarray(sk.consumed, sk.consumed + size), bytes - left);
    sk.consumed += size;
    left -= size;
    if (sk.consumed < skb.length) continue;
    sk.consumed = 0;
    sk.received.shift();
    network.consume(t, skb);
  }
  sk.available -= bytes;
}

/** `shutdown`: no more will be read, or written, or both. */
export function tcpShutdown(t: Task, sk: TcpSock, how: number): number {
  if (sk.state === TCP.CLOSE || sk.state === TCP.LISTEN || sk.state === TCP.SYN_SENT) return -ERRNO.ENOTCONN!;
  if (how !== 1) sk.readShutdown = true;
  if (how !== 0 && !sk.writeShutdown) {
    t.enter(F.tcp_shutdown, 60, sk, how);
    locked(t, sk, () => finish(t, sk));
    t.leave(undefined);
  }
  return 0;
}

/** FIN behind all that was written, in the state that follows from it. */
function finish(t: Task, sk: TcpSock): void {
  const { tcp } = t.linux.network;
  sk.writeShutdown = true;
  if (sk.state === TCP.ESTABLISHED || sk.state === TCP.SYN_RECV) tcp.setState(sk, TCP.FIN_WAIT1);
  else if (sk.state === TCP.CLOSE_WAIT) tcp.setState(sk, TCP.LAST_ACK);
  else return;
  t.enter(F.tcp_send_fin, 60, sk);
  sendFin(tcp, sk);
  t.leave(undefined);
}

/** `tcp_close`: the last descriptor has gone. */
export function tcpClose(t: Task, sk: TcpSock): void {
  const { network } = t.linux;
  const { tcp } = network;
  t.enter(F.tcp_close, 100, sk, 0);
  t.enter(F.__tcp_close, 400, sk, 0);
  sk.netns.unbind(sk);
  if (sk.listener !== undefined) closeListener(t, sk, sk.listener);
  else locked(t, sk, () => closeConnection(t, sk));
  tcp.run(t, () => {
    if (sk.state === TCP.CLOSE && !sk.destroyed) {
      sk.destroyed = true;
      tcp.gone(sk);
    }
  });
  t.leave(undefined, 2);
}

function closeConnection(t: Task, sk: TcpSock): void {
  const { network } = t.linux;
  const { tcp } = network;
  const unread = sk.available > 0;
  network.purge(t, sk);
  if (sk.state === TCP.CLOSE) sk.dead = true;
  else if (sk.state === TCP.SYN_SENT) {
    sk.dead = true;
    sk.destroyed = true;
    reset(tcp, sk, 0);
  } else if (unread) {
    // Somebody sent what nobody will read: the connection is broken off, as RFC 2525 demands.
    t.enter(F.tcp_send_active_reset, 60, sk);
    sendReset(tcp, sk);
    t.leave(undefined);
    sk.dead = true;
    sk.destroyed = true;
    reset(tcp, sk, 0);
  } else {
    finish(t, sk);
    sk.dead = true;
    sk.destroyed = true;
    // The other side has answered before this side had closed.
    if (sk.state === TCP.FIN_WAIT2) tcp.timeWait(sk, TCP.FIN_WAIT2);
  }
}

/** Handshakes are forgotten; connections that nobody has accepted are broken off. */
function closeListener(t: Task, sk: TcpSock, listener: Listener): void {
  const { network } = t.linux;
  const { tcp } = network;
  sk.netns.removeListener(listener);
  tcp.run(t, () => {
    tcp.setState(sk, TCP.CLOSE);
    for (const request of sk.netns.requests(listener)) tcp.forget(request);
    for (const child of listener.ready) {
      sendReset(tcp, child);
      child.dead = true;
      child.destroyed = true;
      reset(tcp, child, 0);
    }
  });
  listener.ready.length = 0;
  sk.waiters.wakeAll();
}
