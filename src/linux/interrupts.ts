import type { Hrtimer } from "./hrtimer.ts";
import { F } from "./symbols.ts";
import type { Task } from "./task.ts";
import { TP } from "./tracepoints.ts";

/** Softirqs by their numbers, the `vec` of `irq:softirq_entry`; lower ones come first. */
export const SOFTIRQ = {
  HI: 0,
  TIMER: 1,
  NET_TX: 2,
  NET_RX: 3,
  BLOCK: 4,
  IRQ_POLL: 5,
  TASKLET: 6,
  SCHED: 7,
  HRTIMER: 8,
  RCU: 9,
} as const;

export type Softirq = (typeof SOFTIRQ)[keyof typeof SOFTIRQ];

/** What a softirq does on the CPU of `t`, which it interrupts: `net_rx_action`, ... It enters its own function. */
export type SoftirqAction = (t: Task) => void;

/** `MAX_SOFTIRQ_RESTART`: what is still being raised after so many rounds waits for the next interrupt. */
const ROUNDS = 10;

/** An interrupt line as /proc/interrupts shows it: `irq:irq_handler_entry` has its number and name. */
export interface IrqLine {
  readonly irq: number;
  readonly name: string;
}

/** Handlers return it: the interrupt was theirs. */
const IRQ_HANDLED = 1;

/** `raise_softirq_irqoff`: the softirq runs on this CPU when its interrupt is over. */
export function raiseSoftirq(t: Task, vec: Softirq): void {
  t.enter(F.raise_softirq_irqoff, 10, vec);
  t.enter(F.__raise_softirq_irqoff, 5, vec);
  const hook = t.linux.hooks.live[TP.softirq_raise];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [vec], vec);
  t.cpu.softirqs |= 1 << vec;
  t.leave(undefined, 2);
}

/**
 * A device's interrupt, on top of whatever the CPU was doing: `handler` runs in hard interrupt context (it enters the
 * driver's function, such as `vring_interrupt`), then the softirqs that it raised.
 *
 * @example
 * linux.interrupt(cpu, time, (t) => deviceInterrupt(t, { irq: 41, name: "virtio3-rx" }, (t) => raiseSoftirq(t, SOFTIRQ.NET_RX)));
 */
export function deviceInterrupt(t: Task, line: IrqLine, handler: (t: Task) => void): void {
  t.enter(F.asm_common_interrupt, 30);
  t.enter(F.common_interrupt, 80);
  t.enter(F.__common_interrupt, 20);
  t.enter(F.handle_edge_irq, 60);
  t.enter(F.handle_irq_event, 30);
  t.enter(F.__handle_irq_event_percpu, 40);
  const { hooks } = t.linux;
  const entry = hooks.live[TP.irq_handler_entry];
  if (entry !== undefined) hooks.trace(entry, t, [line.irq, line.name], line.irq, line);
  t.cpu.interrupts++;
  handler(t);
  const exit = hooks.live[TP.irq_handler_exit];
  if (exit !== undefined) hooks.trace(exit, t, [line.irq, IRQ_HANDLED], line.irq, line, IRQ_HANDLED);
  t.leave(IRQ_HANDLED);
  t.leave(undefined, 3);
  irqExit(t);
  t.leave(undefined, 2);
}

/**
 * The local timer's interrupt: `handler` is what `timer`, which has expired, does (it enters `hrtimer_wakeup`, ...).
 * `user` says whether it interrupted user space.
 */
export function timerInterrupt(t: Task, timer: Hrtimer, handler: (user: boolean) => void): void {
  const user = t.kernelDepth === 0;
  t.enter(F.asm_sysvec_apic_timer_interrupt, 30);
  t.enter(F.sysvec_apic_timer_interrupt, 60);
  t.enter(F.__sysvec_apic_timer_interrupt, 30);
  t.enter(F.hrtimer_interrupt, 110);
  t.enter(F.__hrtimer_run_queues, 60);
  timer.expire(t, () => handler(user));
  t.leave(undefined, 3);
  irqExit(t);
  t.leave(undefined, 2);
}

/** `__irq_exit_rcu`: on the way out of a hard interrupt the softirqs have their turn. */
export function irqExit(t: Task): void {
  if (t.cpu.softirqs === 0 || t.cpu.inSoftirq) return;
  t.enter(F.__irq_exit_rcu, 20);
  handleSoftirqs(t);
  t.leave(undefined);
}

/** `handle_softirqs`: all that are raised, the lowest number first. */
export function handleSoftirqs(t: Task): void {
  const { cpu, linux } = t;
  t.enter(F.handle_softirqs, 40);
  cpu.inSoftirq = true;
  for (let round = 0; cpu.softirqs !== 0 && round < ROUNDS; round++) {
    const raised = cpu.softirqs;
    cpu.softirqs = 0;
    for (let vec = 0; raised >> vec !== 0; vec++) {
      if ((raised & (1 << vec)) === 0) continue;
      const entry = linux.hooks.live[TP.softirq_entry];
      if (entry !== undefined) linux.hooks.trace(entry, t, [vec], vec);
      linux.softirqs[vec]?.(t);
      const exit = linux.hooks.live[TP.softirq_exit];
      if (exit !== undefined) linux.hooks.trace(exit, t, [vec], vec);
    }
  }
  cpu.inSoftirq = false;
  if (cpu.softirqs !== 0 && cpu.ksoftirqd !== undefined && cpu.ksoftirqd !== t) {
    t.enter(F.wake_up_process, 10, cpu.ksoftirqd);
    linux.scheduler.wake(cpu.ksoftirqd, t);
    t.leave(1);
  }
  t.leave(undefined);
}
