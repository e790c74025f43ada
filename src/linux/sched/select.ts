import type { Cpu } from "../cpu.ts";
import type { Task } from "../task.ts";

/**
 * `select_task_rq_fair`: where a task shall run that becomes runnable. Its last CPU or the waker's, whichever is idle
 * or has less to do (`wake_affine`), then any idle CPU (`select_idle_sibling`). All CPUs share a cache.
 */
export function selectCpu(cpus: readonly Cpu[], p: Task, waker: Task | undefined): Cpu {
  const last = p.cpu;
  if (isIdle(last)) return last;
  const here = waker?.cpu ?? last;
  const target = here === last || load(last) <= load(here) ? last : here;
  if (isIdle(target)) return target;
  // Linux looks from the next CPU on, and takes the first that is idle.
  for (let i = 1; i < cpus.length; i++) {
    const cpu = cpus[(target.id + i) % cpus.length]!;
    if (isIdle(cpu)) return cpu;
  }
  return target;
}

/** `available_idle_cpu`: halted, and nobody is on the way to it. */
function isIdle(cpu: Cpu): boolean {
  return !cpu.busy && cpu.wakeList.length === 0;
}

function load(cpu: Cpu): number {
  return cpu.fair.count;
}
