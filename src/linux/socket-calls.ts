/** What processes ask of their sockets beside data: options and names. */
import { ERRNO } from "./errno.ts";
import { attachOption } from "./net/attach-filter.ts";
import { cgroupAddress, type PassedAddress } from "./net/cgroup-hooks.ts";
import { cgroupGetOption, cgroupSetOption } from "./net/cgroup-options.ts";
import { TCP } from "./net/sock.ts";
import { getOption, SOL_SOCKET, setOption } from "./net/socket-options.ts";
import { type Message, socketOf } from "./socket.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import type { Task } from "./task.ts";

/** The most bytes of an option's value that are looked at. */
const MOST = 4096;
const SO_COOKIE = 57;

/** What `getsockopt` has found: the value's bytes. */
export interface OptionValue {
  data?: Uint8Array;
}

/** The one option of 8 bytes. */
function cookie(bytes: Uint8Array, value: number): number {
  if (bytes.length < 8) return -ERRNO.EINVAL!;
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return 8;
}

/** `setsockopt(2)`: `value` stands for the user's memory. */
export function sysSetsockopt(t: Task, fd: number, level: number, name: number, value: Uint8Array): number {
  t.enter(ENTRY_POINT[54]!, 10);
  t.enter(F.__sys_setsockopt, 60, fd, level, name);
  const sk = socketOf(t, fd);
  if (typeof sk === "number") return t.leave(sk, 2);
  const asked = { level, name, value: value.slice(0, MOST) };
  const decided = cgroupSetOption(t, sk, asked);
  if (decided !== "go on") return t.leave(decided, 2);
  const done = attachOption(t, sk, asked.level, asked.name, asked.value);
  return t.leave(done ?? setOption(sk, asked.level, asked.name, asked.value, "process"), 2);
}

/** `getsockopt(2)` with room for `length` bytes; `out` gets those that there are. */
export function sysGetsockopt(
  t: Task,
  fd: number,
  level: number,
  name: number,
  length: number,
  out?: OptionValue,
): number {
  t.enter(ENTRY_POINT[55]!, 10);
  t.enter(F.__sys_getsockopt, 60, fd, level, name);
  const sk = socketOf(t, fd);
  if (typeof sk === "number") return t.leave(sk, 2);
  const bytes = new Uint8Array(Math.min(Math.max(0, length), MOST));
  const found =
    level === SOL_SOCKET && name === SO_COOKIE
      ? cookie(bytes, sk.cookie)
      : getOption(sk, level, name, bytes, "process");
  const answer = { level, name, value: bytes, length: found < 0 ? bytes.length : found, result: Math.min(0, found) };
  const result = cgroupGetOption(t, sk, answer);
  if (result === 0 && out !== undefined) out.data = answer.value.slice(0, answer.length);
  return t.leave(result, 2);
}

/** `getsockname(2)` and, with `peer`, `getpeername(2)`: programs of a cgroup may tell the process another name. */
export function sysGetname(t: Task, fd: number, peer: boolean, out: Message): number {
  t.enter(ENTRY_POINT[peer ? 52 : 51]!, 10);
  t.enter(peer ? F.__sys_getpeername : F.__sys_getsockname, 60, fd);
  const sk = socketOf(t, fd);
  if (typeof sk === "number") return t.leave(sk, 2);
  if (peer && (sk.dport === 0 || sk.state === TCP.CLOSE || sk.state === TCP.SYN_SENT))
    return t.leave(-ERRNO.ENOTCONN!, 2);
  const name: PassedAddress = peer ? { ip: sk.daddr, port: sk.dport } : { ip: sk.saddr, port: sk.sport };
  cgroupAddress(t, sk, peer ? "getpeername" : "getsockname", name);
  out.ip = name.ip;
  out.port = name.port;
  return t.leave(0, 2);
}
