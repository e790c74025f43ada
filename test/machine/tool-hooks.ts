/**
 * What the 38 tools of bpftrace 0.17 and the tools of bcc and libbpf-tools attach to, as this machine's hooks: read from their
 * sources' attach points. Functions that no Linux of the machine's age has are left out (`blk_start_request`, `swap_readpage`).
 */
const BPFTRACE = `
uretprobe:/bin/bash:readline
kprobe:blk_account_io_start kprobe:blk_account_io_done kprobe:blk_mq_start_request
tracepoint:block:block_rq_issue
kprobe:cap_capable
profile:hz:99
kprobe:lookup_fast kprobe:d_lookup kretprobe:d_lookup
tracepoint:syscalls:sys_enter_execve
uprobe:/usr/lib/x86_64-linux-gnu/libc.so.6:getaddrinfo uretprobe:/usr/lib/x86_64-linux-gnu/libc.so.6:getaddrinfo
uprobe:/usr/lib/x86_64-linux-gnu/libc.so.6:gethostbyname uprobe:/usr/lib/x86_64-linux-gnu/libc.so.6:gethostbyname2
tracepoint:syscalls:sys_enter_kill tracepoint:syscalls:sys_exit_kill
interval:s:1
kprobe:md_flush_request
tracepoint:syscalls:sys_enter_nanosleep
kprobe:oom_kill_process
tracepoint:syscalls:sys_enter_open tracepoint:syscalls:sys_exit_open tracepoint:syscalls:sys_enter_openat tracepoint:syscalls:sys_exit_openat
tracepoint:sched:sched_process_fork tracepoint:sched:sched_wakeup tracepoint:sched:sched_wakeup_new tracepoint:sched:sched_switch
tracepoint:syscalls:sys_enter_setuid tracepoint:syscalls:sys_enter_setfsuid tracepoint:syscalls:sys_enter_setresuid
uprobe:/usr/lib/x86_64-linux-gnu/libssl.so.3:SSL_read uprobe:/usr/lib/x86_64-linux-gnu/libssl.so.3:SSL_write
uretprobe:/usr/lib/x86_64-linux-gnu/libssl.so.3:SSL_read uretprobe:/usr/lib/x86_64-linux-gnu/libssl.so.3:SSL_do_handshake
uprobe:/usr/lib/x86_64-linux-gnu/libcrypto.so.3:rsa_ossl_public_encrypt uprobe:/usr/lib/x86_64-linux-gnu/libcrypto.so.3:rsa_ossl_public_decrypt
uprobe:/usr/lib/x86_64-linux-gnu/libcrypto.so.3:rsa_ossl_private_encrypt uprobe:/usr/lib/x86_64-linux-gnu/libcrypto.so.3:rsa_ossl_private_decrypt
uprobe:/usr/lib/x86_64-linux-gnu/libcrypto.so.3:RSA_sign uprobe:/usr/lib/x86_64-linux-gnu/libcrypto.so.3:RSA_verify
uprobe:/usr/lib/x86_64-linux-gnu/libcrypto.so.3:ossl_ecdsa_sign uprobe:/usr/lib/x86_64-linux-gnu/libcrypto.so.3:ossl_ecdsa_verify
uprobe:/usr/lib/x86_64-linux-gnu/libcrypto.so.3:ossl_ecdh_compute_key uprobe:/usr/lib/x86_64-linux-gnu/libcrypto.so.3:ecdh_simple_compute_key
tracepoint:syscalls:sys_enter_statfs tracepoint:syscalls:sys_enter_statx tracepoint:syscalls:sys_enter_newstat tracepoint:syscalls:sys_enter_newlstat
tracepoint:syscalls:sys_enter_sync tracepoint:syscalls:sys_enter_syncfs tracepoint:syscalls:sys_enter_fsync
tracepoint:syscalls:sys_enter_fdatasync tracepoint:syscalls:sys_enter_sync_file_range tracepoint:syscalls:sys_enter_msync
tracepoint:raw_syscalls:sys_enter
kretprobe:inet_csk_accept
kprobe:tcp_connect
tracepoint:skb:kfree_skb
kprobe:tcp_set_state
kprobe:tcp_retransmit_skb
kprobe:tcp_v4_syn_recv_sock kprobe:tcp_v6_syn_recv_sock
uprobe:/usr/lib/x86_64-linux-gnu/libpthread.so.0:pthread_create
kprobe:unix_stream_read_actor
kprobe:vfs_read kprobe:vfs_write kprobe:vfs_fsync kprobe:vfs_open kprobe:vfs_create
tracepoint:writeback:writeback_start tracepoint:writeback:writeback_written
kprobe:xfs_file_read_iter kprobe:xfs_file_write_iter kprobe:xfs_file_open kprobe:xfs_file_fsync`;

