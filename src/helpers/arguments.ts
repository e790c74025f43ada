/**
 * What helpers expect of their arguments: Linux's `enum bpf_arg_type` with its flags. Each combination that some helper of
 * Linux 6.18 uses has a name of its own and one row here, which says what it is made of.
 */

/** `enum bpf_arg_type` without flags and without `ARG_`. */
export type ArgBase =
  | "anything"
  | "const_map_ptr"
  | "ptr_to_map_key"
  | "ptr_to_map_value"
  | "ptr_to_mem"
  | "const_size"
  | "const_size_or_zero"
  | "const_alloc_size_or_zero"
  | "ptr_to_ctx"
  | "ptr_to_spin_lock"
  | "ptr_to_timer"
  | "ptr_to_sock_common"
  | "ptr_to_socket"
  | "ptr_to_btf_id"
  | "ptr_to_btf_id_sock_common"
  | "ptr_to_percpu_btf_id"
  | "ptr_to_ringbuf_mem"
  | "ptr_to_func"
  | "ptr_to_stack"
  | "ptr_to_const_str"
  | "ptr_to_dynptr"
  | "kptr_xchg_dest";

/** What an argument type is made of. */
export interface ArgRow {
  readonly base: ArgBase;
  /** NULL may be passed (`PTR_MAYBE_NULL`). */
  readonly nullable?: true;
  /** The memory need not be set before: the helper sets it (`MEM_UNINIT`). */
  readonly uninit?: true;
  /** The helper writes the memory (`MEM_WRITE`). */
  readonly write?: true;
  /** The helper only reads the memory, so read-only memory will do (`MEM_RDONLY`). */
  readonly rdonly?: true;
  /** The call gives the object back (`OBJ_RELEASE`). */
  readonly release?: true;
  /** Bytes, where no size argument follows (`MEM_FIXED_SIZE`). */
  readonly size?: number;
  /** The memory must be aligned to its size (`MEM_ALIGNED`). */
  readonly aligned?: true;
  /** The kernel structure that the pointer must point to. */
  readonly struct?: string;
  /** The kind of dynptr, where only one will do. */
  readonly dynptr?: "local" | "ringbuf";
}

const ARG_TABLE = {
  anything: { base: "anything" },
  const_map_ptr: { base: "const_map_ptr" },
  ptr_to_map_key: { base: "ptr_to_map_key" },
  ptr_to_map_value: { base: "ptr_to_map_value" },
  ptr_to_map_value_or_null: { base: "ptr_to_map_value", nullable: true },
  ptr_to_uninit_map_value: { base: "ptr_to_map_value", uninit: true, write: true },
  ptr_to_mem: { base: "ptr_to_mem", write: true },
  ptr_to_mem_write_or_null: { base: "ptr_to_mem", nullable: true, write: true },
  ptr_to_mem_rdonly: { base: "ptr_to_mem", rdonly: true },
  ptr_to_mem_rdonly_or_null: { base: "ptr_to_mem", nullable: true, rdonly: true },
  ptr_to_uninit_mem: { base: "ptr_to_mem", uninit: true, write: true },
  ptr_to_u32: { base: "ptr_to_mem", size: 4, write: true, aligned: true },
  ptr_to_uninit_u64: { base: "ptr_to_mem", size: 8, uninit: true, write: true, aligned: true },
  ptr_to_iphdr: { base: "ptr_to_mem", size: 20, rdonly: true },
  ptr_to_ipv6hdr: { base: "ptr_to_mem", size: 40, rdonly: true },
  ptr_to_tcphdr: { base: "ptr_to_mem", size: 20, rdonly: true },
  const_size: { base: "const_size" },
  const_size_or_zero: { base: "const_size_or_zero" },
  const_alloc_size_or_zero: { base: "const_alloc_size_or_zero" },
  ptr_to_ctx: { base: "ptr_to_ctx" },
  ptr_to_ctx_or_null: { base: "ptr_to_ctx", nullable: true },
  ptr_to_spin_lock: { base: "ptr_to_spin_lock" },
  ptr_to_timer: { base: "ptr_to_timer" },
  ptr_to_sock_common: { base: "ptr_to_sock_common" },
  ptr_to_socket_or_null: { base: "ptr_to_socket", nullable: true },
  ptr_to_btf_id_sock_common: { base: "ptr_to_btf_id_sock_common" },
  ptr_to_btf_id_sock_common_or_null: { base: "ptr_to_btf_id_sock_common", nullable: true },
  ptr_to_btf_id_sock_common_release: { base: "ptr_to_btf_id_sock_common", release: true },
  ptr_to_btf_id_or_null_release: { base: "ptr_to_btf_id", nullable: true, release: true },
  ptr_to_task_struct: { base: "ptr_to_btf_id", struct: "task_struct" },
  ptr_to_task_struct_or_null: { base: "ptr_to_btf_id", struct: "task_struct", nullable: true },
  ptr_to_inode: { base: "ptr_to_btf_id", struct: "inode" },
  ptr_to_inode_or_null: { base: "ptr_to_btf_id", struct: "inode", nullable: true },
  ptr_to_cgroup_or_null: { base: "ptr_to_btf_id", struct: "cgroup", nullable: true },
  ptr_to_file: { base: "ptr_to_btf_id", struct: "file" },
  ptr_to_path: { base: "ptr_to_btf_id", struct: "path" },
  ptr_to_linux_binprm: { base: "ptr_to_btf_id", struct: "linux_binprm" },
  ptr_to_seq_file: { base: "ptr_to_btf_id", struct: "seq_file" },
  ptr_to_sk_buff: { base: "ptr_to_btf_id", struct: "sk_buff" },
  ptr_to_xdp_buff: { base: "ptr_to_btf_id", struct: "xdp_buff" },
  ptr_to_tcp_sock: { base: "ptr_to_btf_id", struct: "tcp_sock" },
  ptr_to_percpu_btf_id: { base: "ptr_to_percpu_btf_id" },
  ptr_to_ringbuf_mem_release: { base: "ptr_to_ringbuf_mem", release: true },
  ptr_to_func: { base: "ptr_to_func" },
  ptr_to_stack_or_null: { base: "ptr_to_stack", nullable: true },
  ptr_to_const_str: { base: "ptr_to_const_str" },
  ptr_to_dynptr: { base: "ptr_to_dynptr", rdonly: true },
  ptr_to_uninit_local_dynptr: { base: "ptr_to_dynptr", dynptr: "local", uninit: true, write: true },
  ptr_to_uninit_ringbuf_dynptr: { base: "ptr_to_dynptr", dynptr: "ringbuf", uninit: true, write: true },
  ptr_to_ringbuf_dynptr_release: { base: "ptr_to_dynptr", dynptr: "ringbuf", release: true },
  kptr_xchg_dest: { base: "kptr_xchg_dest" },
} as const satisfies Readonly<Record<string, ArgRow>>;

/** What a helper expects of one argument. */
export type ArgType = keyof typeof ARG_TABLE;

/**
 * What each argument type is made of.
 *
 * @example ARGUMENTS.ptr_to_uninit_u64.size // 8
 */
export const ARGUMENTS: Readonly<Record<ArgType, ArgRow>> = ARG_TABLE;
