import { ERRNO } from "./errno.ts";
import { type FileOperations, type OpenFile, openFile } from "./files.ts";
import { AF_INET, AF_INET6, type Ip, isAny } from "./net/address.ts";
import { cgroupAddress, cgroupSock, type PassedAddress } from "./net/cgroup-hooks.ts";
import { SOCK_DGRAM, SOCK_STREAM, type Sock, TCP, TcpSock } from "./net/sock.ts";
import { tcpAccept, tcpClose, tcpConnect, tcpListen, tcpReceive, tcpSend, tcpShutdown } from "./net/tcp-socket.ts";
import { udpClose, udpConnect, udpReceive, udpSend } from "./net/udp-socket.ts";
import { SocketAddress, socketFor } from "./security/arguments.ts";
import { security } from "./security/security.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import { after, leaveAfter, type Maybe, type Task } from "./task.ts";

/** `SOCK_NONBLOCK`, which travels with the type. */
export const SOCK_NONBLOCK = 0o4000;
const TYPE_MASK = 0xf;
const FIRST_UNPRIVILEGED = 1024;

/** Where a datagram came from, or goes to; what a receiver gets of it. */
export interface Message {
  ip?: Ip;
  port?: number;
  data?: Uint8Array;
}

/** The socket behind a descriptor, or -errno. */
export function socketOf(t: Task, fd: number): Sock | number {
  const file = t.files.get(fd);
  if (file === undefined) return -ERRNO.EBADF!;
  return file.operations === SOCKET_OPERATIONS ? (file.object as Sock) : -ERRNO.ENOTSOCK!;
}

function install(t: Task, sk: Sock): number {
  const name = sk instanceof TcpSock ? "TCP" : "UDP";
  const file = openFile(SOCKET_OPERATIONS, `socket:[${name}]`, { object: sk });
  return t.files.install(file);
}

/** `socket(2)`. */
export function sysSocket(t: Task, family: number, type: number): number {
  t.enter(ENTRY_POINT[41]!, 10);
  t.enter(F.__sys_socket, 60, family, type, 0);
  if (family !== AF_INET && family !== AF_INET6) return t.leave(-ERRNO.EAFNOSUPPORT!, 2);
  const kind = type & TYPE_MASK;
  if (kind !== SOCK_STREAM && kind !== SOCK_DGRAM) return t.leave(-ERRNO.ESOCKTNOSUPPORT!, 2);
  const { network } = t.linux;
  t.enter(F.__sock_create, 250, t.netns, family, kind, 0);
  const denied = security(t, "socket_create", 0, family, kind, 0, 0);
  if (denied !== 0) return t.leave(denied, 3);
  t.enter(F.inet_create, 300, t.netns, undefined, kind, 0);
  const sk = kind === SOCK_STREAM ? network.tcpSock(t.netns, family) : network.udpSock(t.netns, family);
  sk.uid = t.uid;
  sk.cgroup = t.cgroup;
  sk.nonblocking = (type & SOCK_NONBLOCK) !== 0;
  const refused = cgroupSock(t, sk, "cgroup_inet_sock_create");
  if (refused !== 0) {
    t.linux.objects.forget(sk);
    return t.leave(refused, 4);
  }
  t.leave(0, 2);
  return t.leave(install(t, sk), 2);
}

/** Security modules see the socket and the address that it shall have or reach; made where somebody looks. */
function address(t: Task, hook: "socket_bind" | "socket_connect", sk: Sock, ip: Ip, port: number): number {
  if (t.linux.hooks.security[hook] === undefined) return security(t, hook, 0);
  const to = new SocketAddress(typeof ip === "number" ? AF_INET : AF_INET6, ip, port);
  const denied = security(t, hook, 0, socketFor(sk), to, to.length);
  t.linux.objects.forget(to);
  return denied;
}