const BCC = `
tracepoint:block:block_rq_complete tracepoint:block:block_rq_insert tracepoint:block:block_io_start tracepoint:block:block_io_done
tracepoint:syscalls:sys_exit_execve tracepoint:syscalls:sys_enter_openat2
tracepoint:sched:sched_process_exit tracepoint:sched:sched_process_exec tracepoint:sched:sched_migrate_task
tracepoint:signal:signal_generate tracepoint:signal:signal_deliver
tracepoint:sock:inet_sock_set_state tracepoint:tcp:tcp_retransmit_skb tracepoint:tcp:tcp_probe tracepoint:tcp:tcp_send_reset
tracepoint:tcp:tcp_receive_reset tracepoint:tcp:tcp_rcv_space_adjust tracepoint:tcp:tcp_destroy_sock
tracepoint:irq:irq_handler_entry tracepoint:irq:softirq_entry tracepoint:irq:softirq_exit tracepoint:irq:softirq_raise
tracepoint:kmem:kmalloc tracepoint:kmem:kfree tracepoint:kmem:kmem_cache_alloc tracepoint:kmem:kmem_cache_free
tracepoint:kmem:mm_page_alloc tracepoint:kmem:mm_page_free
tracepoint:vmscan:mm_vmscan_direct_reclaim_begin tracepoint:vmscan:mm_vmscan_direct_reclaim_end
tracepoint:exceptions:page_fault_user tracepoint:oom:mark_victim
tracepoint:net:net_dev_queue tracepoint:net:net_dev_xmit tracepoint:net:netif_receive_skb tracepoint:net:napi_gro_receive_entry
tracepoint:skb:consume_skb tracepoint:napi:napi_poll tracepoint:raw_syscalls:sys_exit
tracepoint:task:task_newtask tracepoint:task:task_rename tracepoint:power:cpu_idle
tracepoint:timer:hrtimer_start tracepoint:timer:hrtimer_expire_entry tracepoint:timer:timer_start tracepoint:timer:tick_stop
tracepoint:workqueue:workqueue_execute_start tracepoint:jbd2:jbd2_handle_start tracepoint:jbd2:jbd2_run_stats
tracepoint:ext4:ext4_da_write_begin tracepoint:ext4:ext4_sync_file_enter tracepoint:filemap:mm_filemap_add_to_page_cache
tracepoint:filemap:mm_filemap_delete_from_page_cache tracepoint:rcu:rcu_utilization
tracepoint:syscalls:sys_enter_mount tracepoint:syscalls:sys_enter_futex tracepoint:syscalls:sys_enter_clone tracepoint:syscalls:sys_enter_clone3
tracepoint:syscalls:sys_enter_connect tracepoint:syscalls:sys_enter_accept4 tracepoint:syscalls:sys_enter_bind tracepoint:syscalls:sys_enter_poll
tracepoint:syscalls:sys_enter_rename tracepoint:syscalls:sys_enter_unlink tracepoint:syscalls:sys_enter_brk tracepoint:syscalls:sys_enter_mmap
software:page-faults:1 software:context-switches:1 software:cpu-migrations:1 hardware:cache-misses:100000 hardware:cpu-cycles:1000000
kprobe:tcp_v4_connect kretprobe:tcp_v4_connect kprobe:tcp_v6_connect kprobe:tcp_sendmsg kprobe:tcp_cleanup_rbuf kprobe:tcp_recvmsg kprobe:tcp_close
kprobe:tcp_rcv_established kprobe:tcp_rcv_state_process kprobe:udp_sendmsg kprobe:udp_recvmsg kprobe:inet_listen kprobe:inet_bind kprobe:ip_rcv
kprobe:inet_csk_accept kprobe:tcp_conn_request kprobe:sock_alloc_file
kprobe:vfs_unlink kprobe:vfs_rename kprobe:vfs_mkdir kprobe:vfs_rmdir kprobe:vfs_symlink kprobe:vfs_fsync_range kprobe:vfs_statx
kprobe:do_sys_openat2 kprobe:filp_close kprobe:path_openat kprobe:do_filp_open kprobe:vfs_getattr kprobe:security_inode_create
kprobe:ext4_file_read_iter kprobe:ext4_file_write_iter kprobe:ext4_file_open kprobe:ext4_sync_file kprobe:filemap_get_pages
kprobe:folio_mark_accessed kprobe:mark_buffer_dirty kprobe:filemap_add_folio kprobe:account_page_dirtied kprobe:page_cache_ra_order
kprobe:try_to_wake_up kprobe:finish_task_switch kprobe:finish_task_switch.isra.0 kprobe:do_exit kprobe:wake_up_new_task kprobe:schedule
kprobe:mutex_lock kprobe:mutex_unlock kprobe:do_futex kprobe:handle_mm_fault kprobe:shrink_node kprobe:out_of_memory
kprobe:blk_mq_submit_bio kprobe:submit_bio kprobe:blk_finish_plug kprobe:ext4_readahead
kprobe:__dev_queue_xmit kprobe:dev_hard_start_xmit kprobe:__netif_receive_skb_core kprobe:sk_skb_reason_drop
uprobe:/usr/lib/x86_64-linux-gnu/libc.so.6:malloc uretprobe:/usr/lib/x86_64-linux-gnu/libc.so.6:malloc uprobe:/usr/lib/x86_64-linux-gnu/libc.so.6:free
uprobe:/usr/lib/x86_64-linux-gnu/libc.so.6:pthread_mutex_lock uprobe:/usr/lib/x86_64-linux-gnu/libc.so.6:pthread_mutex_unlock
usdt:/usr/sbin/postgres:postgresql:query__start usdt:/usr/sbin/postgres:postgresql:query__done usdt:/usr/sbin/postgres:postgresql:transaction__commit`;

/** All of them, each once. */
export const TOOL_HOOKS: readonly string[] = [...new Set(`${BPFTRACE} ${BCC}`.split(/\s+/).filter(Boolean))];
