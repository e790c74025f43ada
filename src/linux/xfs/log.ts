import { REQ_FUA, REQ_META, REQ_OP_WRITE, REQ_PREFLUSH, REQ_SYNC } from "../block/request.ts";
import { newBio, submitBio } from "../block/submit.ts";
import type { Inode } from "../fs/inode.ts";
import type { SuperBlock } from "../fs/super-block.ts";
import type { Linux } from "../linux.ts";
import { sleepOn } from "../scheduler.ts";
import { F } from "../symbols.ts";
import { type Kernel, TASK_IDLE, TASK_UNINTERRUPTIBLE, type Task } from "../task.ts";
import { WaitQueue } from "../wait-queue.ts";

/** Bytes of a sector, of what a changed inode takes in the log, and of the log; it is written round and round. */
const SECTOR = 512;
const ITEM = 256;
const LOG = 64 * 2 ** 20;

/** Where the log begins, in sectors of its partition. */
const FIRST = 65_536;

/**
 * The log of an XFS: changes of metadata are collected in memory (the committed item list, CIL) and reach the disk as one
 * checkpoint when somebody asks for it. A worker of Linux writes it, and hears of its end.
 */
export class XfsLog {
  readonly #linux: Linux;
  readonly #sb: SuperBlock;
  /** The checkpoint that changes go into now, and its inodes. */
  #sequence = 1;
  readonly #items = new Set<number>();
  /** Checkpoints up to these are: asked for, handed to the disk, written there, known to be safe. */
  #wanted = 0;
  #pushed = 0;
  #written = 0;
  #committed = 0;
  #worker: Task | undefined;
  readonly #idle = new WaitQueue();
  readonly #pushes = new WaitQueue();
  readonly #commits = new WaitQueue();
  #head = 0;

  constructor(linux: Linux, sb: SuperBlock) {
    this.#linux = linux;
    this.#sb = sb;
  }

  /** Size or times of a file change: a transaction of its own, into the list. */
  change(t: Task, inode: Inode): void {
    t.enter(F.xfs_vn_update_time, 40, inode);
    t.enter(F.xfs_trans_alloc, 150);
    t.leave(0);
    t.enter(F.xfs_trans_log_inode, 60, undefined, inode);
    this.#items.add(inode.ino);
    t.leave(undefined);
    t.enter(F.xfs_trans_commit, 10);
    t.enter(F.__xfs_trans_commit, 80);
    t.enter(F.xlog_cil_commit, 250);
    t.leave(undefined);
    t.leave(0, 3);
  }

  /** Waits until all that was changed so far is safe: `xfs_log_force_seq`. */
  *complete(t: Task): Kernel<void> {
    const sequence = this.#items.size > 0 ? this.#sequence : this.#sequence - 1;
    if (this.#committed >= sequence) return;
    t.enter(F.xfs_log_force_seq, 40, undefined, sequence);
    t.enter(F.xlog_cil_force_seq, 60, undefined, sequence);
    t.enter(F.__flush_workqueue, 150);
    this.#want(sequence);
    while (this.#pushed < sequence) yield* sleepOn(t, this.#pushes, TASK_UNINTERRUPTIBLE);
    t.leave(sequence, 2);
    t.enter(F.xlog_force_lsn, 60, undefined, sequence);
    t.enter(F.xlog_wait_on_iclog, 40);
    while (this.#committed < sequence) yield* sleepOn(t, this.#commits, TASK_UNINTERRUPTIBLE);
    t.leave(0, 3);
  }

  #want(sequence: number): void {
    if (this.#wanted >= sequence) return;
    this.#wanted = sequence;
    if (this.#worker === undefined) this.#worker = this.#linux.kernelThread("kworker/u8:3", (t) => this.#work(t));
    else this.#idle.wakeAll();
  }

  *#work(t: Task): Kernel<never> {
    t.enter(F.ret_from_fork_asm, 0);
    t.enter(F.ret_from_fork, 0);
    t.enter(F.kthread, 0);
    t.enter(F.worker_thread, 100);
    for (;;) {
      while (this.#wanted < this.#sequence && this.#committed === this.#written)
        yield* sleepOn(t, this.#idle, TASK_IDLE);
      t.enter(F.process_one_work, 150);
      if (this.#committed < this.#written) this.#end(t);
      else this.#push(t);
      t.leave(undefined);
    }
  }

  /** `xlog_cil_push_work`: the list becomes a checkpoint, in one piece and behind a flush. */
  #push(t: Task): void {
    t.enter(F.xlog_cil_push_work, 400);
    const sequence = this.#sequence++;
    const bytes = Math.ceil((SECTOR + this.#items.size * ITEM) / SECTOR) * SECTOR;
    this.#items.clear();
    t.enter(F.xlog_write, 100 + (bytes >> 4));
    t.leave(0);
    t.enter(F.xlog_cil_write_commit_record, 100);
    t.leave(0);
    this.#pushed = sequence;
    this.#pushes.wakeAll();
    t.enter(F.xlog_state_release_iclog, 40);
    t.enter(F.xlog_sync, 120);
    t.enter(F.xlog_write_iclog, 60);
    const sector = FIRST + this.#head / SECTOR;
    this.#head = (this.#head + bytes) % LOG;
    const flags = REQ_OP_WRITE | REQ_META | REQ_SYNC | REQ_PREFLUSH | REQ_FUA;
    const done = (current: Task) => this.#finished(current, sequence);
    submitBio(t, newBio(t, this.#sb.partition!, sector, bytes, flags, done));
    t.leave(undefined, 2);
    t.leave(0);
    t.leave(undefined);
  }

  /** In the disk's interrupt: the worker shall tell. */
  #finished(t: Task, sequence: number): void {
    t.enter(F.xlog_bio_end_io, 20);
    this.#written = sequence;
    this.#idle.wakeAll();
    t.leave(undefined);
  }

  #end(t: Task): void {
    t.enter(F.xlog_ioend_work, 40);
    t.enter(F.xlog_state_done_syncing, 80);
    this.#committed = this.#written;
    this.#commits.wakeAll();
    t.leave(undefined, 2);
  }
}
