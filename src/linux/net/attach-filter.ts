/** Options of sockets that attach programs: `SO_ATTACH_FILTER`, `SO_ATTACH_BPF`, `SO_ATTACH_REUSEPORT_EBPF` and their like. */
import { ERRNO } from "../errno.ts";
import type { Task } from "../task.ts";
import { ReuseportGroup } from "./reuseport.ts";
import type { Sock } from "./sock.ts";
import { filterSocket } from "./socket-filter.ts";
import { SOL_SOCKET } from "./socket-options.ts";

const SO = {
  attachFilter: 26,
  detachFilter: 27,
  lockFilter: 44,
  attachBpf: 50,
  attachReuseportClassic: 51,
  attachReuseport: 52,
  detachReuseport: 68,
} as const;

/**
 * One of these options: 0 or -errno; undefined for all others. A machine has no descriptors for programs, so a program is named by
 * its id, and a classic filter is its instructions (8 bytes each) instead of a pointer to them.
 */
export function attachOption(t: Task, sk: Sock, level: number, name: number, value: Uint8Array): number | undefined {
  if (level !== SOL_SOCKET) return undefined;
  const { packets } = t.linux;
  switch (name) {
    case SO.attachFilter:
    case SO.attachReuseportClassic: {
      const program = packets.classic(value);
      if (typeof program === "number") return program;
      return name === SO.attachFilter ? setFilter(sk, program.run) : share(sk, program);
    }
    case SO.attachBpf: {
      if (value.length !== 4) return -ERRNO.EINVAL!;
      const program = packets.held(idIn(value));
      if (sk.filterLocked) return -ERRNO.EPERM!;
      if (program === undefined) return -ERRNO.EBADF!;
      return program.type === "socket_filter" ? setFilter(sk, program.run) : -ERRNO.EINVAL!;
    }
    case SO.attachReuseport: {
      if (value.length !== 4) return -ERRNO.EINVAL!;
      const program = packets.held(idIn(value));
      if (program === undefined) return -ERRNO.EBADF!;
      const fits = program.type === "sk_reuseport" || program.type === "socket_filter";
      return fits ? share(sk, program) : -ERRNO.EINVAL!;
    }
    case SO.detachFilter:
      if (sk.filterLocked) return -ERRNO.EPERM!;
      if (sk.filter === undefined) return -ERRNO.ENOENT!;
      sk.filter = undefined;
      return 0;
    case SO.detachReuseport:
      if (sk.reuseport === undefined) return sk.reusePort ? -ERRNO.ENOENT! : -ERRNO.EINVAL!;
      if (sk.reuseport.program === undefined) return -ERRNO.ENOENT!;
      sk.reuseport.program = undefined;
      return 0;
    case SO.lockFilter:
      if (value.length < 4) return -ERRNO.EINVAL!;
      if (sk.filterLocked && idIn(value) === 0) return -ERRNO.EPERM!;
      sk.filterLocked = idIn(value) !== 0;
      return 0;
    default:
      return undefined;
  }
}

const idIn = (value: Uint8Array): number => new DataView(value.buffer, value.byteOffset).getUint32(0, true);

/** The one that was there goes. */
function setFilter(sk: Sock, run: (context: number) => number): number {
  if (sk.filterLocked) return -ERRNO.EPERM!;
  sk.filter = (t, skb, own) => filterSocket(t, own, skb, run);
  return 0;
}

/** `reuseport_attach_prog`: for all that share the port; before there is a port, for the group that the socket will found. */
function share(sk: Sock, program: NonNullable<ReuseportGroup["program"]>): number {
  if (sk.reuseport === undefined) {
    if (!sk.reusePort || (sk.sport !== 0 && sk.type !== 1)) return -ERRNO.EINVAL!;
    new ReuseportGroup().add(sk);
  }
  sk.reuseport!.program = program;
  return 0;
}
