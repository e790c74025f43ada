import { finishPlug, Plug } from "./block/submit.ts";
import { bdiName } from "./filemap-trace.ts";
import type { Inode } from "./fs/inode.ts";
import type { SuperBlock } from "./fs/super-block.ts";
import { WB_SYNC_NONE } from "./fs/sync-mode.ts";
import { writePages } from "./fs/write-pages.ts";
import type { TraceValue } from "./hooks/record.ts";
import type { Linux } from "./linux.ts";
import { sleepOn } from "./scheduler.ts";
import { F } from "./symbols.ts";
import { type Kernel, TASK_IDLE, type Task } from "./task.ts";
import { TimerList } from "./timer-list.ts";
import { TP } from "./tracepoints.ts";
import { WaitQueue } from "./wait-queue.ts";

/**
 * How long dirty pages wait: vm.dirty_writeback_centisecs, and on this machine vm.dirty_expire_centisecs, too, which is six
 * times as long where nobody has changed it.
 */
const INTERVAL = 5_000_000_000;

/** Linux counts time in steps of a jiffy: 4 ms here. Times of files do not change within one. */
const JIFFY = 4_000_000;

/** Why there is write-back: `WB_REASON_PERIODIC`. */
const PERIODIC = 3;

/** States of an inode: its times or size, its data, its pages are newer than the disk's. */
const I_DIRTY_SYNC = 1;
const I_DIRTY_PAGES = 4;

/** Why ext4 changes metadata: `EXT4_HT_INODE`. */
const EXT4_HT_INODE = 1;

/** Where the work lies, and what says that any CPU may do it: `WORK_CPU_UNBOUND`. */
const WORK = 0xffff_8881_0088_2020n;
const UNBOUND_CPU = 8_192;

/** The one cgroup that writes: the root's inode number. */
const CGROUP = 1;

type WorkEvent = "writeback_start" | "writeback_written" | "writeback_queue" | "writeback_exec";
type DirtyEvent = "writeback_mark_inode_dirty" | "writeback_dirty_inode_start" | "writeback_dirty_inode";

/** Writes dirty pages to the disk some seconds after they were written, in a kernel thread. */
export class Writeback {
  readonly #linux: Linux;
  readonly #idle = new WaitQueue();
  #worker: Task | undefined;
  readonly #timerList = new TimerList("delayed_work_timer_fn", 0);
  /** A timer is set. */
  #planned = false;
  /** It has expired, and the worker has not begun. */
  #due = false;

  constructor(linux: Linux) {
    this.#linux = linux;
  }

  /** A page became dirty: in five seconds at the latest somebody writes it. */
  dirtied(t: Task, inode: Inode): void {
    if (!inode.sb.dirty.has(inode)) {
      inode.sb.dirty.add(inode);
      markDirty(t, inode, I_DIRTY_PAGES);
    }
    this.#plan(t);
  }

  /** Size or times of a file changed: the journal takes the change, and the inode is written some time. */
  inodeDirtied(t: Task, inode: Inode): void {
    // Times have the grain of a jiffy: what happens within one changes nothing more.
    if (inode.dirtyAt >= 0 && Math.floor(inode.dirtyAt / JIFFY) === Math.floor(t.cpu.now / JIFFY)) return;
    inode.dirtyAt = t.cpu.now;
    // XFS logs the change, and does not tell the write-back of it.
    if (inode.sb.log !== undefined) {
      inode.sb.log.change(t, inode);
      return;
    }
    markDirty(t, inode, I_DIRTY_SYNC);
    this.#plan(t);
  }

  #plan(t: Task): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#timerList.start(t, t.cpu.now + INTERVAL);
    this.#linux.interrupt(t.cpu, t.cpu.now + INTERVAL, (current) => this.#timer(current));
  }

  #timer(t: Task): void {
    t.enter(F.asm_sysvec_apic_timer_interrupt, 30);
    t.enter(F.sysvec_apic_timer_interrupt, 60);
    t.enter(F.__irq_exit_rcu, 30);
    t.enter(F.handle_softirqs, 60);
    t.enter(F.run_timer_softirq, 60);
    t.enter(F.__run_timers, 80);
    this.#timerList.expire(t, () => this.#queue(t));
    t.leave(undefined, 6);
  }

  /** `__queue_work`: a worker shall begin. */
  #queue(t: Task): void {
    t.enter(F.delayed_work_timer_fn, 20);
    t.enter(F.__queue_work, 150);
    traceWorkqueue(t, "workqueue_queue_work", ["writeback", UNBOUND_CPU, t.cpu.id]);
    traceWorkqueue(t, "workqueue_activate_work");
    t.enter(F.kick_pool, 60);
    this.#planned = false;
    this.#due = true;
    if (this.#worker === undefined) this.#worker = this.#linux.kernelThread("kworker/u8:1", (w) => this.#work(w));
    else this.#idle.wakeAll();
    t.leave(undefined, 3);
  }

  *#work(t: Task): Kernel<never> {
    t.enter(F.ret_from_fork_asm, 0);
    t.enter(F.ret_from_fork, 0);
    t.enter(F.kthread, 0);
    t.enter(F.worker_thread, 100);
    for (;;) {
      while (!this.#due) yield* sleepOn(t, this.#idle, TASK_IDLE);
      this.#due = false;
      t.enter(F.process_one_work, 150);
      traceWorkqueue(t, "workqueue_execute_start");
      for (const { sb } of this.#linux.files.mounts.list()) {
        if (sb.partition !== undefined) writeFileSystem(t, sb);
      }
      traceWorkqueue(t, "workqueue_execute_end");
      t.leave(undefined);
    }
  }
}

