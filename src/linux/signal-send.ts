import { CAP_KILL, capable } from "./capable.ts";
import { ERRNO } from "./errno.ts";
import { security } from "./security/security.ts";
import {
  defaultAction,
  SI_TKILL,
  SI_USER,
  SIGCONT,
  SIGKILL,
  SIGSTOP,
  type SignalAction,
  type SignalInfo,
} from "./signals.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import { TASK_INTERRUPTIBLE, TASK_STOPPED, type Task } from "./task.ts";
import { TP } from "./tracepoints.ts";

/** `TRACE_SIGNAL_*`: what `signal:signal_generate` says became of a signal. */
const DELIVERED = 0;
const IGNORED = 1;
const ALREADY_PENDING = 2;

const TASK_WAKEKILL = 0x100;

/** Standard signals are pending at most once. */
const FIRST_REALTIME = 32;
const LAST_SIGNAL = 64;

/**
 * `__send_signal_locked`: the signal is pending for the thread `p`, or for its process if `group`; whoever shall take it
 * is woken. `t` is what executes now.
 */
export function sendSignal(t: Task, p: Task, info: SignalInfo, group: boolean): void {
  t.enter(F.__send_signal_locked, 120, info.signal, info, p, group ? 1 : 0);
  const result = generate(t, p, info, group);
  const hook = t.linux.hooks.live[TP.signal_generate];
  if (hook !== undefined) {
    const { signal, errno, code } = info;
    const grouped = group ? 1 : 0;
    t.linux.hooks.trace(
      hook,
      t,
      [signal, errno, code, p.comm, p.pid, grouped, result],
      signal,
      info,
      p,
      grouped,
      result,
    );
  }
  if (result === DELIVERED) completeSignal(t, p, info.signal, group);
  t.leave(0);
}

function generate(t: Task, p: Task, info: SignalInfo, group: boolean): number {
  const { signal } = info;
  if (p.program === undefined || p.group.exitStatus !== undefined) return IGNORED;
  if (signal === SIGCONT) for (const thread of p.group.threads) resumeStopped(t, thread);
  if (isIgnored(p, signal)) return IGNORED;
  const queue = group ? p.group.pending : p.signals;
  if (signal < FIRST_REALTIME && queue.some((other) => other.signal === signal)) return ALREADY_PENDING;
  queue.push(info);
  return DELIVERED;
}

function isIgnored(p: Task, signal: number): boolean {
  // SIGNAL_UNKILLABLE: the first process, and Linux's own threads, get no signal that they do not expect.
  if (p === p.linux.init || p.program === undefined) return !p.group.actions.has(signal);
  if (signal === SIGKILL || signal === SIGSTOP) return false;
  const action = p.group.actions.get(signal);
  if (action !== undefined) return action.handler === undefined;
  const usual = defaultAction(signal);
  return usual === "ignore" || usual === "continue";
}

/** `complete_signal`: a fatal one ends all threads, another wakes one that can take it. */
function completeSignal(t: Task, p: Task, signal: number, group: boolean): void {
  t.enter(F.complete_signal, 40, signal, p, group ? 1 : 0);
  const usual = defaultAction(signal);
  const fatal = signal === SIGKILL || (!p.group.actions.has(signal) && usual === "terminate");
  if (fatal) {
    p.group.exitStatus = signal;
    for (const thread of p.group.threads) signalWakeUp(t, thread, true);
  } else signalWakeUp(t, group ? (p.group.threads[0] ?? p) : p, false);
  t.leave(undefined);
}

/** `signal_wake_up_state`: it shall look for signals on its way to user space, and be on its way soon. */
export function signalWakeUp(t: Task, p: Task, fatal: boolean): void {
  if (p.exiting) return;
  t.enter(F.signal_wake_up_state, 20, p, fatal ? TASK_WAKEKILL : 0);
  p.signalled = true;
  if (p.state === TASK_INTERRUPTIBLE || (fatal && (p.state === TASK_STOPPED || p.killable))) {
    t.linux.scheduler.wake(p, t);
  }
  t.leave(undefined);
}

function resumeStopped(t: Task, p: Task): void {
  if (p.state === TASK_STOPPED) t.linux.scheduler.wake(p, t);
}

/** `rt_sigaction(2)`: what shall be done at a signal. */
export function sysRtSigaction(t: Task, signal: number, action: SignalAction): number {
  t.enter(ENTRY_POINT[13]!, 60);
  if (signal < 1 || signal > LAST_SIGNAL || signal === SIGKILL || signal === SIGSTOP) return t.leave(-ERRNO.EINVAL!);
  t.group.actions.set(signal, action);
  return t.leave(0);
}

/** `kill(2)`: a process, or with a negative pid a process group. */
export function sysKill(t: Task, pid: number, signal: number): number {
  t.enter(ENTRY_POINT[62]!, 30);
  t.enter(F.kill_something_info, 40, signal, undefined, pid);
  const { linux } = t;
  const target = pid | 0;
  const group = target < -1 ? -target : t.group.pgid;
  const all = target > 0 ? [linux.taskOf(target)] : linux.tasks().filter((p) => p.group.pgid === group && isLeader(p));
  const found = all.filter((p) => p !== undefined);
  let result = found.length === 0 ? -ERRNO.ESRCH! : -ERRNO.EPERM!;
  for (const p of found) {
    const denied = mayKill(t, p, { signal, errno: 0, code: SI_USER, pid: t.tgid });
    if (denied !== 0) {
      if (found.length === 1) result = denied;
      continue;
    }
    result = 0;
    const function_ = target > 0 ? F.kill_pid_info_type : F.__kill_pgrp_info;
    t.enter(function_, 30, signal);
    if (signal !== 0) send(t, p, { signal, errno: 0, code: SI_USER, pid: t.tgid }, true);
    t.leave(0);
  }
  return t.leave(result, 2);
}

function isLeader(p: Task): boolean {
  return p.pid === p.tgid;
}

/** `do_send_sig_info`. */
function send(t: Task, p: Task, info: SignalInfo, group: boolean): void {
  t.enter(F.do_send_sig_info, 30, info.signal, info, p, group ? 1 : 0);
  sendSignal(t, p, info, group);
  t.leave(0);
}

/** `tgkill(2)`: one thread of a process. */
export function sysTgkill(t: Task, tgid: number, pid: number, signal: number): number {
  t.enter(ENTRY_POINT[234]!, 30);
  t.enter(F.do_send_specific, 40, tgid, pid, signal);
  const p = t.linux.taskOf(pid);
  if (p === undefined || p.tgid !== tgid) return t.leave(-ERRNO.ESRCH!, 2);
  const denied = mayKill(t, p, { signal, errno: 0, code: SI_TKILL, pid: t.tgid });
  if (denied !== 0) return t.leave(denied, 2);
  if (signal !== 0) send(t, p, { signal, errno: 0, code: SI_TKILL, pid: t.tgid }, false);
  return t.leave(0, 2);
}

/** `check_kill_permission`: the same user, or somebody with CAP_KILL; then security modules. 0 or -errno. */
function mayKill(t: Task, p: Task, info: SignalInfo): number {
  const { cred } = t;
  const same = [p.cred.suid, p.cred.uid].some((id) => id === cred.euid || id === cred.uid);
  if (!same && !capable(t, CAP_KILL)) return -ERRNO.EPERM!;
  return security(t, "task_kill", 0, p, info, info.signal, undefined);
}
