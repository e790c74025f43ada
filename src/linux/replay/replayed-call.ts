import { sysExit, sysExitGroup } from "../exit.ts";
import { type FileOperations, type OpenFile, openFile } from "../files.ts";
import { sysRead, sysWrite } from "../read-write.ts";
import { sleepUntil } from "../sleep.ts";
import { ENTRY_POINT, F, type KernelFunction } from "../symbols.ts";
import { after, BEHIND, type Kernel, SLEEP, type SyscallHandler, TASK_INTERRUPTIBLE, type Task } from "../task.ts";
import { unquote } from "./arguments.ts";
import { CALL_PATHS, FILE_PATHS, type FileKind, type KernelPath, PLAIN } from "./paths.ts";
import type { ReplayedCall } from "./script.ts";

/** Up to here a call that took long was working; beyond, it was waiting. */
const LONGEST_WORK = 20_000;

/** From the timer to the task's next instruction, when it sleeps until its call shall end. */
const WAKE_UP = 5_000;

/** Between the end of the work and the return to user space. */
const RETURN = 200;

/** What a replayed process is about to do; its open files look here when they are read or written. */
export interface Cue {
  call: ReplayedCall;
  /** Virtual time at which the call returned; undefined if the log does not say, Infinity if it never did. */
  end: number | undefined;
}

/** The handler that takes a call of the log through Linux: the real path, with the log's result at the log's time. */
export function replayedHandler(cue: Cue): SyscallHandler {
  const { name, nr } = cue.call;
  return (t, a, b, c) => {
    if (name === "exit_group") return sysExitGroup(t, a);
    if (name === "exit") return sysExit(t, a);
    const body = name === "read" ? sysRead(t, a, b, c) : name === "write" ? sysWrite(t, a, b, c) : other(t, nr, cue);
    return after(body, () => cue.call.value ?? 0);
  };
}

function* other(t: Task, nr: number, cue: Cue): Kernel<number> {
  t.enter(ENTRY_POINT[nr]!, 10);
  return t.leave(yield* follow(t, CALL_PATHS[cue.call.name] ?? PLAIN, cue));
}

function enterAll(t: Task, functions: readonly KernelFunction[]): void {
  for (const name of functions) t.enter(F[name], 15);
}

/** Into the functions of a path, there for as long as the log says, and out again. */
function* follow(t: Task, row: KernelPath, cue: Cue): Kernel<number> {
  enterAll(t, row.path);
  const end = cue.end === undefined ? 0 : cue.end - RETURN;
  if (row.wait !== undefined && end - t.cpu.now > LONGEST_WORK) {
    enterAll(t, row.wait);
    if (end === Number.POSITIVE_INFINITY) yield* forever(t);
    yield* sleepUntil(t, end - WAKE_UP);
    t.leave(undefined, row.wait.length);
  }
  enterAll(t, row.work);
  yield* workUntil(t, end);
  return t.leave(cue.call.value ?? 0, row.path.length + row.work.length);
}

/** Inside Linux, at work; in pieces, so that the rest of the machine keeps up. */
function* workUntil(t: Task, end: number): Kernel<void> {
  while (t.cpu.now < end) {
    if (end === Number.POSITIVE_INFINITY) yield* forever(t);
    t.spend(Math.min(end - t.cpu.now, LONGEST_WORK));
    while (t.behind) yield BEHIND;
  }
}

/** Sleeps, and is never woken. */
export function* forever(t: Task): Kernel<never> {
  t.enter(F.schedule, 40);
  t.enter(F.__schedule, 150);
  while (t.behind) yield BEHIND;
  t.state = TASK_INTERRUPTIBLE;
  for (;;) yield SLEEP;
}

/** A file of the log: its kind gives the path, the cue the result. */
function replayedOperations(kind: FileKind, cue: Cue): FileOperations {
  return {
    read: (t) => follow(t, FILE_PATHS[kind].read, cue),
    write: (t) => follow(t, FILE_PATHS[kind].write, cue),
    release() {},
  };
}

/** A descriptor's file, read and written by the log of the process that `cue` belongs to. */
export function replayedFile(kind: FileKind, path: string, cue: Cue): OpenFile {
  return openFile(replayedOperations(kind, cue), path, { object: kind });
}

/** What a call that has returned did to the process: descriptors, and the name after `execve`. */
export function takeEffect(t: Task, { name, args, value }: ReplayedCall, cue: Cue): void {
  if (value === undefined || value < 0) return;
  const fd = Number.parseInt(args[0] ?? "", 10);
  const install = (at: number, kind: FileKind, path: string) => t.files.install(replayedFile(kind, path, cue), at);
  switch (name) {
    case "open":
    case "openat": {
      const path = unquote(args[name === "open" ? 0 : 1] ?? "") ?? "";
      install(value, kindOfPath(path), path);
      return;
    }
    case "pipe":
    case "pipe2": {
      // With `-s 0` or `-s 1` strace does not show the descriptors: then they are the lowest free ones.
      const ends = (args[0] ?? "").match(/\d+/g) ?? [];
      for (let i = 0; i < 2; i++) {
        const end = ends[i];
        t.files.install(replayedFile("pipe", "pipe", cue), end === undefined ? undefined : Number(end));
      }
      return;
    }
    case "socket":
    case "accept":
    case "accept4":
      install(value, "socket", "socket");
      return;
    case "dup":
    case "dup2":
    case "dup3": {
      const source = t.files.get(fd);
      if (source !== undefined) install(value, source.object as FileKind, source.path);
      return;
    }
    case "close":
      t.files.remove(fd);
      return;
    case "execve":
      // Of a call that began before the log, the path is unknown.
      t.comm = commOf(unquote(args[0] ?? "") ?? t.comm);
      t.userDepth = 0;
      return;
    default:
      return;
  }
}

function kindOfPath(path: string): FileKind {
  if (path === "/dev/null") return "null";
  return /^\/dev\/(tty|pts\/)/.test(path) ? "tty" : "file";
}

function commOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1, path.lastIndexOf("/") + 16);
}
