import { REQ_FUA, REQ_META, REQ_OP_WRITE, REQ_PREFLUSH, REQ_SYNC } from "../block/request.ts";
import { finishPlug, newBio, Plug, submitBio } from "../block/submit.ts";
import type { SuperBlock } from "../fs/super-block.ts";
import type { Linux } from "../linux.ts";
import { sleepOn } from "../scheduler.ts";
import { F } from "../symbols.ts";
import { type Kernel, TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, type Task } from "../task.ts";
import { TimerList } from "../timer-list.ts";
import { TP } from "../tracepoints.ts";
import { WaitQueue } from "../wait-queue.ts";

/** A transaction is committed after so many nanoseconds, if nobody asks earlier (ext4's `commit=5`). */
const INTERVAL = 5_000_000_000;

/** The timer of the write-back comes before those of the journals. */
const FIRST_TIMER = 1;

const BLOCK = 4096;
const SECTORS = BLOCK / 512;

/** Blocks of the journal; it is written round and round. */
const BLOCKS = 32_768;

/** Where the journal begins, in sectors of its partition. */
const FIRST = 65_536;

type CommitStep = "jbd2_start_commit" | "jbd2_commit_locking" | "jbd2_commit_flushing" | "jbd2_commit_logging";

/** Changes of metadata that reach the disk together. */
interface Transaction {
  readonly tid: number;
  readonly begin: number;
  handles: number;
  /** Blocks that it has changed. */
  readonly blocks: Set<number>;
}

/** The journal of an ext4: metadata is written to it before its own place, by a thread of Linux. */
export class Journal {
  readonly #linux: Linux;
  readonly #sb: SuperBlock;
  #running: Transaction | undefined;
  #tid = 2;
  /** The last transaction that is safe on the disk. */
  #committed = 1;
  /** Who asks for this one or an earlier one to be committed now. */
  #wanted = 0;
  #thread: Task | undefined;
  readonly #idle = new WaitQueue();
  readonly #done = new WaitQueue();
  readonly #written = new WaitQueue();
  #timer: TimerList | undefined;
  #inFlight = 0;
  #head = 0;

  constructor(linux: Linux, sb: SuperBlock) {
    this.#linux = linux;
    this.#sb = sb;
  }

