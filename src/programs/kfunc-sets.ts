/** Which kernel functions each program type may call, by the sets for which Linux registers them. */
import type { KfuncRow, KfuncSet } from "../helpers/kfuncs.ts";
import type { AttachType } from "./attach-types.ts";
import type { ProgramType } from "./types.ts";

/** Linux registers functions for all types of a family at once. */
const TRACING: readonly ProgramType[] = ["tracing", "lsm", "tracepoint", "perf_event"];
const CGROUP: readonly ProgramType[] = [
  "cgroup_skb",
  "cgroup_sock",
  "cgroup_device",
  "cgroup_sock_addr",
  "cgroup_sysctl",
  "cgroup_sockopt",
  "sock_ops",
];
const LWT: readonly ProgramType[] = ["lwt_in", "lwt_out", "lwt_xmit", "lwt_seg6local"];

/** Types that may call the functions of a set; all, where a set is missing. */
const TYPES: Readonly<Partial<Record<KfuncSet, ReadonlySet<ProgramType>>>> = {
  objects: new Set<ProgramType>([...TRACING, ...CGROUP, "sched_cls", "xdp", "struct_ops", "syscall"]),
  masks: new Set<ProgramType>([...TRACING, "struct_ops", "syscall"]),
  // Those that see a socket buffer, and for Linux's own tests tracing.
  skb: new Set<ProgramType>([
    ...TRACING,
    ...CGROUP,
    ...LWT,
    "socket_filter",
    "sched_cls",
    "sched_act",
    "sk_skb",
    "netfilter",
  ]),
  tc: new Set<ProgramType>(["sched_cls", "sched_act"]),
  tcp_requests: new Set<ProgramType>(["sched_cls"]),
  xdp: new Set<ProgramType>(["xdp"]),
  packets: new Set<ProgramType>(["sched_cls", "sched_act", "xdp"]),
  connections: new Set<ProgramType>(["sched_cls", "xdp"]),
  cgroup: new Set<ProgramType>(CGROUP),
  statistics: new Set<ProgramType>(TRACING),
  crypto_contexts: new Set<ProgramType>(["syscall"]),
  sockets_of_iterators: new Set<ProgramType>(["tracing"]),
  sessions: new Set<ProgramType>(["kprobe"]),
  files: new Set<ProgramType>(["lsm"]),
  congestion: new Set<ProgramType>(["struct_ops"]),
  attach_only: new Set(),
  tests: new Set<ProgramType>([...TRACING, "sched_cls", "syscall"]),
};

/** Where programs must be attached to call the functions of a set. */
const ATTACHED: Readonly<Partial<Record<KfuncSet, readonly AttachType[]>>> = {
  sockets_of_iterators: ["trace_iter"],
  sessions: ["trace_kprobe_session", "trace_uprobe_session"],
};

/**
 * Whether programs of the type that are attached so may call the function.
 *
 * @example kfuncAllowed(kfuncByName("bpf_dynptr_from_xdp")!, "socket_filter") // false
 */
export function kfuncAllowed({ set }: KfuncRow, type: ProgramType, attach?: AttachType): boolean {
  const types = TYPES[set];
  const places = ATTACHED[set];
  return (types === undefined || types.has(type)) && (places === undefined || (!!attach && places.includes(attach)));
}
