import { ERRNO } from "./errno.ts";
import { mustYield } from "./scheduler.ts";
import { enterHandler, getSignal } from "./signal-deliver.ts";
import { sendSignal } from "./signal-send.ts";
import { SEGV_MAPERR, SIGSEGV } from "./signals.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import { BEHIND, INTERRUPTED, PREEMPTED, type SignalContext, type Task, type Wait } from "./task.ts";
import { TP } from "./tracepoints.ts";

const NANOSLEEP = 35;

/** Results of a call that a signal has ended, before they become -EINTR or the call is made again. */
const RESTARTS: ReadonlySet<number> = new Set([ERRNO.ERESTARTSYS!, ERRNO.ERESTART_RESTARTBLOCK!]);

/** Virtual nanoseconds that a computing CPU may be ahead of the others. */
const LOOKAHEAD = 50_000;

/**
 * Lets a task execute until it must wait: its program up to the next request, then what the request asks for.
 * A system call is the only way into Linux. It raises the tracepoints of its entry and exit from the functions that
 * raise them on Linux, and lets another task run on the way back if the time slice is over.
 *
 * Wherever other CPUs could notice an order (an event, the end of a slice) the task first waits until the whole
 * machine has come to its time. That is why the parts of a call are phases: most calls pass them without stopping.
 */
export function execute(t: Task): Wait {
  for (;;) {
    switch (t.phase) {
      case "born":
        t.begin();
        break;
      case "user":
        // A program never ends by itself, its last call is exit: this one has thrown, and its error was told then.
        if (t.program!.next(t.result).done) die(t);
        break;
      case "compute":
        if (!compute(t)) return BEHIND;
        break;
      case "begin":
        beginSyscall(t);
        break;
      case "enter":
        if (t.behind) return BEHIND;
        enterSyscall(t);
        break;
      case "kernel": {
        const { done, value } = t.rest!.next();
        if (done) returned(t, value);
        else if (value === INTERRUPTED) interrupted(t);
        else return value;
        break;
      }
      case "exit":
        if (t.behind) return BEHIND;
        exitSyscall(t);
        break;
      case "return":
        returnToUser(t);
        break;
      case "preempt":
        if (t.behind) return BEHIND;
        t.phase = "resume";
        return PREEMPTED;
      case "resume":
        resume(t);
        break;
      default:
        t.phase satisfies never;
    }
  }
}

/** The program has thrown: SIGSEGV, as for a bad pointer. */
function die(t: Task): void {
  t.enter(F.asm_exc_page_fault, 60);
  t.enter(F.exc_page_fault, 300);
  sendSignal(t, t, { signal: SIGSEGV, errno: 0, code: SEGV_MAPERR, pid: 0 }, false);
  t.leave(undefined);
  t.enter(F.irqentry_exit_to_user_mode, 40);
  t.group.actions.delete(SIGSEGV);
  takeSignal(t);
}

/** The program has asked for a system call: libc's wrapper, then the entry into Linux. */
function beginSyscall(t: Task): void {
  t.enterUser(t.linux.libcFrame(t.nr), t.args);
  t.enter(F.entry_SYSCALL_64_after_hwframe, 35);
  t.enter(F.do_syscall_64, 20);
  t.phase = "enter";
}

function enterSyscall(t: Task): void {
  const { nr, args, linux } = t;
  linux.syscalls++;
  const { hooks } = linux;
  const all = hooks.live[TP.sys_enter];
  const hook = hooks.sysEnter[nr];
  if (hook !== undefined || all !== undefined) {
    t.enter(F.syscall_trace_enter, 0);
    if (all !== undefined) hooks.trace(all, t, [nr, args], t.registers, nr);
    if (hook !== undefined) {
      t.enter(F.perf_syscall_enter, 0);
      hooks.fireSysEnter(hook, t, nr, args);
      t.leave(undefined);
    }
    t.leave(undefined);
  }
  t.enter(F.x64_sys_call, 5, t.registers, nr);
  const replaced = hooks.functions.replacedSyscall(t, ENTRY_POINT[nr]!);
  if (replaced !== undefined) {
    returned(t, replaced);
    return;
  }
  const result = t.handler === undefined ? unimplemented(t, nr) : t.handler(t, args[0]!, args[1]!, args[2]!, args[3]!);
  if (typeof result === "number") {
    returned(t, result);
    return;
  }
  t.rest = result;
  t.phase = "kernel";
}

function unimplemented(t: Task, nr: number): number {
  t.enter(ENTRY_POINT[nr]!, 50);
  return t.leave(-ERRNO.ENOSYS!);
}

function returned(t: Task, result: number): void {
  t.rest = undefined;
  const { outside } = t;
  t.outside = undefined;
  if (outside === "signal") {
    leaveSignal(t);
    return;
  }
  if (outside === "fault") {
    leaveFault(t);
    return;
  }
  t.result = t.leave(result);
  t.phase = "exit";
}

/** The pages are there, and the program goes on; or it gets a signal. */
function leaveFault(t: Task): void {
  t.result = 0;
  t.phase = "user";
  if (!t.signalled) return;
  t.enter(F.asm_exc_page_fault, 20);
  t.enter(F.irqentry_exit_to_user_mode, 40);
  // Nothing is left of what it did, and it is in no system call.
  t.left = 1;
  takeSignal(t);
}

/** A signal has ended the sleep of a system call, and with it the call. */
function interrupted(t: Task): void {
  // What it holds while it sleeps (a place in a queue, a timer) is given back on the way out.
  t.rest!.return(0);
  t.rest = undefined;
  t.result = t.leave(t.nr === NANOSLEEP ? -ERRNO.ERESTART_RESTARTBLOCK! : -ERRNO.ERESTARTSYS!, t.kernelDepth - 2);
  t.phase = "exit";
}