/** `bind(2)`; port 0 chooses one. */
export function sysBind(t: Task, fd: number, port: number, ip?: Ip): number {
  t.enter(ENTRY_POINT[49]!, 10);
  t.enter(F.__sys_bind, 50, fd);
  const sk = socketOf(t, fd);
  if (typeof sk === "number") return t.leave(sk, 2);
  const denied = address(t, "socket_bind", sk, ip ?? (sk.family === AF_INET ? 0 : "::"), port);
  if (denied !== 0) return t.leave(denied, 2);
  t.enter(F.inet_bind, 10, socketFor(sk));
  t.enter(F.inet_bind_sk, 250, sk);
  const any = sk.family === AF_INET ? 0 : "::";
  const passed: PassedAddress = { ip: ip ?? any, port };
  if (typeof passed.ip !== typeof any) return t.leave(-ERRNO.EAFNOSUPPORT!, 4);
  const { error, more } = cgroupAddress(t, sk, "bind", passed);
  if (error !== 0) return t.leave(error, 4);
  // A program that changes nothing of "any address" leaves it as it was.
  const chosen = passed.ip === any && ip === undefined ? undefined : passed.ip;
  return t.leave(bind(t, sk, passed.port, chosen, more !== 0), 4);
}

function bind(t: Task, sk: Sock, port: number, ip: Ip | undefined, privileged = false): number {
  if (ip !== undefined && !isAny(ip) && sk.netns.owner(ip) === undefined) return -ERRNO.EADDRNOTAVAIL!;
  if (port > 0 && port < FIRST_UNPRIVILEGED && t.uid !== 0 && !privileged) return -ERRNO.EACCES!;
  if (sk.sport !== 0) return -ERRNO.EINVAL!;
  if (ip !== undefined) sk.saddr = ip;
  sk.sport = port || sk.netns.freePort((one) => sk.netns.isBound(sk, one));
  if (!sk.netns.bind(sk)) {
    sk.sport = 0;
    return -ERRNO.EADDRINUSE!;
  }
  const refused = cgroupSock(t, sk, sk.family === AF_INET ? "cgroup_inet4_post_bind" : "cgroup_inet6_post_bind");
  if (refused === 0) return 0;
  sk.netns.unbind(sk);
  sk.sport = 0;
  sk.saddr = sk.family === AF_INET ? 0 : "::";
  return refused;
}

/** `listen(2)`. */
export function sysListen(t: Task, fd: number, backlog: number): number {
  t.enter(ENTRY_POINT[50]!, 10);
  t.enter(F.__sys_listen, 40, fd, backlog);
  const sk = socketOf(t, fd);
  if (typeof sk === "number") return t.leave(sk, 2);
  const denied = security(t, "socket_listen", 0, socketFor(sk), backlog);
  if (denied !== 0) return t.leave(denied, 2);
  if (!(sk instanceof TcpSock)) return t.leave(-ERRNO.EOPNOTSUPP!, 2);
  if (sk.sport === 0) bind(t, sk, 0, undefined);
  return t.leave(tcpListen(t, sk, backlog), 2);
}

/** `accept4(2)`: waits for a connection. */
export function sysAccept4(t: Task, fd: number): Maybe<number> {
  t.enter(ENTRY_POINT[288]!, 10);
  t.enter(F.__sys_accept4, 50, fd);
  const sk = socketOf(t, fd);
  if (typeof sk === "number") return t.leave(sk, 2);
  if (!(sk instanceof TcpSock)) return t.leave(-ERRNO.EOPNOTSUPP!, 2);
  if (sk.listener === undefined) return t.leave(-ERRNO.EINVAL!, 2);
  t.enter(F.do_accept, 120);
  return after(
    tcpAccept(t, sk.listener, (child) => {
      t.enter(F.sock_alloc_file, 250);
      return t.leave(install(t, child));
    }),
    (result) => t.leave(result, 3),
  );
}

