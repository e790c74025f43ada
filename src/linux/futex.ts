import { ERRNO } from "./errno.ts";
import { sleepOn } from "./scheduler.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import { type Kernel, type Maybe, TASK_INTERRUPTIBLE, type Task } from "./task.ts";
import { WaitQueue } from "./wait-queue.ts";

const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
/** FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME say more about the operation. */
const OPERATION = 0x7f;

/**
 * `futex(2)`: waits at an address of the process's memory, or wakes up to `value` that wait there. What lies at the address
 * is not looked at: who waits has found it locked.
 */
export function sysFutex(t: Task, address: number, operation: number, value: number): Maybe<number> {
  t.enter(ENTRY_POINT[202]!, 20);
  t.enter(F.do_futex, 30, address, operation, value);
  switch (operation & OPERATION) {
    case FUTEX_WAIT:
      return wait(t, address, value);
    case FUTEX_WAKE:
      return wake(t, address, value);
    default:
      return t.leave(-ERRNO.ENOSYS!, 2);
  }
}

function* wait(t: Task, address: number, value: number): Kernel<number> {
  const { futexes } = t.mm;
  t.enter(F.futex_wait, 60, address, 0, value);
  t.enter(F.__futex_wait, 80, address, 0, value);
  t.enter(F.futex_do_wait, 40);
  const queue = futexes.get(address) ?? new WaitQueue();
  futexes.set(address, queue);
  try {
    yield* sleepOn(t, queue, TASK_INTERRUPTIBLE);
  } finally {
    // Of two that were woken the first took the queue away; somebody may wait in a new one since.
    if (queue.empty && futexes.get(address) === queue) futexes.delete(address);
  }
  return t.leave(0, 5);
}

function wake(t: Task, address: number, most: number): number {
  t.enter(F.futex_wake, 120, address, 0, most);
  const queue = t.mm.futexes.get(address);
  let woken = 0;
  if (queue !== undefined && !queue.empty) {
    t.enter(F.wake_up_q, 20);
    for (; woken < most && !queue.empty; woken++) t.linux.scheduler.wake(queue.shift()!, t);
    t.leave(undefined);
  }
  return t.leave(woken, 3);
}
