import type { Cgroup } from "../cgroups.ts";
import type { Cpu } from "../cpu.ts";
import type { Task } from "../task.ts";
import { WaitQueue } from "../wait-queue.ts";
import { type Ip, isAny } from "./address.ts";
import type { Destination, NetNamespace } from "./namespace.ts";
import type { RemoteConnection } from "./outside.ts";
import type { ReuseportGroup } from "./reuseport.ts";
import type { Skb } from "./skb.ts";
import type { Psock } from "./sockmap.ts";
import type { CongestionControl } from "./tcp/congestion.ts";

/** States of a socket, `enum` in Linux's tcp_states.h. */
export const TCP = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT1: 4,
  FIN_WAIT2: 5,
  TIME_WAIT: 6,
  CLOSE: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
  CLOSING: 11,
  NEW_SYN_RECV: 12,
} as const;

export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;

/** A program that looks at what a socket receives, and may cut it; false: it is dropped. */
export type SocketFilter = (t: Task, skb: Skb, sk: Sock) => boolean;

/** `struct sock`: one end of a connection, or of datagrams. */
export class Sock {
  readonly netns: NetNamespace;
  readonly family: number;
  readonly type: number;
  readonly proto: number;
  readonly cookie: number;
  state: number = TCP.CLOSE;
  saddr: Ip;
  daddr: Ip;
  sport = 0;
  dport = 0;
  /** Closed by its owner: nobody will read. */
  dead = false;
  /** Reading is over: the other side has sent all, or `shutdown` was called. */
  readShutdown = false;
  writeShutdown = false;
  /** What the next call returns, negative; 0: nothing wrong. */
  error = 0;
  nonblocking = false;
  /** Somebody waits for room to write. */
  wantsRoom = false;
  filter: SocketFilter | undefined;
  /** `SO_LOCK_FILTER`: the filter stays what it is. */
  filterLocked = false;
  /** Programs of the map of sockets that it is in. */
  psock: Psock | undefined;
  /** Packets that came, and bytes in them that nobody has read. */
  readonly received: Skb[] = [];
  available = 0;
  /** Bytes of the first packet that were read. */
  consumed = 0;
  readonly waiters = new WaitQueue();
  /** Called when it becomes readable or writable, for epoll. */
  poll: (() => void) | undefined;
  /** The CPU that serves its packets and timers. */
  cpu: Cpu | undefined;
  bytesSent = 0;
  bytesReceived = 0;
  uid = 0;
  /** Whose it is: the cgroup of the task that made it, or of the listener that it came from. */
  cgroup: Cgroup | undefined;
  /** `SO_MARK`, `SO_PRIORITY`, and the number of the device that it is bound to. */
  mark = 0;
  priority = 0;
  device = 0;
  /** `SO_REUSEADDR` and `SO_REUSEPORT`; options that nothing looks at, by level and name. */
  reuseAddress = false;
  reusePort = false;
  readonly options = new Map<number, number>();
  /** Who shares its port, once it has one. */
  reuseport: ReuseportGroup | undefined;
  /** The next of the same hash. */
  next: Established | undefined;

  constructor(
    netns: NetNamespace,
    { family, type, proto, cookie }: Pick<Sock, "family" | "type" | "proto" | "cookie">,
  ) {
    this.netns = netns;
    this.family = family;
    this.type = type;
    this.proto = proto;
    this.cookie = cookie;
    this.saddr = family === 10 ? "::" : 0;
    this.daddr = this.saddr;
  }

  /** Whether a packet to `ip` is for a socket that is bound like this one. */
  boundTo(ip: Ip): boolean {
    return this.saddr === ip || (isAny(this.saddr) && (this.saddr === "::" || typeof ip === "number"));
  }
}

/** Half of a handshake: somebody has asked, and was answered. */
export class RequestSock {
  readonly listener: Listener;
  readonly saddr: Ip;
  readonly daddr: Ip;
  readonly sport: number;
  readonly dport: number;
  /** Initial sequence numbers: ours, theirs. */
  readonly isn: number;
  readonly irs: number;
  readonly mss: number;
  readonly wscale: number;
  readonly window: number;
  retries = 0;
  deadline: number;
  bucket: unknown = undefined;
  place = 0;
  done = false;
  next: Established | undefined;

  /** What `skb`, a SYN, has asked for; it is asked again at `deadline`. */
  constructor(listener: Listener, skb: Skb, isn: number, deadline: number) {
    this.listener = listener;
    this.saddr = skb.daddr;
    this.daddr = skb.saddr;
    this.sport = skb.dport;
    this.dport = skb.sport;
    this.isn = isn;
    this.irs = skb.seq;
    this.mss = skb.mss;
    this.wscale = skb.wscale;
    this.window = skb.window;
    this.deadline = deadline;
    this.next = undefined;
  }
}

