/** Who may load programs and make maps: what bpf(2) asks before it looks at either. */
import { ArgumentError, isObject } from "../../isa/argument.ts";
import type { MapSpec, MapType } from "../../maps/spec.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import type { ProgramType } from "../../programs/types.ts";

/** Capabilities that bpf(2) asks for. CAP_SYS_ADMIN stands for each of the others. */
export const BPF_CAPABILITIES = ["CAP_BPF", "CAP_PERFMON", "CAP_NET_ADMIN", "CAP_SYS_ADMIN"] as const;
export type BpfCapability = (typeof BPF_CAPABILITIES)[number];

/** The user who loads. */
export interface BpfUser {
  readonly capabilities: readonly BpfCapability[];
}

/** `EPERM` of bpf(2), and which capability is missing. */
export class BpfPermissionError extends Error {
  readonly code = "EPERM";
  readonly missing: BpfCapability;

  constructor(what: string, missing: BpfCapability, why: string) {
    super(`${what}: operation not permitted (EPERM). ${why}: it takes ${missing}, or CAP_SYS_ADMIN.`);
    this.name = "BpfPermissionError";
    this.missing = missing;
  }
}

/** Types that change the way of packets. */
const NETWORK: ReadonlySet<ProgramType> = new Set<ProgramType>([
  ...(["sched_cls", "sched_act", "xdp", "lwt_in", "lwt_out", "lwt_xmit", "lwt_seg6local", "sk_skb", "sk_msg"] as const),
  ...(["flow_dissector", "cgroup_device", "cgroup_sock", "cgroup_sock_addr", "cgroup_sockopt"] as const),
  ...(["cgroup_sysctl", "sock_ops", "ext", "netfilter"] as const),
]);

/** Types that see what Linux does. */
const OBSERVING: ReadonlySet<ProgramType> = new Set<ProgramType>([
  ...(["kprobe", "tracepoint", "perf_event", "raw_tracepoint", "raw_tracepoint_writable", "tracing", "lsm"] as const),
  ...(["struct_ops", "ext"] as const),
]);

const NETWORK_MAPS: ReadonlySet<MapType> = new Set<MapType>(["sockmap", "sockhash", "devmap", "devmap_hash", "xskmap"]);

function has({ capabilities }: BpfUser, wanted: BpfCapability): boolean {
  return capabilities.includes(wanted) || capabilities.includes("CAP_SYS_ADMIN");
}

/** The user may see what Linux does, its addresses included; the verifier asks more of others. */
export const seesAll = (user: BpfUser): boolean => has(user, "CAP_PERFMON");

function requireUser(user: BpfUser): void {
  const known = BPF_CAPABILITIES as readonly string[];
  const list = isObject(user) ? user.capabilities : undefined;
  if (!Array.isArray(list) || !list.every((name) => known.includes(name)))
    throw new ArgumentError("as of load", `{ capabilities: [...] } with some of ${known.join(", ")}`, user);
}

/**
 * Throws {@link BpfPermissionError} where Linux answers EPERM to `BPF_PROG_LOAD`. The machine's `kernel.unprivileged_bpf_disabled` is 2, as
 * distributions have it, so nothing goes without CAP_BPF.
 *
 * @example requireProgramPermission({ capabilities: ["CAP_BPF", "CAP_NET_ADMIN"] }, spec) // an XDP program needs both
 */
export function requireProgramPermission(user: BpfUser, { type, name }: ProgramSpec): void {
  requireUser(user);
  const what = `program ${name}`;
  if (!has(user, "CAP_BPF"))
    throw new BpfPermissionError(
      what,
      "CAP_BPF",
      "kernel.unprivileged_bpf_disabled is 2, so not everybody may load programs",
    );
  if (NETWORK.has(type as ProgramType) && !has(user, "CAP_NET_ADMIN"))
    throw new BpfPermissionError(
      what,
      "CAP_NET_ADMIN",
      `Programs of type ${type} decide on packets, sockets or cgroups`,
    );
  if (OBSERVING.has(type as ProgramType) && !has(user, "CAP_PERFMON"))
    throw new BpfPermissionError(what, "CAP_PERFMON", `Programs of type ${type} see what all of Linux does`);
}

/** The same for `BPF_MAP_CREATE`. */
export function requireMapPermission(user: BpfUser, { type, name }: MapSpec): void {
  requireUser(user);
  const what = `map ${name}`;
  if (!has(user, "CAP_BPF"))
    throw new BpfPermissionError(
      what,
      "CAP_BPF",
      "kernel.unprivileged_bpf_disabled is 2, so not everybody may make maps",
    );
  if (NETWORK_MAPS.has(type) && !has(user, "CAP_NET_ADMIN"))
    throw new BpfPermissionError(what, "CAP_NET_ADMIN", `Maps of type ${type} hold devices or sockets`);
}
