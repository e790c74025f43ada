import { ERRNO } from "./errno.ts";
import { copyCost } from "./filemap.ts";
import { type FileOperations, type OpenFile, openFile } from "./files.ts";
import { Connection, Listener } from "./network.ts";
import { sleepOn } from "./scheduler.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import { type Kernel, type Maybe, TASK_INTERRUPTIBLE, type Task } from "./task.ts";

/** A TCP socket; what it is follows from the calls made on it. */
interface Socket {
  port: number;
  side: Listener | Connection | undefined;
}

function socketOf(t: Task, fd: number): Socket | number {
  const file = t.files.get(fd);
  if (file === undefined) return -ERRNO.EBADF;
  return file.operations === SOCKET_OPERATIONS ? (file.object as Socket) : -ERRNO.ENOTSOCK;
}

/** `socket(2)`. */
export function sysSocket(t: Task): number {
  t.enter(ENTRY_POINT[41]!, 10);
  t.enter(F.__sys_socket, 60);
  t.enter(F.__sock_create, 250);
  t.enter(F.inet_create, 300);
  t.leave(undefined, 2);
  const socket: Socket = { port: 0, side: undefined };
  return t.leave(t.files.install(openFile(SOCKET_OPERATIONS, "socket:[tcp]", { object: socket })), 2);
}

/** `bind(2)`; the address travels as its port. */
export function sysBind(t: Task, fd: number, port: number): number {
  t.enter(ENTRY_POINT[49]!, 10);
  t.enter(F.__sys_bind, 50);
  const socket = socketOf(t, fd);
  if (typeof socket === "number") return t.leave(socket, 2);
  t.enter(F.inet_bind_sk, 250);
  socket.port = port;
  return t.leave(0, 3);
}

/** `listen(2)`. */
export function sysListen(t: Task, fd: number, backlog: number): number {
  t.enter(ENTRY_POINT[50]!, 10);
  t.enter(F.__sys_listen, 40);
  const socket = socketOf(t, fd);
  if (typeof socket === "number") return t.leave(socket, 2);
  t.enter(F.inet_listen, 200);
  const listener = t.linux.network.listen(socket.port, backlog);
  if (listener === undefined) return t.leave(-ERRNO.EADDRINUSE, 3);
  socket.side = listener;
  return t.leave(0, 3);
}

/** `accept4(2)`: waits for a connection. */
export function sysAccept4(t: Task, fd: number): Maybe<number> {
  t.enter(ENTRY_POINT[288]!, 10);
  t.enter(F.__sys_accept4, 50);
  const socket = socketOf(t, fd);
  if (typeof socket === "number") return t.leave(socket, 2);
  const listener = socket.side;
  if (!(listener instanceof Listener)) return t.leave(-ERRNO.EINVAL, 2);
  t.enter(F.do_accept, 120);
  t.enter(F.inet_accept, 30);
  t.enter(F.inet_csk_accept, 120);
  return listener.pending.length > 0 ? accepted(t, listener) : acceptWaiting(t, listener);
}

function* acceptWaiting(t: Task, listener: Listener): Kernel<number> {
  while (listener.pending.length === 0) {
    t.enter(F.schedule_timeout, 20);
    yield* sleepOn(t, listener.waiters, TASK_INTERRUPTIBLE);
    t.leave(undefined);
  }
  return accepted(t, listener);
}

/** The oldest connection becomes a file of the task. */
function accepted(t: Task, listener: Listener): number {
  const socket: Socket = { port: listener.port, side: listener.pending.shift()! };
  t.leave(undefined, 2);
  t.enter(F.sock_alloc_file, 250);
  return t.leave(t.files.install(openFile(SOCKET_OPERATIONS, "socket:[tcp]", { object: socket })), 4);
}

const SOCKET_OPERATIONS: FileOperations = {
  read: socketRead,
  write: socketWrite,
  release(t, file) {
    t.enter(F.sock_close, 40);
    t.enter(F.tcp_close, 500);
    const { side } = file.object as Socket;
    if (side instanceof Connection) t.linux.network.close(side, t.cpu.now);
    t.leave(undefined, 2);
  },
};

function socketRead(t: Task, file: OpenFile, count: number): Maybe<number> {
  const connection = (file.object as Socket).side;
  t.enter(F.sock_read_iter, 30);
  if (!(connection instanceof Connection)) return t.leave(-ERRNO.EINVAL);
  t.enter(F.sock_recvmsg, 20);
  t.enter(F.inet_recvmsg, 20);
  t.enter(F.tcp_recvmsg, 60);
  t.enter(F.tcp_recvmsg_locked, 150);
  return connection.available > 0 ? receive(t, connection, count) : receiveWaiting(t, connection, count);
}

function* receiveWaiting(t: Task, connection: Connection, count: number): Kernel<number> {
  while (connection.available === 0) {
    t.enter(F.sk_wait_data, 60);
    t.enter(F.wait_woken, 20);
    t.enter(F.schedule_timeout, 20);
    yield* sleepOn(t, connection.waiters, TASK_INTERRUPTIBLE);
    t.leave(undefined, 3);
  }
  return receive(t, connection, count);
}

function receive(t: Task, connection: Connection, count: number): number {
  const bytes = Math.min(count, connection.available);
  connection.available -= bytes;
  t.enter(F.skb_copy_datagram_iter, 20);
  t.enter(F.__skb_datagram_iter, 30);
  t.enter(F._copy_to_iter, copyCost(bytes));
  return t.leave(bytes, 8);
}

function socketWrite(t: Task, file: OpenFile, count: number): number {
  const connection = (file.object as Socket).side;
  t.enter(F.sock_write_iter, 40);
  if (!(connection instanceof Connection)) return t.leave(-ERRNO.EPIPE);
  t.enter(F.tcp_sendmsg, 60);
  t.enter(F.tcp_sendmsg_locked, 250);
  t.enter(F._copy_from_iter, copyCost(count));
  t.leave(undefined);
  transmit(t, count);
  t.linux.network.deliver(connection, count, t.cpu.now);
  return t.leave(count, 3);
}

/** From TCP down to the network card, in the sender's own system call. */
function transmit(t: Task, bytes: number): void {
  t.enter(F.tcp_push, 30);
  t.enter(F.__tcp_push_pending_frames, 20);
  t.enter(F.tcp_write_xmit, 200);
  t.enter(F.__tcp_transmit_skb, 250);
  t.enter(F.__ip_queue_xmit, 150);
  t.enter(F.ip_output, 60);
  t.enter(F.ip_finish_output2, 90);
  t.enter(F.__dev_queue_xmit, 200);
  t.enter(F.dev_hard_start_xmit, 80);
  // One descriptor for each 64 KiB that the card cuts into packets.
  t.enter(F.start_xmit, 600 * Math.max(1, Math.ceil(bytes / 65_536)));
  t.leave(undefined, 10);
}
