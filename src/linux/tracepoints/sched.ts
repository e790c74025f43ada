// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const SCHED_EVENTS = {
  sched_wake_idle_without_ipi: [355, "int cpu 8 4s", '"cpu=%d", REC->cpu'],
  sched_skip_cpuset_numa: [
    356,
    "char comm[16] 8 16; pid_t pid 24 4s; pid_t tgid 28 4s; pid_t ngid 32 4s; unsigned long mem_allowed[16] 40 128",
    '"comm=%s pid=%d tgid=%d ngid=%d mem_nodes_allowed=%*pbl", REC->comm, REC->pid, REC->tgid, REC->ngid, (1 << 10), REC->mem_allowed',
  ],
  sched_skip_vma_numa: [
    357,
    "unsigned long numa_scan_offset 8 8; unsigned long vm_start 16 8; unsigned long vm_end 24 8; enum numa_vmaskip_reason reason 32 4",
    '"numa_scan_offset=%lX vm_start=%lX vm_end=%lX reason=%s", REC->numa_scan_offset, REC->vm_start, REC->vm_end, __print_symbolic(REC->reason, { 0, "unsuitable" }, { 1, "shared_ro" }, { 2, "inaccessible" }, { 3, "scan_delay" }, { 4, "pid_inactive" }, { 5, "ignore_pid_inactive" }, { 6, "seq_completed" })',
  ],
  sched_swap_numa: [
    358,
    "pid_t src_pid 8 4s; pid_t src_tgid 12 4s; pid_t src_ngid 16 4s; int src_cpu 20 4s; int src_nid 24 4s; pid_t dst_pid 28 4s; pid_t dst_tgid 32 4s; pid_t dst_ngid 36 4s; int dst_cpu 40 4s; int dst_nid 44 4s",
    '"src_pid=%d src_tgid=%d src_ngid=%d src_cpu=%d src_nid=%d dst_pid=%d dst_tgid=%d dst_ngid=%d dst_cpu=%d dst_nid=%d", REC->src_pid, REC->src_tgid, REC->src_ngid, REC->src_cpu, REC->src_nid, REC->dst_pid, REC->dst_tgid, REC->dst_ngid, REC->dst_cpu, REC->dst_nid',
  ],
  sched_stick_numa: [
    359,
    "pid_t src_pid 8 4s; pid_t src_tgid 12 4s; pid_t src_ngid 16 4s; int src_cpu 20 4s; int src_nid 24 4s; pid_t dst_pid 28 4s; pid_t dst_tgid 32 4s; pid_t dst_ngid 36 4s; int dst_cpu 40 4s; int dst_nid 44 4s",
    '"src_pid=%d src_tgid=%d src_ngid=%d src_cpu=%d src_nid=%d dst_pid=%d dst_tgid=%d dst_ngid=%d dst_cpu=%d dst_nid=%d", REC->src_pid, REC->src_tgid, REC->src_ngid, REC->src_cpu, REC->src_nid, REC->dst_pid, REC->dst_tgid, REC->dst_ngid, REC->dst_cpu, REC->dst_nid',
  ],
  sched_move_numa: [
    360,
    "pid_t pid 8 4s; pid_t tgid 12 4s; pid_t ngid 16 4s; int src_cpu 20 4s; int src_nid 24 4s; int dst_cpu 28 4s; int dst_nid 32 4s",
    '"pid=%d tgid=%d ngid=%d src_cpu=%d src_nid=%d dst_cpu=%d dst_nid=%d", REC->pid, REC->tgid, REC->ngid, REC->src_cpu, REC->src_nid, REC->dst_cpu, REC->dst_nid',
  ],
  sched_process_hang: [
    361,
    "__data_loc char[] comm 8 4; pid_t pid 12 4s",
    '"comm=%s pid=%d", __get_str(comm), REC->pid',
  ],
  sched_pi_setprio: [
    362,
    "__data_loc char[] comm 8 4; pid_t pid 12 4s; int oldprio 16 4s; int newprio 20 4s",
    '"comm=%s pid=%d oldprio=%d newprio=%d", __get_str(comm), REC->pid, REC->oldprio, REC->newprio',
  ],
  sched_stat_runtime: [
    363,
    "__data_loc char[] comm 8 4; pid_t pid 12 4s; u64 runtime 16 8",
    '"comm=%s pid=%d runtime=%Lu [ns]", __get_str(comm), REC->pid, (unsigned long long)REC->runtime',
  ],
  sched_prepare_exec: [
    364,
    "__data_loc char[] interp 8 4; __data_loc char[] filename 12 4; pid_t pid 16 4s; __data_loc char[] comm 20 4",
    '"interp=%s filename=%s pid=%d comm=%s", __get_str(interp), __get_str(filename), REC->pid, __get_str(comm)',
  ],
  sched_process_exec: [
    365,
    "__data_loc char[] filename 8 4; pid_t pid 12 4s; pid_t old_pid 16 4s",
    '"filename=%s pid=%d old_pid=%d", __get_str(filename), REC->pid, REC->old_pid',
  ],
  sched_process_fork: [
    366,
    "__data_loc char[] parent_comm 8 4; pid_t parent_pid 12 4s; __data_loc char[] child_comm 16 4; pid_t child_pid 20 4s",
    '"comm=%s pid=%d child_comm=%s child_pid=%d", __get_str(parent_comm), REC->parent_pid, __get_str(child_comm), REC->child_pid',
  ],
  sched_process_wait: [
    367,
    "__data_loc char[] comm 8 4; pid_t pid 12 4s; int prio 16 4s",
    '"comm=%s pid=%d prio=%d", __get_str(comm), REC->pid, REC->prio',
  ],
  sched_wait_task: [
    368,
    "__data_loc char[] comm 8 4; pid_t pid 12 4s; int prio 16 4s",
    '"comm=%s pid=%d prio=%d", __get_str(comm), REC->pid, REC->prio',
  ],
  sched_process_exit: [
    369,
    "char comm[16] 8 16; pid_t pid 24 4s; int prio 28 4s; bool group_dead 32 1",
    '"comm=%s pid=%d prio=%d group_dead=%s", REC->comm, REC->pid, REC->prio, REC->group_dead ? "true" : "false"',
  ],
  sched_process_free: [
    370,
    "__data_loc char[] comm 8 4; pid_t pid 12 4s; int prio 16 4s",
    '"comm=%s pid=%d prio=%d", __get_str(comm), REC->pid, REC->prio',
  ],
  sched_migrate_task: [
    371,
    "__data_loc char[] comm 8 4; pid_t pid 12 4s; int prio 16 4s; int orig_cpu 20 4s; int dest_cpu 24 4s",
    '"comm=%s pid=%d prio=%d orig_cpu=%d dest_cpu=%d", __get_str(comm), REC->pid, REC->prio, REC->orig_cpu, REC->dest_cpu',
  ],
  sched_switch: [
    372,
    "char prev_comm[16] 8 16; pid_t prev_pid 24 4s; int prev_prio 28 4s; long prev_state 32 8s; char next_comm[16] 40 16; pid_t next_pid 56 4s; int next_prio 60 4s",
    '"prev_comm=%s prev_pid=%d prev_prio=%d prev_state=%s%s ==> next_comm=%s next_pid=%d next_prio=%d", REC->prev_comm, REC->prev_pid, REC->prev_prio, (REC->prev_state & ((((0x00000000 | 0x00000001 | 0x00000002 | 0x00000004 | 0x00000008 | 0x00000010 | 0x00000020 | 0x00000040) + 1) << 1) - 1)) ? __print_flags(REC->prev_state & ((((0x00000000 | 0x00000001 | 0x00000002 | 0x00000004 | 0x00000008 | 0x00000010 | 0x00000020 | 0x00000040) + 1) << 1) - 1), "|", { 0x00000001, "S" }, { 0x00000002, "D" }, { 0x00000004, "T" }, { 0x00000008, "t" }, { 0x00000010, "X" }, { 0x00000020, "Z" }, { 0x00000040, "P" }, { 0x00000080, "I" }) : "R", REC->prev_state & (((0x00000000 | 0x00000001 | 0x00000002 | 0x00000004 | 0x00000008 | 0x00000010 | 0x00000020 | 0x00000040) + 1) << 1) ? "+" : "", REC->next_comm, REC->next_pid, REC->next_prio',
  ],
  sched_wakeup_new: [
    373,
    "char comm[16] 8 16; pid_t pid 24 4s; int prio 28 4s; int target_cpu 32 4s",
    '"comm=%s pid=%d prio=%d target_cpu=%03d", REC->comm, REC->pid, REC->prio, REC->target_cpu',
  ],
  sched_wakeup: [
    374,
    "char comm[16] 8 16; pid_t pid 24 4s; int prio 28 4s; int target_cpu 32 4s",
    '"comm=%s pid=%d prio=%d target_cpu=%03d", REC->comm, REC->pid, REC->prio, REC->target_cpu',
  ],
  sched_waking: [
    375,
    "char comm[16] 8 16; pid_t pid 24 4s; int prio 28 4s; int target_cpu 32 4s",
    '"comm=%s pid=%d prio=%d target_cpu=%03d", REC->comm, REC->pid, REC->prio, REC->target_cpu',
  ],
  sched_kthread_work_execute_end: [
    376,
    "void * work 8 8; void * function 16 8",
    '"work struct %p: function %ps", REC->work, REC->function',
  ],
  sched_kthread_work_execute_start: [
    377,
    "void * work 8 8; void * function 16 8",
    '"work struct %p: function %ps", REC->work, REC->function',
  ],
  sched_kthread_work_queue_work: [
    378,
    "void * work 8 8; void * function 16 8; void * worker 24 8",
    '"work struct=%p function=%ps worker=%p", REC->work, REC->function, REC->worker',
  ],
  sched_kthread_stop_ret: [379, "int ret 8 4s", '"ret=%d", REC->ret'],
  sched_kthread_stop: [
    380,
    "__data_loc char[] comm 8 4; pid_t pid 12 4s",
    '"comm=%s pid=%d", __get_str(comm), REC->pid',
  ],
} as const satisfies EventRows;