/** A connection's last trace: it answers stray packets. */
export class TimeWaitSock {
  readonly saddr: Ip;
  readonly daddr: Ip;
  readonly sport: number;
  readonly dport: number;
  readonly sndNxt: number;
  rcvNxt: number;
  /** `FIN_WAIT2` until the other side has closed, too. */
  substate: number;
  /** Virtual nanoseconds at which it is forgotten. */
  readonly until: number;
  /** It is in no table any more. */
  gone = false;
  next: Established | undefined;

  constructor(sk: TcpSock, substate: number, until: number) {
    this.saddr = sk.saddr;
    this.daddr = sk.daddr;
    this.sport = sk.sport;
    this.dport = sk.dport;
    this.sndNxt = sk.sndNxt;
    this.rcvNxt = sk.rcvNxt;
    this.substate = substate;
    this.until = until;
    this.next = undefined;
  }
}

/** Whoever answers to a pair of addresses and ports: all three lie in one table, as on Linux (`inet_ehash`). */
export type Established = Sock | RequestSock | TimeWaitSock;

/** What a listening socket has more. */
export class Listener {
  readonly sk: TcpSock;
  /** Connections that nobody has accepted, beyond which ... */
  backlog: number;
  readonly ready: TcpSock[] = [];
  /** Handshakes under way. */
  requests = 0;
  /** Packets that found no room, `ListenOverflows`. */
  overflows = 0;

  constructor(sk: TcpSock, backlog: number) {
    this.sk = sk;
    this.backlog = backlog;
  }

  get full(): boolean {
    return this.ready.length > this.backlog;
  }
}

/** A piece of a stream that was written and not yet acknowledged. */
export interface Sent {
  seq: number;
  length: number;
  data: Uint8Array | undefined;
  /** SYN or FIN, which take a number of their own. */
  readonly flag: number;
  at: number;
  retransmitted: boolean;
}

/** Bytes to be sent. */
export interface Unsent {
  length: number;
  data: Uint8Array | undefined;
}

/** `struct tcp_sock`. Numbers of bytes are counted modulo 2^32, as on the wire. */
export class TcpSock extends Sock {
  listener: Listener | undefined;
  /** Came from this listener. */
  parent: Listener | undefined;
  // What is sent.
  sndUna = 0;
  sndNxt = 0;
  sndWnd = 0;
  sndWscale = 0;
  mss = 536;
  readonly inFlight: Sent[] = [];
  readonly unsent: Unsent[] = [];
  unsentBytes = 0;
  finQueued = false;
  /** Who decides on the two numbers below, which are in segments. */
  congestion: CongestionControl = this.netns.congestion.initial;
  cwnd = 10;
  ssthresh = 0x7fff_ffff;
  dupAcks = 0;
  recover = 0;
  inRecovery = false;
  // Retransmission (RFC 6298), nanoseconds.
  srtt = 0;
  rttvar = 0;
  rto = 1_000_000_000;
  retries = 0;
  rtoAt = Number.POSITIVE_INFINITY;
  totalRetrans = 0;
  /** `BPF_SOCK_OPS_*_CB_FLAG`: which events programs want to hear of. */
  callbacks = 0;
  segsOut = 0;
  segsIn = 0;
  bytesAcked = 0;
  // What is received.
  rcvNxt = 0;
  rcvWup = 0;
  rcvBuf = 131_072;
  rcvWscale = 0;
  irs = 0;
  isn = 0;
  readonly outOfOrder: Skb[] = [];
  outOfOrderBytes = 0;
  finReceived = false;
  /** Acknowledgements at once instead of together with an answer. */
  quick = 16;
  pingpong = false;
  ackPending = false;
  delackAt = Number.POSITIVE_INFINITY;
  /** A system call works on it: packets that come meanwhile wait. */
  locked = false;
  readonly backlog: Skb[] = [];
  /** Its end was told. */
  destroyed = false;
  /** A machine's timer wheel: when to look at this socket, and where it waits in the wheel. */
  deadline = Number.POSITIVE_INFINITY;
  bucket: unknown = undefined;
  place = 0;
  /** Who has it, where that is somebody outside of the machine. */
  remote: RemoteConnection | undefined;
  /** The way to the other side, as long as nothing about routes has changed. */
  dst: Destination | undefined;

  /** Whether everything that was written has arrived. */
  get allAcked(): boolean {
    return this.inFlight.length === 0 && this.unsentBytes === 0;
  }

  /** Bytes in the send queue. */
  get queuedBytes(): number {
    return this.unsentBytes + ((this.sndNxt - this.sndUna) >>> 0);
  }

  /** What it would take: the room in its receive buffer. */
  get receiveWindow(): number {
    return Math.max(0, this.rcvBuf - this.available - this.outOfOrderBytes);
  }
}

/** Whether `a` comes before `b`, modulo 2^32. */
export const before = (a: number, b: number): boolean => ((a - b) | 0) < 0;
