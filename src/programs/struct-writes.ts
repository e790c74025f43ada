/** Members of Linux's structures that programs may write, by program type: all others may only be read. */
import type { ProgramType } from "./types.ts";

/** A structure and the members that may be written; a member's name may be a path, `icsk_inet.sk.sk_pacing_rate`. */
interface WritableStruct {
  readonly names: readonly string[];
  /** As messages have it. */
  readonly name: string;
  readonly members: readonly string[];
}

const CONNECTION: WritableStruct = { names: ["nf_conn", "nf_conn___init"], name: "nf_conn", members: ["mark"] };

const CONGESTION: WritableStruct = {
  names: ["tcp_sock"],
  name: "tcp_sock",
  members: [
    "inet_conn.icsk_inet.sk.sk_pacing_rate",
    "inet_conn.icsk_inet.sk.sk_pacing_status",
    "inet_conn.icsk_ca_priv",
    "inet_conn.icsk_ack.pending",
    "snd_cwnd",
    "snd_cwnd_cnt",
    "snd_cwnd_stamp",
    "snd_ssthresh",
    "ecn_flags",
    "app_limited",
  ],
};

/**
 * What programs of a type may write beside their own memory; undefined: nothing.
 *
 * @example WRITABLE_STRUCTS.xdp?.members // ["mark"]
 */
export const WRITABLE_STRUCTS: Readonly<Partial<Record<ProgramType, WritableStruct>>> = {
  sched_cls: CONNECTION,
  sched_act: CONNECTION,
  xdp: CONNECTION,
  struct_ops: CONGESTION,
};
