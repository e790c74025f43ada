import { ERRNO } from "./errno.ts";
import { SOCK_DGRAM, type Sock, TcpSock } from "./net/sock.ts";
import { sleepUntil } from "./sleep.ts";
import { socketOf } from "./socket.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import type { Kernel, Task } from "./task.ts";

/**
 * `poll(2)` for POLLIN on sockets: waits until one of them can be read or accepted from, at most `timeout` milliseconds, or for
 * ever with -1. How many can be; 0 when the time is over. Descriptors of other kinds are always ready.
 */
export function* sysPoll(t: Task, fds: readonly number[], timeout: number): Kernel<number> {
  t.enter(ENTRY_POINT[7]!, 10);
  t.enter(F.do_sys_poll, 80, undefined, fds.length);
  if (fds.some((fd) => t.files.get(fd) === undefined)) return t.leave(-ERRNO.EBADF!, 2);
  const end = timeout < 0 ? Number.POSITIVE_INFINITY : t.cpu.now + timeout * 1e6;
  const sockets = fds.map((fd) => socketOf(t, fd));
  for (;;) {
    const ready = sockets.filter((sk) => typeof sk === "number" || isReady(t, sk)).length;
    if (ready > 0 || t.cpu.now >= end) return t.leave(ready, 2);
    const queues = sockets.map((sk) => (sk as Sock).waiters);
    for (const queue of queues) queue.add(t);
    try {
      t.enter(F.schedule_hrtimeout_range, 10);
      t.enter(F.schedule_hrtimeout_range_clock, 60);
      yield* sleepUntil(t, end);
      t.leave(undefined, 2);
    } finally {
      for (const queue of queues) queue.remove(t);
    }
  }
}

/** `sock_poll`: something can be read or accepted, the other side has ended, or something went wrong. */
function isReady(t: Task, sk: Sock): boolean {
  t.enter(F.sock_poll, 20);
  t.enter(sk.type === SOCK_DGRAM ? F.udp_poll : F.tcp_poll, 30);
  const connections = sk instanceof TcpSock ? (sk.listener?.ready.length ?? 0) : 0;
  return t.leave(sk.received.length > 0 || connections > 0 || sk.readShutdown || sk.error !== 0, 2);
}
