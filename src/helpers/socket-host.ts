/** Which socket a lookup asks for. Addresses are as a packet of the other side has them. */
export interface SocketQuestion {
  readonly protocol: "tcp" | "udp";
  /** `struct bpf_sock_tuple`: 12 bytes for IPv4, 36 for IPv6: source, target, source port, target port, as on the wire. */
  readonly tuple: Uint8Array;
  /** The low half is the id of a namespace; -1: the program's own. */
  readonly netns: number;
  /** Sockets that are none yet or no more (a handshake, TIME-WAIT) count, too. */
  readonly small: boolean;
}

/** What a sysctl's program is told. */
export interface SysctlAccess {
  /** Below `/proc/sys`: `net/core/somaxconn`. */
  readonly name: string;
  readonly current: string;
  /** What a writer wants to write; undefined for readers. The program may change it. */
  written: string | undefined;
}

/**
 * Sockets and cgroups as helpers of programs see them. An object is an offset: of a context, then it means the context's
 * socket, or of a socket. Results that are sockets are offsets of `struct bpf_sock`, 0 for none.
 */
export interface SocketHost {
  /** What the system call returns that the program decides on: 0 or -errno. */
  retval: number;
  cookie(object: number): number;
  /** The owner; 65534 (overflow) where there is no socket. */
  uid(object: number): number;
  netnsCookie(object: number): number;
  find(question: SocketQuestion): number;
  /** Whether the object is a whole socket, and which. */
  full(object: number): number;
  /** Offset of `struct bpf_tcp_sock`; 0 if it is none. */
  tcp(object: number): number;
  listener(object: number): number;
  /** Offset of the socket as Linux's own struct, if it is of this kind. */
  cast(object: number, struct: string): number;
  /** Ids of the socket's cgroup and those above it, the root first; empty where there is no socket. */
  cgroups(object: number): readonly number[];
  /** `setsockopt` and `getsockopt`: the value's bytes; 0 or -errno. */
  setOption(object: number, level: number, name: number, value: Uint8Array): number;
  getOption(object: number, level: number, name: number, value: Uint8Array): number;
  /** `bpf_bind`: gives the socket of the context a source address; `address` is a `struct sockaddr_in` or `sockaddr_in6`. */
  bind(address: Uint8Array): number;
  /** The cgroup that the running program is attached to, and what it is attached as; undefined where it is to none. */
  readonly attached: { readonly cgroup: number; readonly attachType: number } | undefined;
  readonly sysctl: SysctlAccess | undefined;
  /** The data that the program decides on goes to the socket of this cookie; false where it cannot. */
  redirect(cookie: number, flags: number): boolean;
  /** A user puts a socket into a map: 0 or -errno. */
  enter(map: number, cookie: number): number;
  /** The cookie of the context's socket, which belongs to the map with this index from now on; 0 where none may. */
  join(map: number): number;
  /** Which events of the connection are wanted: the flags that there are none of, or -EINVAL. */
  callbacks(flags: number): number;
  /** `bpf_sk_assign`: the packet goes to this socket, or to none in particular (0). */
  assign(socket: number, flags: number, lookup: boolean): number;
  /** `bpf_sk_select_reuseport`: the packet goes to the socket of a cookie; 0 or -errno. `array`: it is in a reuseport array. */
  selectByCookie(cookie: number, array: boolean): number;
  /** The cookie of the socket that `assign` was given since this was asked last; 0 for none. */
  takeAssigned(): number;
}
