/** Options of sockets: what `setsockopt` and `getsockopt` know, for processes and for programs. */
import { ERRNO } from "../errno.ts";
import { type Sock, TcpSock } from "./sock.ts";

export const SOL_SOCKET = 1;
const IPPROTO_IP = 0;
const SOL_TCP = 6;
const SOL_IPV6 = 41;

/** One option that is a number. */
interface Option {
  readonly level: number;
  readonly name: number;
  /** Where it lies in the socket; without it the number is kept beside. */
  readonly get?: (sk: Sock) => number;
  /** 0 or -errno. Absent together with `get`: any number is kept. Absent alone: it cannot be set. */
  readonly set?: (sk: Sock, value: number) => number;
  readonly tcpOnly?: true;
  readonly initial?: number;
}

const INVALID = -ERRNO.EINVAL!;

/** Linux doubles what is asked for, for its own needs, and keeps to these. */
const LEAST_BUFFER = 2304;
const MOST_BUFFER = 212_992;
const USUAL_BUFFER = 212_992;

const OPTIONS: readonly Option[] = [
  {
    level: SOL_SOCKET,
    name: 2,
    get: (sk) => Number(sk.reuseAddress),
    set: (sk, value) => kept(() => (sk.reuseAddress = value !== 0)),
  },
  { level: SOL_SOCKET, name: 3, get: (sk) => sk.type },
  {
    level: SOL_SOCKET,
    name: 4,
    get: (sk) => {
      const { error } = sk;
      sk.error = 0;
      return -error;
    },
  },
  { level: SOL_SOCKET, name: 7, initial: 16_384 },
  {
    level: SOL_SOCKET,
    name: 8,
    get: (sk) => (sk instanceof TcpSock ? sk.rcvBuf : (sk.options.get(key(SOL_SOCKET, 8)) ?? USUAL_BUFFER)),
    set: (sk, value) => {
      const size = Math.max(LEAST_BUFFER, 2 * Math.min(value >>> 0, MOST_BUFFER));
      if (sk instanceof TcpSock) sk.rcvBuf = size;
      sk.options.set(key(SOL_SOCKET, 8), size);
      return 0;
    },
  },
  { level: SOL_SOCKET, name: 9, initial: 0 },
  { level: SOL_SOCKET, name: 12, get: (sk) => sk.priority, set: (sk, value) => kept(() => (sk.priority = value)) },
  {
    level: SOL_SOCKET,
    name: 15,
    get: (sk) => Number(sk.reusePort),
    set: (sk, value) => kept(() => (sk.reusePort = value !== 0)),
  },
  { level: SOL_SOCKET, name: 18, initial: 1 },
  { level: SOL_SOCKET, name: 30, get: (sk) => Number(sk instanceof TcpSock && sk.listener !== undefined) },
  { level: SOL_SOCKET, name: 36, get: (sk) => sk.mark, set: (sk, value) => kept(() => (sk.mark = value)) },
  { level: SOL_SOCKET, name: 38, get: (sk) => sk.proto },
  { level: SOL_SOCKET, name: 39, get: (sk) => sk.family },
  { level: SOL_SOCKET, name: 47, initial: -1 },
  { level: IPPROTO_IP, name: 1, initial: 0 },
  { level: SOL_IPV6, name: 67, initial: 0 },
  // TCP_NODELAY, TCP_MAXSEG, TCP_CORK, the keep-alives, TCP_SYNCNT, TCP_USER_TIMEOUT, TCP_NOTSENT_LOWAT.
  { level: SOL_TCP, name: 1, tcpOnly: true, initial: 0 },
  {
    level: SOL_TCP,
    name: 2,
    tcpOnly: true,
    get: (sk) => (sk as TcpSock).mss,
    set: (sk, value) => maxSegment(sk as TcpSock, value),
  },
  { level: SOL_TCP, name: 3, tcpOnly: true, initial: 0 },
  { level: SOL_TCP, name: 4, tcpOnly: true, initial: 7200 },
  { level: SOL_TCP, name: 5, tcpOnly: true, initial: 75 },
  { level: SOL_TCP, name: 6, tcpOnly: true, initial: 9 },
  { level: SOL_TCP, name: 7, tcpOnly: true, initial: 6 },
  { level: SOL_TCP, name: 18, tcpOnly: true, initial: 0 },
  { level: SOL_TCP, name: 25, tcpOnly: true, initial: 0 },
];