/** `connect(2)`: to a port of an address. Waits for the handshake, unless the socket does not block. */
export function sysConnect(t: Task, fd: number, ip: Ip, port: number): Maybe<number> {
  t.enter(ENTRY_POINT[42]!, 10);
  t.enter(F.__sys_connect, 50, fd);
  const sk = socketOf(t, fd);
  if (typeof sk === "number") return t.leave(sk, 2);
  const denied = address(t, "socket_connect", sk, ip, port);
  if (denied !== 0) return t.leave(denied, 2);
  if ((typeof ip === "number") !== (sk.family === AF_INET)) return t.leave(-ERRNO.EAFNOSUPPORT!, 2);
  const done = (result: number) => t.leave(result, 2);
  const passed = { ip, port };
  const free = sk.state === TCP.CLOSE;
  const { error } = free ? cgroupAddress(t, sk, "connect", passed) : { error: 0 };
  if (error !== 0) return t.leave(error, 2);
  const to = [passed.ip, passed.port] as const;
  return after(sk instanceof TcpSock ? tcpConnect(t, sk, ...to) : udpConnect(t, sk, ...to), done);
}

/** `sendto(2)`, or `sendmsg(2)`: a datagram to `to`, or more of a connection. `length` bytes, of which `to.data` is the beginning. */
export function sysSendto(t: Task, nr: 44 | 46, fd: number, length: number, to: Message): Maybe<number> {
  t.enter(ENTRY_POINT[nr]!, 10);
  t.enter(nr === 44 ? F.__sys_sendto : F.__sys_sendmsg, 60, fd);
  const sk = socketOf(t, fd);
  if (typeof sk === "number") return t.leave(sk, 2);
  const denied = security(t, "socket_sendmsg", 0, socketFor(sk), undefined, length);
  if (denied !== 0) return t.leave(denied, 2);
  const done = (result: number) => t.leave(result, 2);
  return after(sk instanceof TcpSock ? tcpSend(t, sk, length, to.data) : udpSend(t, sk, length, to), done);
}

/** `recvfrom(2)`, or `recvmsg(2)`; `out` gets the bytes and who sent them. */
export function sysRecvfrom(t: Task, nr: 45 | 47, fd: number, count: number, out?: Message): Maybe<number> {
  t.enter(ENTRY_POINT[nr]!, 10);
  t.enter(nr === 45 ? F.__sys_recvfrom : F.__sys_recvmsg, 60, fd);
  const sk = socketOf(t, fd);
  if (typeof sk === "number") return t.leave(sk, 2);
  t.enter(F.sock_recvmsg, 20);
  const done = (result: number) => t.leave(result, 3);
  return after(sk instanceof TcpSock ? tcpReceive(t, sk, count, out) : udpReceive(t, sk, count, out), done);
}

/** `shutdown(2)`: 0 reading, 1 writing, 2 both. */
export function sysShutdown(t: Task, fd: number, how: number): number {
  t.enter(ENTRY_POINT[48]!, 10);
  t.enter(F.__sys_shutdown, 40, fd, how);
  const sk = socketOf(t, fd);
  if (typeof sk === "number") return t.leave(sk, 2);
  if (how > 2) return t.leave(-ERRNO.EINVAL!, 2);
  t.enter(F.inet_shutdown, 40, undefined, how);
  return t.leave(sk instanceof TcpSock ? tcpShutdown(t, sk, how) : -ERRNO.ENOTCONN!, 3);
}

export const SOCKET_OPERATIONS: FileOperations = {
  read(t: Task, file: OpenFile, count: number): Maybe<number> {
    const sk = file.object as Sock;
    t.enter(F.sock_read_iter, 30);
    t.enter(F.sock_recvmsg, 20);
    return leaveAfter(t, sk instanceof TcpSock ? tcpReceive(t, sk, count) : udpReceive(t, sk, count), 2);
  },
  write(t: Task, file: OpenFile, count: number): Maybe<number> {
    const sk = file.object as Sock;
    t.enter(F.sock_write_iter, 40);
    const denied = security(t, "socket_sendmsg", 0, socketFor(sk), undefined, count);
    if (denied !== 0) return t.leave(denied);
    return leaveAfter(t, sk instanceof TcpSock ? tcpSend(t, sk, count) : udpSend(t, sk, count, {}), 1);
  },
  release(t, file) {
    const sk = file.object as Sock;
    t.enter(F.sock_close, 40);
    t.enter(F.inet_release, 30);
    cgroupSock(t, sk, "cgroup_inet_sock_release");
    if (sk instanceof TcpSock) tcpClose(t, sk);
    else udpClose(t, sk);
    t.leave(0, 2);
  },
};
