import { ERRNO } from "./errno.ts";
import { doExit } from "./process.ts";
import { mustYield } from "./scheduler.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import { BEHIND, PREEMPTED, type Task, type Wait } from "./task.ts";
import { TP } from "./tracepoints.ts";

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
        if (!done) return value;
        returned(t, value);
        break;
      }
      case "exit":
        if (t.behind) return BEHIND;
        exitSyscall(t);
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

/** As by SIGSEGV: the task exits. */
function die(t: Task): void {
  t.rest = doExit(t, F.irqentry_exit_to_user_mode, 128 + 11);
  t.phase = "kernel";
}

/** The program has asked for a system call: libc's wrapper, then the entry into Linux. */
function beginSyscall(t: Task): void {
  t.user[t.userDepth++] = t.linux.libcFrame(t.nr);
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
  t.result = t.leave(result);
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
  if (mustYield(t)) {
    t.enter(F.exit_to_user_mode_loop, 30);
    preempt(t);
  } else leaveSyscall(t);
}

function leaveSyscall(t: Task): void {
  t.userDepth--;
  t.leave(undefined, 2);
  t.phase = "user";
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
    leaveSyscall(t);
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
    if (now < t.stop && !cpu.mustSwitch) {
      if (now >= linux.nextEvent) return false;
      const step = Math.min(t.left, t.stop - now, linux.nextEvent - now);
      t.spend(step);
      t.left -= step;
      continue;
    }
    if (t.behind) return false;
    t.stop = 0;
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
