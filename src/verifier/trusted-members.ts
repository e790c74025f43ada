/**
 * Members of Linux's structures that are as good as the structure itself: Linux 6.18 declares them with structures named
 * `task_struct__safe_rcu` and so on, which are not in every BTF.
 *
 * - `rcu`, `rcu_or_null`: good within an RCU section (that may be NULL)
 * - `trusted`, `trusted_or_null`: as surely valid as the structure that holds them
 */
export type MemberTrust = "rcu" | "rcu_or_null" | "trusted" | "trusted_or_null";

const MEMBERS: Readonly<Record<string, Readonly<Record<string, MemberTrust>>>> = {
  task_struct: { cpus_ptr: "rcu", cgroups: "rcu", real_parent: "rcu", group_leader: "rcu" },
  cgroup: { kn: "rcu" },
  css_set: { dfl_cgrp: "rcu" },
  cgroup_subsys_state: { cgroup: "rcu" },
  mm_struct: { exe_file: "rcu_or_null" },
  sk_buff: { sk: "rcu_or_null" },
  request_sock: { sk: "rcu_or_null" },
  bpf_iter_meta: { seq: "trusted" },
  bpf_iter__task: { meta: "trusted", task: "trusted" },
  linux_binprm: { file: "trusted" },
  file: { f_inode: "trusted" },
  dentry: { d_inode: "trusted_or_null" },
  socket: { sk: "trusted_or_null" },
};

/**
 * How far a pointer in a member may be trusted; undefined: not at all.
 *
 * @example memberTrust("file", "f_inode") // "trusted"
 */
export const memberTrust = (struct: string, member: string): MemberTrust | undefined =>
  Object.hasOwn(MEMBERS, struct) && Object.hasOwn(MEMBERS[struct], member) ? MEMBERS[struct][member] : undefined;