function exitSyscall(t: Task): void {
  const { nr, linux } = t;
  const { hooks } = linux;
  const all = hooks.live[TP.sys_exit];
  const hook = hooks.sysExit[nr];
  if (hook !== undefined || all !== undefined) {
    t.enter(F.syscall_exit_work, 0);
    if (all !== undefined) hooks.trace(all, t, [nr, t.result], t.registers, t.result);
    if (hook !== undefined) hooks.fireSysExit(hook, t, nr, t.result);
    t.leave(undefined);
  }
  t.spend(30);
  returnToUser(t);
}

/** `exit_to_user_mode_loop` after a system call: signals, then somebody else's turn. */
function returnToUser(t: Task): void {
  if (t.signalled) {
    t.enter(F.exit_to_user_mode_loop, 30);
    takeSignal(t);
  } else if (mustYield(t)) {
    t.enter(F.exit_to_user_mode_loop, 30);
    preempt(t);
  } else leaveSyscall(t);
}

function leaveSyscall(t: Task): void {
  t.leave(undefined, 2);
  t.leaveUser(t.result);
  t.phase = "user";
  if (t.returning !== undefined) goBack(t, t.returning);
}

/** `rt_sigreturn`: to where the signal came. */
function goBack(t: Task, { program, userDepth, result, left, again }: SignalContext): void {
  t.returning = undefined;
  t.program = program;
  t.userDepth = userDepth;
  t.result = result;
  t.left = left;
  if (left > 0) t.phase = "compute";
  if (again === undefined) return;
  Object.assign(t, again);
  t.phase = "begin";
}

/**
 * `arch_do_signal_or_restart`, from the function that goes back to user space: a handler runs, the task exits or stops, or
 * nothing is to be done. Inside a system call the stack below is that of the call, otherwise an interrupt's.
 */
function takeSignal(t: Task): void {
  t.enter(F.arch_do_signal_or_restart, 60);
  t.enter(F.get_signal, 120);
  const delivery = getSignal(t);
  if (delivery.kind === "wait") {
    t.rest = delivery.rest;
    t.outside = "signal";
    t.phase = "kernel";
    return;
  }
  t.leave(undefined);
  if (delivery.kind === "none") {
    leaveSignal(t, 2);
    return;
  }
  const { action } = delivery;
  const inCall = t.left === 0;
  const restarts = RESTARTS.has(-t.result) && inCall;
  const { nr, args, handler, left, program } = t;
  const userDepth = inCall ? t.userDepth - 1 : t.userDepth;
  const again = restarts && action.restart && nr !== NANOSLEEP ? { nr, args, handler } : undefined;
  enterHandler(t, action, { program: program!, userDepth, result: restarts ? -ERRNO.EINTR! : t.result, left, again });
  t.left = 0;
  t.stop = 0;
  t.result = 0;
  if (inCall) {
    t.leave(undefined, 2);
    leaveSyscall(t);
  } else t.leave(undefined, t.kernelDepth);
  t.phase = "user";
}

/** Out of the functions that looked for a signal; what was interrupted goes on. */
function leaveSignal(t: Task, levels = 3): void {
  t.leave(undefined, levels);
  if (t.left > 0) {
    t.leave(undefined);
    t.phase = "compute";
    return;
  }
  if (!RESTARTS.has(-t.result)) {
    t.phase = "return";
    return;
  }
  // No handler has run: the call is made again, and nobody notices.
  leaveSyscall(t);
  t.phase = "begin";
}

/** On the way back to user space somebody else's turn has come. */
function preempt(t: Task): void {
  t.enter(F.schedule, 40);
  t.enter(F.__schedule, 150);
  t.phase = "preempt";
}

/** It has its CPU back: out of the scheduler, and back to where it was. */
function resume(t: Task): void {
  t.leave(undefined, 3);
  if (t.left === 0) {
    t.phase = "return";
    return;
  }
  t.leave(undefined);
  t.phase = "compute";
}

/**
 * Computes in user space for `t.left`. Nothing that a program computes concerns other CPUs, so this one runs ahead of
 * them, but never past an event nor far: at fixed instants it waits for the others and may lose its CPU.
 * False: another CPU or an event comes first.
 */
function compute(t: Task): boolean {
  const { cpu, linux } = t;
  while (t.left > 0) {
    const { now } = cpu;
    if (t.stop === 0) t.stop = now - (now % LOOKAHEAD) + LOOKAHEAD;
    if (now < t.stop && !cpu.mustSwitch && !t.signalled) {
      if (now >= linux.nextEvent) return false;
      const step = Math.min(t.left, t.stop - now, linux.nextEvent - now);
      t.spend(step);
      t.left -= step;
      continue;
    }
    if (t.behind) return false;
    t.stop = 0;
    if (t.signalled) {
      t.enter(F.asm_sysvec_reschedule_ipi, 60);
      t.enter(F.irqentry_exit_to_user_mode, 40);
      takeSignal(t);
      return true;
    }
    if (mustYield(t)) {
      t.enter(F.asm_sysvec_apic_timer_interrupt, 60);
      t.enter(F.irqentry_exit_to_user_mode, 40);
      preempt(t);
      return true;
    }
    // Asked to switch, with nobody to switch to.
    cpu.mustSwitch = false;
  }
  t.stop = 0;
  t.phase = "user";
  return true;
}
