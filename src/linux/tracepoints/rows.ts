// Written by scripts/tracepoints/extract.ts.
import { BLOCK_EVENTS } from "./block.ts";
import { BPF_TRACE_EVENTS } from "./bpf-trace.ts";
import { CAPABILITY_EVENTS } from "./capability.ts";
import { CGROUP_EVENTS } from "./cgroup.ts";
import { COMPACTION_EVENTS } from "./compaction.ts";
import { CSD_EVENTS } from "./csd.ts";
import { EXCEPTIONS_EVENTS } from "./exceptions.ts";
import { EXT4_EVENTS } from "./ext4.ts";
import { FIB_EVENTS } from "./fib.ts";
import { FILELOCK_EVENTS } from "./filelock.ts";
import { FILEMAP_EVENTS } from "./filemap.ts";
import { HUGE_MEMORY_EVENTS } from "./huge-memory.ts";
import { ICMP_EVENTS } from "./icmp.ts";
import { IPI_EVENTS } from "./ipi.ts";
import { IRQ_EVENTS } from "./irq.ts";
import { IRQ_VECTORS_EVENTS } from "./irq-vectors.ts";
import { JBD2_EVENTS } from "./jbd2.ts";
import { KMEM_EVENTS } from "./kmem.ts";
import { LOCK_EVENTS } from "./lock.ts";
import { MIGRATE_EVENTS } from "./migrate.ts";
import { MMAP_EVENTS } from "./mmap.ts";
import { MMAP_LOCK_EVENTS } from "./mmap-lock.ts";
import { NAPI_EVENTS } from "./napi.ts";
import { NEIGH_EVENTS } from "./neigh.ts";
import { NET_EVENTS } from "./net.ts";
import { NMI_EVENTS } from "./nmi.ts";
import { OOM_EVENTS } from "./oom.ts";
import { PAGE_POOL_EVENTS } from "./page-pool.ts";
import { PAGEMAP_EVENTS } from "./pagemap.ts";
import { PERCPU_EVENTS } from "./percpu.ts";
import { POWER_EVENTS } from "./power.ts";
import { PRINTK_EVENTS } from "./printk.ts";
import { QDISC_EVENTS } from "./qdisc.ts";
import { RAW_SYSCALLS_EVENTS } from "./raw-syscalls.ts";
import { RCU_EVENTS } from "./rcu.ts";
import { SCHED_EVENTS } from "./sched.ts";
import { SIGNAL_EVENTS } from "./signal.ts";
import { SKB_EVENTS } from "./skb.ts";
import { SOCK_EVENTS } from "./sock.ts";
import { TASK_EVENTS } from "./task.ts";
import { TCP_EVENTS } from "./tcp.ts";
import { TIMER_EVENTS } from "./timer.ts";
import { TLB_EVENTS } from "./tlb.ts";
import { UDP_EVENTS } from "./udp.ts";
import { VMALLOC_EVENTS } from "./vmalloc.ts";
import { VMSCAN_EVENTS } from "./vmscan.ts";
import { WORKQUEUE_EVENTS } from "./workqueue.ts";
import { WRITEBACK_EVENTS } from "./writeback.ts";
import { XDP_EVENTS } from "./xdp.ts";

/** Rows by category; those of system calls are made of another table. */
export const EVENT_ROWS = {
  block: BLOCK_EVENTS,
  bpf_trace: BPF_TRACE_EVENTS,
  capability: CAPABILITY_EVENTS,
  cgroup: CGROUP_EVENTS,
  compaction: COMPACTION_EVENTS,
  csd: CSD_EVENTS,
  exceptions: EXCEPTIONS_EVENTS,
  ext4: EXT4_EVENTS,
  fib: FIB_EVENTS,
  filelock: FILELOCK_EVENTS,
  filemap: FILEMAP_EVENTS,
  huge_memory: HUGE_MEMORY_EVENTS,
  icmp: ICMP_EVENTS,
  ipi: IPI_EVENTS,
  irq: IRQ_EVENTS,
  irq_vectors: IRQ_VECTORS_EVENTS,
  jbd2: JBD2_EVENTS,
  kmem: KMEM_EVENTS,
  lock: LOCK_EVENTS,
  migrate: MIGRATE_EVENTS,
  mmap: MMAP_EVENTS,
  mmap_lock: MMAP_LOCK_EVENTS,
  napi: NAPI_EVENTS,
  neigh: NEIGH_EVENTS,
  net: NET_EVENTS,
  nmi: NMI_EVENTS,
  oom: OOM_EVENTS,
  page_pool: PAGE_POOL_EVENTS,
  pagemap: PAGEMAP_EVENTS,
  percpu: PERCPU_EVENTS,
  power: POWER_EVENTS,
  printk: PRINTK_EVENTS,
  qdisc: QDISC_EVENTS,
  raw_syscalls: RAW_SYSCALLS_EVENTS,
  rcu: RCU_EVENTS,
  sched: SCHED_EVENTS,
  signal: SIGNAL_EVENTS,
  skb: SKB_EVENTS,
  sock: SOCK_EVENTS,
  task: TASK_EVENTS,
  tcp: TCP_EVENTS,
  timer: TIMER_EVENTS,
  tlb: TLB_EVENTS,
  udp: UDP_EVENTS,
  vmalloc: VMALLOC_EVENTS,
  vmscan: VMSCAN_EVENTS,
  workqueue: WORKQUEUE_EVENTS,
  writeback: WRITEBACK_EVENTS,
  xdp: XDP_EVENTS,
};
