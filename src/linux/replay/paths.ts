import type { KernelFunction } from "../symbols.ts";

/** What Linux executes below a system call's entry, where the log decides about result and time. */
export interface KernelPath {
  /** From the entry down to where the work is done. */
  readonly path: readonly KernelFunction[];
  /** On top of that while it works. */
  readonly work: readonly KernelFunction[];
  /** On top of `path` while it waits; undefined: it never sleeps, however long it takes. */
  readonly wait?: readonly KernelFunction[];
}

/** Reading and writing by kind of file, below `vfs_read` and `vfs_write`. */
export const FILE_PATHS = {
  file: {
    read: {
      path: ["ext4_file_read_iter", "generic_file_read_iter", "filemap_read"],
      work: ["copy_page_to_iter", "_copy_to_iter"],
      wait: ["filemap_get_pages", "folio_wait_bit_common", "io_schedule"],
    },
    write: {
      path: ["ext4_file_write_iter", "ext4_buffered_write_iter", "generic_perform_write"],
      work: ["copy_folio_from_iter_atomic"],
      wait: [],
    },
  },
  pipe: {
    read: { path: ["anon_pipe_read"], work: ["copy_page_to_iter", "_copy_to_iter"], wait: [] },
    write: { path: ["anon_pipe_write"], work: ["copy_page_from_iter"], wait: [] },
  },
  tty: {
    read: { path: ["tty_read"], work: [], wait: [] },
    write: { path: ["tty_write"], work: [], wait: [] },
  },
  null: {
    read: { path: ["read_null"], work: [] },
    write: { path: ["write_null"], work: [] },
  },
  socket: {
    read: {
      path: ["sock_read_iter", "sock_recvmsg", "inet_recvmsg", "tcp_recvmsg", "tcp_recvmsg_locked"],
      work: ["skb_copy_datagram_iter", "__skb_datagram_iter", "_copy_to_iter"],
      wait: ["sk_wait_data", "wait_woken", "schedule_timeout"],
    },
    write: { path: ["sock_write_iter", "tcp_sendmsg", "tcp_sendmsg_locked"], work: ["_copy_from_iter"], wait: [] },
  },
} as const satisfies Record<string, Record<"read" | "write", KernelPath>>;

export type FileKind = keyof typeof FILE_PATHS;

const COPY: KernelPath = { path: ["kernel_clone", "copy_process"], work: ["dup_mmap", "copy_page_range"], wait: [] };

/** The other calls, below `__x64_sys_NAME`; what has no row sleeps and works right there. */
export const CALL_PATHS: Readonly<Record<string, KernelPath>> = {
  openat: {
    path: ["do_sys_openat2", "do_filp_open", "path_openat"],
    work: ["link_path_walk", "walk_component", "lookup_fast"],
  },
  open: {
    path: ["do_sys_openat2", "do_filp_open", "path_openat"],
    work: ["link_path_walk", "walk_component", "lookup_fast"],
  },
  close: { path: ["__fput"], work: [] },
  execve: {
    path: ["do_execveat_common.isra.0", "bprm_execve", "load_elf_binary"],
    work: ["begin_new_exec", "exit_mmap", "unmap_vmas", "unmap_page_range"],
  },
  clone: { ...COPY, path: ["__do_sys_clone", ...COPY.path] },
  clone3: { ...COPY, path: ["__do_sys_clone3", ...COPY.path] },
  vfork: COPY,
  fork: COPY,
  wait4: { path: ["kernel_wait4", "do_wait"], work: ["__do_wait"], wait: [] },
  pipe2: { path: ["do_pipe2"], work: [] },
  nanosleep: { path: ["hrtimer_nanosleep", "do_nanosleep"], work: [], wait: [] },
  clock_nanosleep: { path: ["common_nsleep", "hrtimer_nanosleep", "do_nanosleep"], work: [], wait: [] },
  accept: {
    path: ["__sys_accept4", "do_accept", "inet_accept", "inet_csk_accept"],
    work: [],
    wait: ["schedule_timeout"],
  },
  accept4: {
    path: ["__sys_accept4", "do_accept", "inet_accept", "inet_csk_accept"],
    work: [],
    wait: ["schedule_timeout"],
  },
  poll: { path: ["do_sys_poll"], work: [], wait: [] },
  select: { path: ["do_select"], work: [], wait: [] },
  epoll_wait: { path: ["do_epoll_wait"], work: [], wait: [] },
  futex: { path: ["do_futex", "futex_wait", "__futex_wait"], work: [], wait: ["futex_do_wait"] },
};

/** A call without a row of its own. */
export const PLAIN: KernelPath = { path: [], work: [], wait: [] };