/** `wb_workfn` for one disk. */
function writeFileSystem(t: Task, sb: SuperBlock): void {
  t.enter(F.wb_workfn, 200);
  t.enter(F.wb_writeback, 150);
  const plug = new Plug();
  let pages = 0;
  traceWork(t, "writeback_start", sb, pages);
  traceQueue(t, sb);
  t.enter(F.__writeback_inodes_wb, 60);
  t.enter(F.writeback_sb_inodes, 150, sb);
  for (const inode of [...sb.dirty]) pages += writeInode(t, inode, plug);
  t.leave(pages, 2);
  traceWork(t, "writeback_written", sb, pages);
  finishPlug(t, plug);
  t.leave(pages);
  const { hooks } = t.linux;
  const hook = hooks.live[TP.writeback_pages_written];
  if (hook !== undefined) hooks.trace(hook, t, [pages], pages);
  t.leave(undefined);
}

/** `__writeback_single_inode`: a file's dirty pages go to the disk in as few requests as possible. */
function writeInode(t: Task, inode: Inode, plug: Plug): number {
  t.enter(F.__writeback_single_inode, 120, inode);
  traceSingle(t, "writeback_single_inode_start", inode, 0);
  const pages = writePages(t, inode, WB_SYNC_NONE, plug);
  if (inode.sb.journal !== undefined) {
    t.enter(F.ext4_write_inode, 60, inode);
    t.leave(0);
  }
  traceSingle(t, "writeback_single_inode", inode, pages);
  return t.leave(pages);
}

/** `__mark_inode_dirty`. */
function markDirty(t: Task, inode: Inode, flags: number): void {
  t.enter(F.__mark_inode_dirty, 30, inode, flags);
  traceDirty(t, "writeback_mark_inode_dirty", inode, flags);
  if (flags === I_DIRTY_SYNC) {
    traceDirty(t, "writeback_dirty_inode_start", inode, flags);
    t.enter(F.ext4_dirty_inode, 30, inode, flags);
    t.enter(F.__ext4_mark_inode_dirty, 60, undefined, inode);
    const { hooks } = t.linux;
    const hook = hooks.live[TP.ext4_mark_inode_dirty];
    if (hook !== undefined) hooks.trace(hook, t, [inode.sb.dev, inode.ino, 0], inode);
    inode.sb.journal?.change(t, inode.ino, EXT4_HT_INODE);
    t.leave(0);
    t.leave(undefined);
    traceDirty(t, "writeback_dirty_inode", inode, flags);
  }
  t.leave(undefined);
}

function traceDirty(t: Task, event: DirtyEvent, inode: Inode, flags: number): void {
  const { hooks } = t.linux;
  const hook = hooks.live[TP[event]];
  if (hook !== undefined) hooks.trace(hook, t, [bdiName(inode), inode.ino, flags, flags], inode, flags);
}

function traceWork(t: Task, event: WorkEvent, sb: SuperBlock, pages: number): void {
  const { hooks } = t.linux;
  const hook = hooks.live[TP[event]];
  if (hook === undefined) return;
  const left = Number.MAX_SAFE_INTEGER - pages;
  const values: readonly TraceValue[] = [bdiName(sb.root), left, 0, WB_SYNC_NONE, 1, 1, 0, PERIODIC, CGROUP];
  hooks.trace(hook, t, values);
}

type WorkqueueEvent =
  | "workqueue_queue_work"
  | "workqueue_activate_work"
  | "workqueue_execute_start"
  | "workqueue_execute_end";

/** The tracepoints of the work that writes: where its `struct work_struct` lies, and its function. */
function traceWorkqueue(t: Task, event: WorkqueueEvent, rest: readonly TraceValue[] = []): void {
  const { hooks, symbols } = t.linux;
  const hook = hooks.live[TP[event]];
  if (hook === undefined) return;
  const wbWorkfn = symbols.of(F.wb_workfn).address;
  const args = event === "workqueue_queue_work" ? [UNBOUND_CPU, undefined, WORK] : [WORK, wbWorkfn];
  hooks.trace(hook, t, [WORK, wbWorkfn, ...rest], ...args);
}

function traceQueue(t: Task, sb: SuperBlock): void {
  const { hooks } = t.linux;
  t.enter(F.queue_io, 40);
  const hook = hooks.live[TP.writeback_queue_io];
  const now = Math.floor(t.cpu.now / JIFFY);
  if (hook !== undefined) hooks.trace(hook, t, [bdiName(sb.root), now, 0, sb.dirty.size, PERIODIC, CGROUP]);
  t.leave(undefined);
}

function traceSingle(
  t: Task,
  event: "writeback_single_inode_start" | "writeback_single_inode",
  inode: Inode,
  wrote: number,
): void {
  const { hooks } = t.linux;
  const hook = hooks.live[TP[event]];
  if (hook === undefined) return;
  const when = Math.floor(inode.dirtyAt / JIFFY);
  const values = [bdiName(inode), inode.ino, wrote === 0 ? I_DIRTY_PAGES : 0, when, 0, 0, wrote, CGROUP];
  hooks.trace(hook, t, values, inode, undefined, wrote);
}
