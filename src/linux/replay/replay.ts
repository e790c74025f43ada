import { exitFrom } from "../exit.ts";
import { FileTable } from "../files.ts";
import type { Linux } from "../linux.ts";
import { F } from "../symbols.ts";
import type { Sys } from "../sys.ts";
import type { Task, UserCode } from "../task.ts";
import { register } from "./arguments.ts";
import type { FileKind } from "./paths.ts";
import { type Cue, forever, replayedFile, replayedHandler, takeEffect } from "./replayed-call.ts";
import type { ReplayedCall, ReplayedProcess, ReplayScript } from "./script.ts";

/** Virtual time between the start of a replay and the log's first line, in which the first process comes up. */
const LEAD = 100_000;

/** A process exists this long before its first line. */
const BEFORE_FIRST_LINE = 20_000;

/** How long a computing process looks at most before it checks whether its next call is due. */
const PIECE = 50_000;

/**
 * A log being replayed: its processes are tasks of the machine, each making its system calls at the log's times, with
 * the log's results. Between calls a process computes in user space, as long as there is a CPU for it.
 */
export class Replay {
  readonly #linux: Linux;
  readonly #script: ReplayScript;
  /** Virtual time of the log's first line. */
  readonly #base: number;
  readonly #tasks: Task[] = [];
  /** Who has a pid of the log, or had it last. */
  readonly #byPid = new Map<number, Task>();
  #finished = false;
  /** System calls that have been entered. */
  calls = 0;
  /** Processes that have something left to do. */
  live: number;

  constructor(linux: Linux, script: ReplayScript) {
    this.#linux = linux;
    this.#script = script;
    this.#base = linux.ktimeNs() + LEAD;
    this.live = script.processes.length;
    for (const process of script.processes) {
      linux.at(this.#base + process.start - BEFORE_FIRST_LINE, () => this.#spawn(process));
    }
  }

  /** Virtual time at which the log is over. */
  get end(): number {
    return this.#base + this.#script.length;
  }

  /** Takes what is left of the log's processes off the machine; those that have not started yet never will. */
  finish(): void {
    this.#finished = true;
    for (const task of this.#tasks) this.#linux.remove(task);
  }

  #spawn(process: ReplayedProcess): void {
    if (this.#finished) return;
    const parent = process.parent === undefined ? undefined : this.#byPid.get(process.parent);
    const cue: Cue = { call: NOTHING, end: undefined };
    const task = this.#linux.process({
      pid: process.pid === 0 ? undefined : process.pid,
      tgid: process.thread ? parent?.tgid : undefined,
      group: process.thread ? parent?.group : undefined,
      comm: parent?.comm ?? "strace",
      program: (sys) => this.#run(sys, process, cue),
    });
    task.files = inherit(parent, cue);
    this.#tasks.push(task);
    this.#byPid.set(process.pid, task);
  }

  *#run(sys: Sys, process: ReplayedProcess, cue: Cue): UserCode {
    const t = sys.task;
    // Which functions of its own a process is in, a log does not tell.
    t.userDepth = 0;
    for (const call of process.calls) {
      yield* this.#computeUntil(sys, this.#base + call.start);
      cue.call = call;
      cue.end = call.end === undefined ? undefined : this.#base + call.end;
      if (cue.end === Number.POSITIVE_INFINITY) this.live--;
      this.calls++;
      const args = call.args.map((arg) => register(arg, this.#linux.strings));
      yield sys.call(call.nr, args, replayedHandler(cue));
      takeEffect(t, call, cue);
    }
    if (process.exit !== undefined) {
      yield* this.#computeUntil(sys, this.#base + process.exit.time);
      this.live--;
      yield sys.stay(exitFrom(t, F.entry_SYSCALL_64_after_hwframe, process.exit.code));
    }
    this.live--;
    // The log says nothing more about it: it is not on a CPU, and makes no call that was not recorded.
    yield sys.stay(forever(t));
  }

  /** In user space until `time`. Then its call is due, whoever has the CPU. */
  *#computeUntil(sys: Sys, time: number): UserCode {
    const { task } = sys;
    if (task.cpu.now >= time) return;
    this.#linux.at(time, () => this.#linux.scheduler.hurry(task));
    while (task.cpu.now < time) yield sys.compute(Math.min(PIECE, time - task.cpu.now));
  }
}

const NOTHING: ReplayedCall = { nr: -1, name: "", args: [], start: 0, end: undefined, value: undefined };

/** A new process's descriptors: its parent's, or the terminal. */
function inherit(parent: Task | undefined, cue: Cue): FileTable {
  const files = new FileTable();
  const inherited =
    parent === undefined
      ? [0, 1, 2].map((fd) => ({ fd, kind: "tty" as FileKind, path: "/dev/pts/0" }))
      : parent.files.entries().map(([fd, file]) => ({ fd, kind: file.object as FileKind, path: file.path }));
  for (const { fd, kind, path } of inherited) files.install(replayedFile(kind, path, cue), fd);
  return files;
}
