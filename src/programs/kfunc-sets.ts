/** Which kernel functions each program type may call, by the sets for which Linux registers them. */
import type { KfuncRow } from "../helpers/kfuncs.ts";
import type { ProgramType } from "./types.ts";

const SKB_TYPES: ReadonlySet<ProgramType> = new Set<ProgramType>(["socket_filter", "sched_cls"]);
const GENERIC_TYPES: ReadonlySet<ProgramType> = new Set<ProgramType>(["sched_cls", "xdp", "tracepoint", "perf_event"]);

/**
 * Whether programs of the type may call the function.
 *
 * @example kfuncAllowed(kfuncByName("bpf_dynptr_from_xdp")!, "socket_filter") // false
 */
export function kfuncAllowed({ set }: KfuncRow, type: ProgramType): boolean {
  switch (set) {
    case "common":
      return true;
    case "generic":
      return GENERIC_TYPES.has(type);
    case "skb":
      return SKB_TYPES.has(type);
    case "xdp":
      return type === "xdp";
  }
}
