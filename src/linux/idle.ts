import type { Cpu } from "./cpu.ts";
import { traceCpuIdle } from "./sched/trace.ts";
import { F, type Frame } from "./symbols.ts";
import type { Task } from "./task.ts";
import { TP } from "./tracepoints.ts";

/** How an idle task came to be, on the CPU that booted and on the others. */
const BOOT: readonly Frame[] = [F.common_startup_64, F.x86_64_start_kernel, F.start_kernel, F.rest_init];
const SECONDARY: readonly Frame[] = [F.common_startup_64, F.start_secondary];

/** What it does all the time. */
const LOOP: readonly Frame[] = [F.cpu_startup_entry, F.do_idle];
const STATE: readonly Frame[] = [F.cpuidle_enter, F.cpuidle_enter_state];
const HALTED: readonly Frame[] = [F.default_enter_idle, F.default_idle, F.pv_native_safe_halt];
const SWITCHING: readonly Frame[] = [F.schedule_idle, F.__schedule];

/** The C-state that `power:cpu_idle` names for a halted CPU, and what it says when the CPU comes back. */
const HALT = 1;
const EXIT = 0xffff_ffff;

/** `TICK_DEP_MASK_NONE`: nothing wants the tick. */
const NO_DEPENDENCY = 0;

/** Puts the stack of a halted CPU on its idle task. */
export function idleFrames(idle: Task, cpu: number): void {
  push(idle, cpu === 0 ? BOOT : SECONDARY);
  push(idle, LOOP);
  push(idle, STATE);
  push(idle, HALTED);
}

// No time passes in these: a halted CPU is at the time of its wake-up, and must not overtake others.
function push(idle: Task, functions: readonly Frame[]): void {
  for (const frame of functions) idle.enter(frame, 0);
}

/** The idle task has the CPU, or keeps it: from `do_idle` down into the halt. */
export function enterIdle(cpu: Cpu): void {
  const { idle } = cpu;
  idle.leave(undefined, SWITCHING.length);
  push(idle, STATE);
  traceCpuIdle(idle, HALT);
  push(idle, HALTED);
}

/** Out of the halt, to switch to a task: the stack is `schedule_idle`. */
export function leaveHalt(cpu: Cpu): void {
  const { idle } = cpu;
  idle.leave(undefined, HALTED.length);
  traceCpuIdle(idle, EXIT);
  idle.leave(undefined, STATE.length);
  push(idle, SWITCHING);
}

/** An interrupt has ended the halt, with nothing to do for the CPU: it halts again. */
export function haltAgain(cpu: Cpu): void {
  const { idle } = cpu;
  idle.leave(undefined, HALTED.length);
  traceCpuIdle(idle, EXIT);
  if (cpu.tickStops) stopTick(cpu);
  traceCpuIdle(idle, HALT);
  push(idle, HALTED);
}

/** `tick_nohz_idle_stop_tick`: nobody needs the tick, so the idle loop has it stopped before the next halt. */
function stopTick(cpu: Cpu): void {
  const { idle } = cpu;
  cpu.tickStops = false;
  idle.leave(undefined, STATE.length);
  idle.enter(F.tick_nohz_idle_stop_tick, 0);
  const { hooks } = idle.linux;
  const hook = hooks.live[TP.tick_stop];
  if (hook !== undefined) hooks.trace(hook, idle, [1, NO_DEPENDENCY], 1, NO_DEPENDENCY);
  idle.leave(undefined);
  push(idle, STATE);
}
