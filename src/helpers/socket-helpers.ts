/** Sockets: who they are, how they are found, their options. */
import { ERRNO } from "../maps/errno.ts";
import type { Host } from "./host.ts";
import type { HelperImplementation } from "./row.ts";
import { u64Of } from "./u64.ts";

/** `sysctl fs.overflowuid`: what a user is called that there is none of. */
const OVERFLOW_UID = 65_534;

const INT_MAX = 0x7fff_ffff;

/** Sizes of `struct bpf_sock_tuple`. */
const TUPLES = [12, 36];

const lookup =
  (protocol: "tcp" | "udp", small: boolean) =>
  (host: Host) =>
  (_ctx: number, at: number, length: number, netns: number, netnsHigh: number, flags: number, flagsHigh: number) => {
    if (!TUPLES.includes(length!) || flags !== 0 || flagsHigh !== 0) return 0;
    // The lower half is a signed number: below 0 the program's own namespace.
    if (netns! >= 0 && (netnsHigh !== 0 || netns! > INT_MAX)) return 0;
    const tuple = host.memory.u8.slice(at, at! + length!);
    return host.sockets?.find({ protocol, tuple, netns: netns!, small }) ?? 0;
  };

const cast = (struct: string): HelperImplementation => ({
  name: `skc_to_${struct}`,
  passing: "pointer",
  implement: (host) => (object) => host.sockets?.cast(object!, struct) ?? 0,
});

export const SOCKET_HELPERS: readonly HelperImplementation[] = [
  {
    name: "get_socket_cookie",
    passing: "u64",
    implement: (host) => (object) => u64Of(host.memory, host.sockets?.cookie(object!) ?? 0),
  },
  {
    name: "get_socket_uid",
    passing: "i32",
    implement: (host) => (object) => host.sockets?.uid(object!) ?? OVERFLOW_UID,
  },
  {
    // Without a context: the namespace that the machine was started with.
    name: "get_netns_cookie",
    passing: "u64",
    implement: (host) => (object) => u64Of(host.memory, host.sockets?.netnsCookie(object!) ?? 1),
  },
  { name: "sk_lookup_tcp", passing: "pointer", implement: lookup("tcp", false) },
  { name: "sk_lookup_udp", passing: "pointer", implement: lookup("udp", false) },
  { name: "skc_lookup_tcp", passing: "pointer", implement: lookup("tcp", true) },
  // Sockets of the machine live as long as they are used: nothing is counted.
  { name: "sk_release", passing: "i32", implement: () => () => 0 },
  { name: "sk_fullsock", passing: "pointer", implement: (host) => (object) => host.sockets?.full(object!) ?? 0 },
  { name: "tcp_sock", passing: "pointer", implement: (host) => (object) => host.sockets?.tcp(object!) ?? 0 },
  {
    name: "get_listener_sock",
    passing: "pointer",
    implement: (host) => (object) => host.sockets?.listener(object!) ?? 0,
  },
  ...["tcp6_sock", "tcp_sock", "tcp_timewait_sock", "tcp_request_sock", "udp6_sock", "unix_sock", "mptcp_sock"].map(
    cast,
  ),
  {
    name: "setsockopt",
    passing: "i32",
    implement: (host) => (object, level, _levelHigh, name, _nameHigh, at, size) =>
      host.sockets?.setOption(object!, level!, name!, host.memory.u8.slice(at, at! + size!)) ?? -ERRNO.EINVAL,
  },
  {
    name: "getsockopt",
    passing: "i32",
    implement: (host) => (object, level, _levelHigh, name, _nameHigh, at, size) => {
      const value = new Uint8Array(size!);
      const result = host.sockets?.getOption(object!, level!, name!, value) ?? -ERRNO.EINVAL;
      // Where there is no value the buffer is zeros.
      host.memory.u8.set(value, at);
      return result;
    },
  },
  {
    name: "bind",
    passing: "i32",
    implement: (host) => (_ctx, at, size) => host.sockets?.bind(host.memory.u8.slice(at, at! + size!)) ?? -ERRNO.EINVAL,
  },
];
