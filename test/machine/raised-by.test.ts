import { describe, expect, it } from "vitest";
import { SymbolTable } from "../../src/linux/symbols.ts";
import { EVENTS } from "../../src/linux/tracepoints.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { machine, names } from "./record.ts";

/** Which functions of Linux 6.18 raise a tracepoint, as its stacks show them (functions that are inlined are their callers). */
const RAISED_BY: Readonly<Record<string, string>> = {
  block_bio_queue: "submit_bio_noacct_nocheck submit_bio_noacct",
  block_bio_remap: "submit_bio_noacct",
  block_getrq: "blk_mq_submit_bio",
  block_io_done: "blk_account_io_done blk_mq_end_request blk_mq_end_request_batch",
  block_io_start: "blk_account_io_start blk_mq_submit_bio",
  block_plug: "blk_mq_submit_bio",
  block_rq_complete: "blk_update_request",
  block_rq_insert: "dd_insert_requests blk_mq_insert_request blk_mq_insert_requests",
  block_rq_issue: "blk_mq_start_request",
  block_unplug: "blk_mq_dispatch_list blk_mq_flush_plug_list",
  consume_skb: "consume_skb",
  cpu_idle: "cpuidle_enter_state",
  ext4_da_write_begin: "ext4_da_write_begin",
  ext4_da_write_end: "ext4_da_write_end",
  ext4_mark_inode_dirty: "__ext4_mark_inode_dirty",
  hrtimer_expire_entry: "__hrtimer_run_queues",
  hrtimer_expire_exit: "__hrtimer_run_queues",
  hrtimer_start: "hrtimer_start_range_ns",
  inet_sock_set_state: "inet_csk_listen_start tcp_set_state inet_sk_set_state inet_sk_state_store tcp_v4_destroy_sock",
  irq_handler_entry: "__handle_irq_event_percpu",
  irq_handler_exit: "__handle_irq_event_percpu",
  jbd2_handle_start: "jbd2__journal_start",
  jbd2_handle_stats: "jbd2_journal_stop",
  kfree_skb: "sk_skb_reason_drop kfree_skb_reason",
  mm_filemap_add_to_page_cache: "filemap_add_folio __filemap_add_folio",
  kfree: "kfree",
  kmalloc: "__kmalloc_noprof __kmalloc_cache_noprof",
  kmem_cache_alloc: "kmem_cache_alloc_noprof",
  kmem_cache_free: "kmem_cache_free",
  mm_page_free: "free_frozen_pages",
  napi_gro_receive_entry: "gro_receive_skb",
  napi_poll: "__napi_poll",
  net_dev_queue: "__dev_queue_xmit",
  net_dev_start_xmit: "dev_hard_start_xmit",
  net_dev_xmit: "dev_hard_start_xmit",
  netif_receive_skb: "__netif_receive_skb_core __netif_receive_skb_one_core",
  rcu_utilization: "rcu_sched_clock_irq rcu_core rcu_note_context_switch",
  sched_migrate_task: "set_task_cpu",
  sched_process_exec: "bprm_execve",
  sched_process_exit: "do_exit",
  sched_process_fork: "kernel_clone",
  sched_process_free: "delayed_put_task_struct",
  sched_process_wait: "do_wait",
  sched_stat_runtime: "update_se update_curr",
  sched_switch: "__schedule",
  sched_wakeup: "ttwu_do_activate try_to_wake_up",
  sched_wakeup_new: "wake_up_new_task",
  sched_waking: "try_to_wake_up",
  signal_deliver: "get_signal",
  signal_generate: "__send_signal_locked",
  softirq_entry: "handle_softirqs",
  softirq_exit: "handle_softirqs",
  softirq_raise: "__raise_softirq_irqoff",
  sys_enter: "syscall_trace_enter",
  sys_exit: "syscall_exit_work",
  task_newtask: "copy_process",
  task_rename: "__set_task_comm",
  tcp_destroy_sock: "inet_csk_destroy_sock",
  tcp_probe: "tcp_rcv_established tcp_rcv_state_process",
  tcp_rcv_space_adjust: "tcp_recvmsg_locked tcp_rcv_space_adjust",
  tcp_retransmit_skb: "__tcp_retransmit_skb",
  tick_stop: "tick_nohz_idle_stop_tick tick_nohz_stop_tick",
  timer_expire_entry: "call_timer_fn",
  timer_start: "__mod_timer",
  workqueue_activate_work: "__queue_work",
  workqueue_execute_end: "process_one_work",
  workqueue_execute_start: "process_one_work",
  workqueue_queue_work: "__queue_work",
  writeback_dirty_folio: "__folio_mark_dirty folio_account_dirtied",
  writeback_dirty_inode: "__mark_inode_dirty",
  writeback_dirty_inode_start: "__mark_inode_dirty",
  writeback_mark_inode_dirty: "__mark_inode_dirty",
};

/** Events of a kind that are looked at in each run. */
const ENOUGH = 10;

describe("an event's stack", () => {
  it.each(Object.keys(workloads))("begins with the function that raised it: %s", (name) => {
    const linux = machine((workloads as Readonly<Record<string, () => Parameters<typeof machine>[0]>>)[name]!());
    const wrong = new Map<string, string>();
    for (const { category, name: event } of EVENTS) {
      let seen = 0;
      linux.hooks.attach(`tracepoint:${category}:${event}`, {
        run() {
          if (seen++ >= ENOUGH) return;
          const stack = names(linux, "kernel").filter((each) => !each.startsWith("__traceiter_"));
          const by = stack[0] ?? "nothing";
          const known = RAISED_BY[event]?.split(" ");
          if (by === "nothing" || known?.includes(by) === false) wrong.set(event, stack.join(" < "));
        },
      });
    }
    linux.runUntil(60_000_000);
    expect(Object.fromEntries(wrong)).toEqual({});
  });
});

/** Functions that bpftrace's tools probe. */
const PROBED_BY_TOOLS =
  "blk_account_io_start __blk_account_io_start blk_account_io_done __blk_account_io_done blk_start_request " +
  "blk_mq_start_request cap_capable lookup_fast d_lookup md_flush_request oom_kill_process swap_readpage inet_csk_accept " +
  "tcp_connect tcp_set_state tcp_retransmit_skb tcp_v4_syn_recv_sock tcp_v6_syn_recv_sock unix_stream_read_actor vfs_read " +
  "vfs_write vfs_fsync vfs_open vfs_create xfs_file_read_iter xfs_file_write_iter xfs_file_open xfs_file_fsync";

/** Those that the machine does not have, because Linux 6.18 has no such function. */
const NOT_IN_6_18 = "__blk_account_io_start __blk_account_io_done blk_start_request swap_readpage md_flush_request";
/** Those that are still to come. */
const MISSING = new Set(
  "oom_kill_process tcp_connect tcp_retransmit_skb tcp_v4_syn_recv_sock tcp_v6_syn_recv_sock unix_stream_read_actor d_lookup vfs_fsync vfs_create cap_capable tcp_set_state".split(
    " ",
  ),
);

it("functions that bpftrace's tools probe are there, but for those that are known to be missing", () => {
  const symbols = new SymbolTable();
  const there = new Set(symbols.kernelFrames().map((frame) => symbols.of(frame).name));
  const absent = NOT_IN_6_18.split(" ");
  const missing = PROBED_BY_TOOLS.split(" ").filter((name) => !there.has(name) && !absent.includes(name));
  expect(missing.filter((name) => !MISSING.has(name))).toEqual([]);
  expect(absent.filter((name) => there.has(name))).toEqual([]);
});
