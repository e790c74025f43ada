/** What is known of a kernel function beside its signature. */

/**
 * What Linux registers with a function, without `KF_`.
 *
 * - `acquire`, `release`: hands out a reference, takes one back
 * - `ret_null`: may return NULL
 * - `trusted_args`, `rcu`: pointers must be surely valid; or at least protected by RCU
 * - `sleepable`: only in programs that may sleep
 * - `iter_new`, `iter_next`, `iter_destroy`: the three functions of an iterator on the stack
 * - `rcu_protected`: only within an RCU section
 */
export type KfuncFlag =
  | "acquire"
  | "release"
  | "ret_null"
  | "trusted_args"
  | "rcu"
  | "sleepable"
  | "iter_new"
  | "iter_next"
  | "iter_destroy"
  | "rcu_protected";

/** Sets of functions that Linux registers for families of program types. */
export type KfuncSet =
  | "common"
  | "objects"
  | "masks"
  | "skb"
  | "tc"
  | "tcp_requests"
  | "xdp"
  | "packets"
  | "connections"
  | "cgroup"
  | "statistics"
  | "crypto_contexts"
  | "sockets_of_iterators"
  | "sessions"
  | "files"
  | "congestion"
  | "tests"
  | "attach_only";

/** One kernel function. */
export interface KfuncRow {
  readonly name: string;
  readonly set: KfuncSet;
  readonly flags: ReadonlySet<KfuncFlag>;
  /** One line: what it does. */
  readonly doc: string;
}

/** Rows of one set, from names without a leading `bpf_`, flags with blanks between them, and what the functions do. */
export function kfuncRows(
  set: KfuncSet,
  list: readonly (readonly [name: string, flags: string, doc: string])[],
): KfuncRow[] {
  return list.map(([name, flags, doc]) => ({
    name: /^(__bpf_|css_|tcp_|cubictcp_|bbr_)/.test(name) ? name : `bpf_${name}`,
    set,
    flags: new Set((flags === "" ? [] : flags.split(" ")) as KfuncFlag[]),
    doc,
  }));
}