/** What only programs may set: the initial window, its most, events of the connection that they want. */
const PROGRAM_OPTIONS: readonly Option[] = [
  {
    level: SOL_TCP,
    name: 1001,
    tcpOnly: true,
    set: (sk, value) => {
      if (value <= 0 || (sk as TcpSock).bytesSent > 0) return INVALID;
      (sk as TcpSock).cwnd = value;
      return 0;
    },
  },
  { level: SOL_TCP, name: 1002, tcpOnly: true, initial: 0 },
  {
    level: SOL_TCP,
    name: 1008,
    tcpOnly: true,
    get: (sk) => (sk as TcpSock).callbacks,
    set: (sk, value) => {
      if (value & ~0x7f) return INVALID;
      (sk as TcpSock).callbacks = value;
      return 0;
    },
  },
];

const TCP_CONGESTION = 13;

const key = (level: number, name: number): number => level * 65_536 + name;

function kept(set: () => void): number {
  set();
  return 0;
}

function chooseCongestion(sk: TcpSock, name: string): number {
  const found = sk.netns.congestion.find(name);
  if (found === undefined) return -ERRNO.ENOENT!;
  sk.congestion = found;
  return 0;
}

function maxSegment(sk: TcpSock, value: number): number {
  if (value !== 0 && (value < 88 || value > 32_767)) return INVALID;
  if (value !== 0) sk.mss = Math.min(sk.mss, value);
  return 0;
}

function find(sk: Sock, level: number, name: number, from: "process" | "program"): Option | undefined {
  const all = from === "program" ? [...OPTIONS, ...PROGRAM_OPTIONS] : OPTIONS;
  const option = all.find((one) => one.level === level && one.name === name);
  return option?.tcpOnly && !(sk instanceof TcpSock) ? undefined : option;
}

const unknown = (from: "process" | "program"): number => (from === "program" ? INVALID : -ERRNO.ENOPROTOOPT!);

/** `setsockopt`: 0 or -errno (ENOPROTOOPT, for programs EINVAL, for what there is not). */
export function setOption(
  sk: Sock,
  level: number,
  name: number,
  value: Uint8Array,
  from: "process" | "program",
): number {
  if (level === SOL_TCP && name === TCP_CONGESTION && sk instanceof TcpSock) return chooseCongestion(sk, textOf(value));
  const option = find(sk, level, name, from);
  if (option === undefined) return unknown(from);
  if (value.length < 4) return INVALID;
  const number = new DataView(value.buffer, value.byteOffset).getInt32(0, true);
  if (option.set !== undefined) return option.set(sk, number);
  if (option.get !== undefined) return unknown(from);
  sk.options.set(key(level, name), number);
  return 0;
}

/** `getsockopt`: fills `value` with as much as there is; how many bytes, or -errno. */
export function getOption(
  sk: Sock,
  level: number,
  name: number,
  value: Uint8Array,
  from: "process" | "program",
): number {
  if (level === SOL_TCP && name === TCP_CONGESTION && sk instanceof TcpSock) {
    if (value.length < 2) return INVALID;
    value.set(new TextEncoder().encode(sk.congestion.name).subarray(0, value.length - 1));
    return Math.min(16, value.length);
  }
  const option = find(sk, level, name, from);
  if (option === undefined) return unknown(from);
  if (from === "program" && value.length !== 4) return INVALID;
  const number = option.get?.(sk) ?? sk.options.get(key(level, name)) ?? option.initial ?? 0;
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, number, true);
  value.set(bytes.subarray(0, Math.min(4, value.length)));
  return Math.min(4, value.length);
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).replace(/\0.*$/s, "");
