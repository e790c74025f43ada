/** Sockets of maps: programs decide what becomes of the data that they receive and send, and send it on to other sockets. */
import { DIRECT_MAP_HIGH } from "../../memory/memory.ts";
import { ObjectView, SK_BUFF } from "../../memory/objects.ts";
import { SK_MSG_CONTEXT } from "../../programs/socket-contexts.ts";
import { ERRNO } from "../errno.ts";
import type { Task } from "../task.ts";
import { ipBytes } from "./address.ts";
import { writeAddresses } from "./cgroup-hooks.ts";
import type { Skb } from "./skb.ts";
import { type Sock, TcpSock } from "./sock.ts";
import { write } from "./tcp/output.ts";

/** `SK_DROP`, `SK_PASS`. */
const PASS = 1;
const INGRESS = 1;

/** A program at a map of sockets. */
export interface SocketMapProgram {
  readonly id: number;
  readonly run: (context: number) => number;
}

/** What programs a socket got with the map that it was put into: `struct sk_psock`. */
export interface Psock {
  parser?: SocketMapProgram;
  verdict?: SocketMapProgram;
  message?: SocketMapProgram;
  /** Received bytes that are no whole message yet. */
  pending: Uint8Array;
}

/** Where a program has sent data. */
export interface SocketRedirect {
  readonly to: TcpSock;
  readonly flags: number;
}

/** The payload of a packet; bytes that nobody knows are zeros. */
function payload(skb: Skb): Uint8Array {
  const bytes = new Uint8Array(skb.length);
  if (skb.data !== undefined) bytes.set(skb.data.subarray(0, skb.length));
  return bytes;
}

/** `sk_psock_verdict_data_ready`: takes what has arrived out of the receive queue, and lets the verdict's program say where it goes. */
export function verdictReady(t: Task, sk: TcpSock, psock: Psock): void {
  const { network } = t.linux;
  const { verdict, parser } = psock;
  if (verdict === undefined) return;
  const fresh = sk.received.filter((skb) => !skb.judged);
  if (fresh.length === 0) return;
  const kept = sk.received.filter((skb) => skb.judged);
  const parts = [psock.pending, ...fresh.map(payload)];
  sk.received.splice(0, sk.received.length, ...kept);
  for (const skb of fresh) {
    sk.available -= skb.length;
    network.consume(t, skb);
  }
  psock.pending = joined(parts);
  while (psock.pending.length > 0) {
    const length = parser === undefined ? psock.pending.length : run(t, sk, psock.pending, parser).result | 0;
    // 0: not to be told yet; more than there is: the rest comes later. Below: the stream is broken.
    if (length === 0 || length > psock.pending.length) return;
    if (length < 0) {
      psock.pending = new Uint8Array();
      sk.error = length;
      return;
    }
    const message = psock.pending.slice(0, length);
    psock.pending = psock.pending.slice(length);
    const { result, redirect } = run(t, sk, message, verdict);
    if (result !== PASS) continue;
    if (redirect === undefined) deliver(t, sk, message);
    else send(t, redirect, message);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Bytes that the socket's owner can read. */
function deliver(t: Task, sk: TcpSock, bytes: Uint8Array): void {
  const { network } = t.linux;
  const skb = network.make();
  skb.length = bytes.length;
  skb.data = bytes;
  skb.judged = true;
  sk.received.push(skb);
  sk.available += bytes.length;
  network.wakeReaders(t, sk);
}

function send(t: Task, { to, flags }: SocketRedirect, bytes: Uint8Array): void {
  const { tcp } = t.linux.network;
  if (flags & INGRESS) deliver(t, to, bytes);
  else tcp.run(t, () => write(tcp, to, bytes.length, bytes));
}

/** Runs a program of type `sk_skb` on received bytes. */
function run(t: Task, sk: TcpSock, bytes: Uint8Array, program: SocketMapProgram) {
  const { memory, network } = t.linux;
  const size = Math.ceil((bytes.length + 8) / 8) * 8;
  const [head, at] = [memory.allocate(size), memory.allocate(SK_BUFF.size)];
  memory.u8.fill(0, at, at + SK_BUFF.size);
  memory.u8.set(bytes, head);
  const view = new ObjectView(memory, SK_BUFF);
  view.point(at, "head", head);
  view.point(at, "data", head);
  view.point(at, "data_meta", head);
  view.point(at, "data_end", head + bytes.length);
  view.point(at, "end", head + size);
  view.set(at, "len", bytes.length);
  view.point(at, "sk", network.sockets.view(sk));
  writeAddresses(view, at, sk, (offset, address) => memory.u8.set(address, offset));
  try {
    return network.sockets.judge(t, sk, () => program.run(at));
  } finally {
    memory.free(head, size);
    memory.free(at, SK_BUFF.size);
  }
}

const MESSAGE = new Map(SK_MSG_CONTEXT.fields.map(({ name, offset }) => [name, offset]));
const MESSAGE_SIZE = Math.ceil(SK_MSG_CONTEXT.size / 8) * 8;

/**
 * `tcp_bpf_sendmsg`: the program says what becomes of bytes that are about to be sent. Undefined: they go their way; else the bytes that
 * are taken, or -EACCES.
 */
export function messageVerdict(t: Task, sk: TcpSock, bytes: Uint8Array, program: SocketMapProgram): number | undefined {
  const { memory, network } = t.linux;
  const size = Math.ceil((bytes.length + 8) / 8) * 8;
  const [data, at] = [memory.allocate(size), memory.allocate(MESSAGE_SIZE)];
  memory.u8.fill(0, at, at + MESSAGE_SIZE);
  memory.u8.set(bytes, data);
  const word = (name: string, value: number) => memory.view.setUint32(at + MESSAGE.get(name)!, value, true);
  const point = (name: string, to: number) => {
    word(name, to);
    memory.view.setInt32(at + MESSAGE.get(name)! + 4, DIRECT_MAP_HIGH, true);
  };
  const version = typeof sk.saddr === "number" ? 4 : 6;
  const socket = network.sockets.view(sk);
  point("data", data);
  point("data_end", data + bytes.length);
  word("family", sk.family);
  memory.u8.set(ipBytes(sk.daddr), at + MESSAGE.get(`remote_ip${version}`)!);
  memory.u8.set(ipBytes(sk.saddr), at + MESSAGE.get(`local_ip${version}`)!);
  word("remote_port", ((((sk.dport & 0xff) << 8) | (sk.dport >> 8)) << 16) >>> 0);
  word("local_port", sk.sport);
  word("size", bytes.length);
  point("sk", socket);
  try {
    const { result, redirect } = network.sockets.judge(t, sk, () => program.run(at));
    // What a program has written is what is sent.
    bytes.set(memory.u8.subarray(data, data + bytes.length));
    if (result !== PASS) return -ERRNO.EACCES!;
    if (redirect === undefined) return undefined;
    send(t, redirect, bytes);
    return bytes.length;
  } finally {
    memory.free(data, size);
    memory.free(at, MESSAGE_SIZE);
  }
}

/** Whether a program of a connection's events may put its socket into a map: connections, also those about to be, and listeners. */
export const mayBeInMap = (sk: unknown): sk is TcpSock =>
  sk instanceof TcpSock && (sk.state === 1 || sk.state === 10 || sk.state === 2 || sk.state === 3);

/** Whether a user may (`sock_map_sk_state_allowed`): connections and listeners of TCP, all sockets of datagrams. */
export const userMayPut = (sk: Sock): boolean => !(sk instanceof TcpSock) || sk.state === 1 || sk.state === 10;
