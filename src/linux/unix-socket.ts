import { ERRNO } from "./errno.ts";
import { copyCost } from "./filemap.ts";
import { type FileOperations, type OpenFile, openFile } from "./files.ts";
import { AF_UNIX } from "./net/address.ts";
import { SOCK_STREAM } from "./net/sock.ts";
import { UnixSkb } from "./net/unix-skb.ts";
import { sleepOn } from "./scheduler.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import { type Kernel, type Maybe, TASK_INTERRUPTIBLE, type Task } from "./task.ts";
import { WaitQueue } from "./wait-queue.ts";

/** Bytes that wait at one end at most: `net.core.wmem_default`. */
const CAPACITY = 212_992;

/** One end of a pair of stream sockets. */
class UnixSock {
  peer: UnixSock | undefined;
  /** What the other end has sent and nobody has read. */
  readonly queue: UnixSkb[] = [];
  bytes = 0;
  readonly readable = new WaitQueue();
  readonly writable = new WaitQueue();
}

/** `socketpair(2)` of two stream sockets; their descriptors come back in `out`, which stands for the user's array. */
export function sysSocketpair(t: Task, out: number[]): number {
  t.enter(ENTRY_POINT[53]!, 10);
  t.enter(F.__sys_socketpair, 200, AF_UNIX, SOCK_STREAM, 0);
  const ends = [create(t), create(t)] as const;
  t.enter(F.unix_socketpair, 60);
  ends[0].peer = ends[1];
  ends[1].peer = ends[0];
  t.leave(0);
  for (const end of ends) out.push(t.files.install(openFile(UNIX_OPERATIONS, "socket:[UNIX-STREAM]", { object: end })));
  return t.leave(0, 2);
}

function create(t: Task): UnixSock {
  t.enter(F.__sock_create, 250, t.netns, AF_UNIX, SOCK_STREAM, 0);
  t.enter(F.unix_create, 300, t.netns, undefined, 0);
  t.leave(0, 2);
  return new UnixSock();
}

const UNIX_OPERATIONS: FileOperations = {
  stream: true,
  read(t: Task, file: OpenFile, count: number): Maybe<number> {
    return receive(t, file.object as UnixSock, count);
  },
  write(t: Task, file: OpenFile, count: number): Maybe<number> {
    return send(t, file.object as UnixSock, count);
  },
  release(t, file) {
    const sock = file.object as UnixSock;
    t.enter(F.sock_close, 40);
    t.enter(F.unix_release, 20);
    t.enter(F.unix_release_sock, 400);
    const { peer } = sock;
    if (peer !== undefined) peer.peer = undefined;
    peer?.readable.wakeAll();
    peer?.writable.wakeAll();
    for (const skb of sock.queue) t.linux.objects.forget(skb);
    t.leave(0, 3);
  },
};

/** `unix_stream_recvmsg`: what is there, or waits for it; 0 where the other end is closed. */
function* receive(t: Task, sock: UnixSock, count: number): Kernel<number> {
  t.enter(F.sock_read_iter, 30);
  t.enter(F.sock_recvmsg, 20);
  t.enter(F.unix_stream_recvmsg, 10, undefined, undefined, count, 0);
  t.enter(F.unix_stream_read_generic, 120);
  while (sock.bytes === 0 && sock.peer !== undefined) yield* sleepOn(t, sock.readable, TASK_INTERRUPTIBLE);
  let read = 0;
  for (let skb = sock.queue[0]; skb !== undefined && read < count; skb = sock.queue[0]) {
    const { consumed, data } = skb;
    const chunk = Math.min(count - read, data.length - consumed);
    t.enter(F.unix_stream_read_actor, 10, skb, consumed, chunk);
    t.enter(F.skb_copy_datagram_iter, 20 + copyCost(chunk), skb, consumed, undefined, chunk);
    t.leave(0, 2);
    read += chunk;
    skb.consumed += chunk;
    sock.bytes -= chunk;
    if (skb.consumed < data.length) break;
    sock.queue.shift();
    t.enter(F.consume_skb, 15, skb);
    t.leave(undefined);
    t.linux.objects.forget(skb);
  }
  if (read > 0) sock.peer?.writable.wakeAll();
  return t.leave(read, 4);
}

/** `unix_stream_sendmsg`: one packet to the other end's queue. */
function* send(t: Task, sock: UnixSock, count: number): Kernel<number> {
  t.enter(F.sock_write_iter, 40);
  t.enter(F.unix_stream_sendmsg, 80, undefined, undefined, count);
  while (sock.peer !== undefined && sock.peer.bytes > 0 && sock.peer.bytes + count > CAPACITY)
    yield* sleepOn(t, sock.writable, TASK_INTERRUPTIBLE);
  const { peer } = sock;
  if (peer === undefined) return t.leave(-ERRNO.EPIPE, 2);
  t.enter(F.sock_alloc_send_pskb, 200);
  const skb = new UnixSkb(t.sent?.slice(0, count) ?? new Uint8Array(count));
  t.leave(skb);
  t.enter(F.skb_copy_datagram_from_iter, 20 + copyCost(count), skb);
  t.leave(0);
  peer.queue.push(skb);
  peer.bytes += count;
  t.enter(F.sock_def_readable, 40);
  peer.readable.wakeAll();
  t.leave(undefined);
  return t.leave(count, 2);
}
