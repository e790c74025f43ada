/** What is special about hooks of security modules; their names stand behind `bpf_lsm_` in Linux's types. */
const names = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Functions with a hook's prefix that are none. */
export const NO_HOOKS: ReadonlySet<string> = names(`
  cgroup_shim_find_proto find_cgroup_shim find_ctx_arg_info func_proto get_retval_range is_sleepable_hook is_trusted
  verify_prog
`);

/** Hooks whose arguments may be half made or half gone, so pointers to them are not trusted. */
export const UNTRUSTED_HOOKS: ReadonlySet<string> = names(`
  bpf_map_free bpf_prog_free file_alloc_security file_free_security sk_alloc_security sk_free_security task_free
`);

/** Hooks that answer yes or no; all others that return something return 0 or a negative errno. */
export const BOOLEAN_HOOKS: ReadonlySet<string> = names("audit_rule_known inode_xattr_skipcap");

/** Hooks in which a program may wait. */
export const SLEEPABLE_HOOKS: ReadonlySet<string> = names(`
  bpf bpf_map bpf_map_create bpf_prog bpf_prog_load bprm_check_security bprm_committed_creds bprm_committing_creds
  bprm_creds_for_exec bprm_creds_from_file capget capset cred_prepare file_ioctl file_lock file_open file_receive
  inode_create inode_getattr inode_getxattr inode_mknod inode_readlink inode_removexattr inode_rename inode_rmdir
  inode_setattr inode_setxattr inode_symlink inode_unlink kernel_module_request kernel_read_file mmap_file netlink_send
  path_notify sb_kern_mount sb_mount sb_remount sb_set_mnt_opts sb_show_options sb_statfs sb_umount settime socket_accept
  socket_bind socket_connect socket_create socket_getpeername socket_getsockname socket_getsockopt socket_listen
  socket_post_create socket_recvmsg socket_sendmsg socket_shutdown socket_socketpair syslog task_alloc task_prctl
  task_setscheduler task_to_inode userns_create
`);
