/** Programs of type `sock_ops`: what happens to a cgroup's TCP connections is told to them. */
import { DIRECT_MAP_HIGH } from "../../memory/memory.ts";
import { SOCK_OPS_CONTEXT } from "../../programs/socket-contexts.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { ipBytes } from "./address.ts";
import type { TcpSock } from "./sock.ts";

/** `BPF_SOCK_OPS_*`: what has happened. */
export const SOCK_OPS = {
  tcpConnect: 3,
  activeEstablished: 4,
  passiveEstablished: 5,
  rto: 8,
  retransmit: 9,
  state: 10,
  listen: 11,
} as const;

/** Which flag a connection must have for an event that is not told to everybody. */
const WANTED: Readonly<Record<number, number>> = { [SOCK_OPS.rto]: 1, [SOCK_OPS.retransmit]: 2, [SOCK_OPS.state]: 4 };

const OFFSETS = new Map(SOCK_OPS_CONTEXT.fields.map(({ name, offset }) => [name, offset]));
const SIZE = Math.ceil(SOCK_OPS_CONTEXT.size / 8) * 8;
const CGROUP_SOCK_OPS = 3;

const swap16 = (value: number): number => ((value & 0xff) << 8) | (value >> 8);

/** `tcp_call_bpf`: tells the programs of the connection's cgroup; what they reply, -1 where they say that they do not know. */
export function sockOps(t: Task, sk: TcpSock, op: number, ...args: number[]): number {
  const { cgroups, network, memory } = t.linux;
  if (!cgroups.use.any("cgroup_sock_ops")) return -1;
  const wanted = WANTED[op];
  if (wanted !== undefined && (sk.callbacks & wanted) === 0) return -1;
  const entries = (sk.cgroup ?? cgroups.root).programs.effective("cgroup_sock_ops");
  if (entries.length === 0) return -1;
  t.enter(F.__cgroup_bpf_run_filter_sock_ops, 60, sk, undefined, CGROUP_SOCK_OPS);
  const at = memory.allocate(SIZE);
  write(t, sk, at, op, args);
  const { error } = network.sockets.decide(t, "cgroup_sock_ops", entries, at, { sk });
  const reply = memory.view.getInt32(at + OFFSETS.get("reply")!, true);
  memory.free(at, SIZE);
  t.leave(error);
  return error === 0 ? reply : -1;
}

/** `struct bpf_sock_ops`. */
function write(t: Task, sk: TcpSock, at: number, op: number, args: readonly number[]): void {
  const { memory, network } = t.linux;
  const socket = network.sockets.view(sk);
  const put = (name: string, value: number) => memory.view.setUint32(at + OFFSETS.get(name)!, value, true);
  memory.u8.fill(0, at, at + SIZE);
  put("op", op);
  for (const [i, value] of args.entries()) memory.view.setUint32(at + OFFSETS.get("args")! + 4 * i, value, true);
  put("family", sk.family);
  const version = typeof sk.saddr === "number" ? 4 : 6;
  memory.u8.set(ipBytes(sk.daddr), at + OFFSETS.get(`remote_ip${version}`)!);
  memory.u8.set(ipBytes(sk.saddr), at + OFFSETS.get(`local_ip${version}`)!);
  // As on the wire, in the upper half of the word.
  put("remote_port", (swap16(sk.dport) << 16) >>> 0);
  put("local_port", sk.sport);
  put("is_fullsock", 1);
  put("bpf_sock_ops_cb_flags", sk.callbacks);
  put("state", sk.state);
  put("snd_cwnd", sk.cwnd);
  put("srtt_us", Math.round(sk.srtt / 125));
  put("snd_ssthresh", sk.ssthresh);
  put("rcv_nxt", sk.rcvNxt);
  put("snd_nxt", sk.sndNxt);
  put("snd_una", sk.sndUna);
  put("mss_cache", sk.mss);
  put("packets_out", sk.inFlight.length);
  put("total_retrans", sk.totalRetrans);
  put("segs_in", sk.segsIn);
  put("segs_out", sk.segsOut);
  put("bytes_received", sk.bytesReceived);
  put("bytes_acked", sk.bytesAcked);
  memory.view.setUint32(at + OFFSETS.get("sk")!, socket, true);
  memory.view.setInt32(at + OFFSETS.get("sk")! + 4, DIRECT_MAP_HIGH, true);
}
