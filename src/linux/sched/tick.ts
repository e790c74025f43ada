import type { Cpu } from "../cpu.ts";
import { raiseSoftirq, SOFTIRQ, timerInterrupt } from "../interrupts.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { TP } from "../tracepoints.ts";
import { TICK_NSEC } from "./fair.ts";

/** Ticks between two looks at the balance of the CPUs. */
const BALANCE_TICKS = 4;

/** `tick_nohz_idle_exit`: a CPU that has something to do gets its tick back, at the next multiple of 4 ms. */
export function startTick(cpu: Cpu): void {
  if (cpu.ticking) return;
  cpu.ticking = true;
  plan(cpu);
}

function plan(cpu: Cpu): void {
  const time = (Math.floor(cpu.now / TICK_NSEC) + 1) * TICK_NSEC;
  cpu.idle.linux.interrupt(cpu, time, tick);
}

/** `tick_nohz_handler`: accounts the time, lets the scheduler look at the current task. A halted CPU stops it. */
function tick(t: Task): void {
  const { cpu } = t;
  timerInterrupt(t, cpu.tickTimer, (user) => {
    t.enter(F.tick_nohz_handler, 60, cpu.tickTimer);
    t.enter(F.update_process_times, 60, user ? 1 : 0);
    accountProcessTick(t, user);
    t.enter(F.rcu_sched_clock_irq, 20, user ? 1 : 0);
    traceRcu(t, "Start scheduler-tick");
    if (cpu.rcuCallbacks.length > 0) raiseSoftirq(t, SOFTIRQ.RCU);
    traceRcu(t, "End scheduler-tick");
    t.leave(undefined);
    t.enter(F.sched_tick, 90);
    if (t === cpu.idle) t.enter(F.task_tick_idle, 10, cpu, t, 0);
    else {
      t.enter(F.task_tick_fair, 40, cpu, t, 0);
      t.linux.scheduler.updateCurrent(t, cpu);
    }
    t.leave(undefined);
    if (++cpu.ticks % BALANCE_TICKS === 0 && t !== cpu.idle) raiseSoftirq(t, SOFTIRQ.SCHED);
    t.leave(undefined, 3);
  });
  if (t === cpu.idle && !cpu.busy) {
    cpu.ticking = false;
    cpu.tickStops = true;
  } else plan(cpu);
}

/** `sched_balance_softirq`: takes work over from a CPU that has two waiting tasks more. */
export function schedBalanceSoftirq(t: Task): void {
  const { cpu } = t;
  t.enter(F.sched_balance_softirq, 60);
  t.enter(F.sched_balance_domains, 120, cpu, 0);
  t.linux.scheduler.pull(cpu, t, cpu.fair.waiting.length + 2);
  t.leave(undefined, 2);
}

/** `rcu_core_si`: everybody has passed a quiet moment, what waits for it may happen. */
export function rcuSoftirq(t: Task): void {
  t.enter(F.rcu_core_si, 20);
  t.enter(F.rcu_core, 80);
  traceRcu(t, "Start RCU core");
  t.enter(F.rcu_do_batch, 60);
  for (const callback of t.cpu.rcuCallbacks.splice(0)) callback(t);
  t.leave(undefined);
  traceRcu(t, "End RCU core");
  t.leave(undefined, 2);
}

/** `rcu_utilization`: what RCU costs. */
function traceRcu(t: Task, text: string): void {
  const { hooks, strings } = t.linux;
  const hook = hooks.live[TP.rcu_utilization];
  if (hook === undefined) return;
  const address = strings.address(text);
  hooks.trace(hook, t, [address], address);
}

/** `account_process_tick`: the whole tick goes to what it has interrupted. */
function accountProcessTick(t: Task, user: boolean): void {
  t.enter(F.account_process_tick, 40, t, user ? 1 : 0);
  const { times } = t.cpu;
  if (t === t.cpu.idle) times.idle++;
  else if (user) {
    times.user++;
    t.userTicks++;
  } else {
    times.system++;
    t.systemTicks++;
  }
  t.leave(undefined);
}