  /** One change of a block of metadata, as part of the running transaction: `jbd2__journal_start` to `jbd2_journal_stop`. */
  change(t: Task, block: number, type: number): void {
    const transaction = (this.#running ??= this.#begin(t));
    const { hooks } = t.linux;
    const { dev } = this.#sb;
    transaction.handles++;
    t.enter(F.__ext4_journal_start_sb, 40, undefined, this.#sb);
    t.enter(F.jbd2__journal_start, 120);
    const start = hooks.live[TP.jbd2_handle_start];
    if (start !== undefined)
      hooks.trace(start, t, [dev, transaction.tid, type, 0, 2], dev, transaction.tid, type, 0, 2);
    t.leave(undefined, 2);
    transaction.blocks.add(block);
    t.enter(F.__ext4_journal_stop, 20);
    t.enter(F.jbd2_journal_stop, 60);
    const stats = hooks.live[TP.jbd2_handle_stats];
    if (stats !== undefined) hooks.trace(stats, t, [dev, transaction.tid, type, 0, 0, 0, 2, 1]);
    t.leave(0, 2);
  }

  #begin(t: Task): Transaction {
    const tid = this.#tid++;
    this.#timer ??= new TimerList("commit_timeout", FIRST_TIMER + this.#linux.disks.indexOf(this.#sb.partition!.disk));
    this.#timer.start(t, t.cpu.now + INTERVAL);
    this.#linux.interrupt(t.cpu, t.cpu.now + INTERVAL, (current) => this.#timeout(current, tid));
    return { tid, begin: t.cpu.now, handles: 0, blocks: new Set() };
  }

  /** The timer of a transaction; somebody may have had it committed already. */
  #timeout(t: Task, tid: number): void {
    if (this.#running?.tid !== tid) return;
    t.enter(F.asm_sysvec_apic_timer_interrupt, 30);
    t.enter(F.sysvec_apic_timer_interrupt, 60);
    t.enter(F.__irq_exit_rcu, 30);
    t.enter(F.handle_softirqs, 60);
    t.enter(F.run_timer_softirq, 60);
    t.enter(F.__run_timers, 80);
    this.#timer!.expire(t, () => {
      t.enter(F.commit_timeout, 20);
      this.#want(tid);
      t.leave(undefined);
    });
    t.leave(undefined, 6);
  }

  #want(tid: number): void {
    this.#wanted = Math.max(this.#wanted, tid);
    if (this.#thread === undefined) {
      this.#thread = this.#linux.kernelThread(`jbd2/${this.#sb.id}-8`, (thread) => this.#run(thread));
    } else this.#idle.wakeAll();
  }

  /** Waits until all that was changed so far is safe: `jbd2_complete_transaction`. */
  *complete(t: Task): Kernel<void> {
    const tid = this.#running?.tid ?? this.#tid - 1;
    if (this.#committed >= tid) return;
    t.enter(F.jbd2_complete_transaction, 40, undefined, tid);
    this.#want(tid);
    t.enter(F.jbd2_log_wait_commit, 60, undefined, tid);
    while (this.#committed < tid) yield* sleepOn(t, this.#done, TASK_UNINTERRUPTIBLE);
    t.leave(0, 2);
  }

  *#run(t: Task): Kernel<never> {
    t.enter(F.ret_from_fork_asm, 0);
    t.enter(F.ret_from_fork, 0);
    t.enter(F.kthread, 0);
    t.enter(F.kjournald2, 100);
    for (;;) {
      while (this.#running === undefined || this.#running.tid > this.#wanted) {
        yield* sleepOn(t, this.#idle, TASK_INTERRUPTIBLE);
      }
      yield* this.#commit(t, this.#running);
    }
  }

  #trace(t: Task, step: CommitStep, tid: number): void {
    const { hooks } = t.linux;
    const hook = hooks.live[TP[step]];
    if (hook !== undefined) hooks.trace(hook, t, [this.#sb.dev, 0, tid]);
  }

  /** `jbd2_journal_commit_transaction`: the changed blocks in one piece, then, behind a flush, the block that makes them count. */
  *#commit(t: Task, { tid, begin, handles, blocks }: Transaction): Kernel<void> {
    const { hooks } = t.linux;
    const { dev } = this.#sb;
    const start = t.cpu.now;
    t.enter(F.jbd2_journal_commit_transaction, 2_000);
    for (const step of ["jbd2_start_commit", "jbd2_commit_locking", "jbd2_commit_flushing"] as const) {
      this.#trace(t, step, tid);
    }
    this.#running = undefined;
    this.#trace(t, "jbd2_commit_logging", tid);
    const plug = new Plug();
    this.#write(t, (blocks.size + 1) * BLOCK, REQ_OP_WRITE | REQ_SYNC | REQ_META, plug);
    finishPlug(t, plug);
    yield* this.#wait(t);
    this.#write(t, BLOCK, REQ_OP_WRITE | REQ_SYNC | REQ_META | REQ_PREFLUSH | REQ_FUA);
    yield* this.#wait(t);
    this.#committed = tid;
    const end = hooks.live[TP.jbd2_end_commit];
    if (end !== undefined) hooks.trace(end, t, [dev, 0, tid, tid]);
    const stats = hooks.live[TP.jbd2_run_stats];
    if (stats !== undefined) {
      const times = [0, 0, ms(start - begin), 0, 0, ms(t.cpu.now - start)];
      hooks.trace(stats, t, [dev, tid, ...times, handles, blocks.size, blocks.size + 2]);
    }
    t.leave(undefined);
    this.#done.wakeAll();
  }

  #write(t: Task, bytes: number, flags: number, plug?: Plug): void {
    const sector = FIRST + this.#head * SECTORS;
    this.#head = (this.#head + bytes / BLOCK) % BLOCKS;
    this.#inFlight++;
    submitBio(
      t,
      newBio(t, this.#sb.partition!, sector, bytes, flags, (current) => this.#finished(current)),
      plug,
    );
  }

  #finished(t: Task): void {
    t.enter(F.journal_end_buffer_io_sync, 60);
    this.#inFlight--;
    this.#written.wakeAll();
    t.leave(undefined);
  }

  *#wait(t: Task): Kernel<void> {
    while (this.#inFlight > 0) yield* sleepOn(t, this.#written, TASK_UNINTERRUPTIBLE);
  }
}

/** Whole milliseconds, which is a jiffy here. */
function ms(ns: number): number {
  return Math.floor(ns / 1e6);
}
