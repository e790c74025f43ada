/** Which kernel functions each program type may call, by the sets for which Linux registers them. */
import type { KfuncRow } from "../helpers/kfuncs.ts";
import type { ProgramType } from "./types.ts";

/** Types for which Linux registers what works on socket buffers: those that see one, and for its own tests tracing. */
const SKB_TYPES: ReadonlySet<ProgramType> = new Set<ProgramType>([
  "socket_filter",
  "sched_cls",
  "sched_act",
  "tracepoint",
  "perf_event",
  "tracing",
  "lsm",
  "cgroup_skb",
  "cgroup_sock",
  "cgroup_device",
  "cgroup_sock_addr",
  "cgroup_sysctl",
  "cgroup_sockopt",
  "sock_ops",
  "sk_skb",
  "lwt_in",
  "lwt_out",
  "lwt_xmit",
  "lwt_seg6local",
  "netfilter",
]);

/** Types for which Linux registers what works on tasks and cgroups. */
const OBJECT_TYPES: ReadonlySet<ProgramType> = new Set<ProgramType>([
  "tracing",
  "sched_cls",
  "xdp",
  "struct_ops",
  "syscall",
  "cgroup_skb",
  "cgroup_sock",
  "cgroup_device",
  "cgroup_sock_addr",
  "cgroup_sysctl",
  "cgroup_sockopt",
  "sock_ops",
  "lsm",
  "tracepoint",
  "perf_event",
]);

/**
 * Whether programs of the type may call the function.
 *
 * @example kfuncAllowed(kfuncByName("bpf_dynptr_from_xdp")!, "socket_filter") // false
 */
export function kfuncAllowed({ set }: KfuncRow, type: ProgramType): boolean {
  switch (set) {
    case "common":
      return true;
    case "objects":
      return OBJECT_TYPES.has(type);
    case "skb":
      return SKB_TYPES.has(type);
    case "xdp":
      return type === "xdp";
  }
}
