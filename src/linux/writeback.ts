import type { Inode } from "./files.ts";
import type { Linux } from "./linux.ts";
import { PAGE_SIZE } from "./page-cache.ts";
import { sleepOn } from "./scheduler.ts";
import { F } from "./symbols.ts";
import { type Kernel, TASK_IDLE, type Task } from "./task.ts";
import { WaitQueue } from "./wait-queue.ts";

/** How long dirty pages wait: vm.dirty_writeback_centisecs. */
const INTERVAL = 5_000_000_000;

/** The most that one request to the disk writes. */
const REQUEST = 1_280 * 1024;

/** Writes dirty pages to the disk some seconds after they were written, in a kernel thread. */
export class Writeback {
  readonly #linux: Linux;
  readonly #idle = new WaitQueue();
  #worker: Task | undefined;
  /** A timer is set. */
  #planned = false;
  /** It has expired, and the worker has not begun. */
  #due = false;

  constructor(linux: Linux) {
    this.#linux = linux;
  }

  /** A page became dirty: in five seconds at the latest somebody writes it. */
  dirtied(t: Task): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#linux.interrupt(t.cpu, t.cpu.now + INTERVAL, (current) => this.#timer(current));
  }

  #timer(t: Task): void {
    t.enter(F.asm_sysvec_apic_timer_interrupt, 30);
    t.enter(F.sysvec_apic_timer_interrupt, 60);
    t.enter(F.__irq_exit_rcu, 30);
    t.enter(F.handle_softirqs, 60);
    t.enter(F.run_timer_softirq, 60);
    t.enter(F.__run_timers, 80);
    t.enter(F.call_timer_fn, 20);
    t.enter(F.delayed_work_timer_fn, 20);
    t.enter(F.__queue_work, 150);
    t.enter(F.kick_pool, 60);
    this.#planned = false;
    this.#due = true;
    if (this.#worker === undefined) this.#worker = this.#linux.kernelThread("kworker/u8:1", (w) => this.#work(w));
    else this.#idle.wakeAll();
    t.leave(undefined, 10);
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
      t.enter(F.wb_workfn, 200);
      t.enter(F.wb_writeback, 150);
      t.enter(F.__writeback_inodes_wb, 60);
      for (const inode of this.#linux.files.list()) if (inode.pages.dirty > 0) writeInode(t, inode);
      t.leave(undefined, 4);
    }
  }
}

/** `writeback_sb_inodes` for one file: its dirty pages go to the disk in as few requests as possible. */
function writeInode(t: Task, inode: Inode): void {
  const pages = inode.pages.clean();
  t.enter(F.writeback_sb_inodes, 150);
  t.enter(F.__writeback_single_inode, 120);
  t.enter(F.do_writepages, 40);
  t.enter(F.ext4_writepages, 100);
  t.enter(F.ext4_do_writepages, 400 + 90 * pages);
  for (let left = pages * PAGE_SIZE; left > 0; left -= REQUEST) {
    t.enter(F.ext4_io_submit, 30);
    t.enter(F.submit_bio, 120);
    t.linux.disk.submit(t, Math.min(left, REQUEST), endWriteback);
    t.leave(undefined, 2);
  }
  t.leave(undefined, 5);
}

function endWriteback(t: Task): void {
  t.enter(F.ext4_end_bio, 60);
  t.enter(F.ext4_finish_bio, 150);
  t.enter(F.folio_end_writeback, 40);
  t.leave(undefined, 3);
}
