import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { ConfiguredWorkload } from "./workload.ts";

const BINARY = "/usr/bin/worker";
const LIBC = "/usr/lib/x86_64-linux-gnu/libc.so.6";
const PTHREAD = "/usr/lib/x86_64-linux-gnu/libpthread.so.0";

/** How many threads want the lock, and how long each holds it. */
export interface LockContentionOptions {
  readonly threads: number;
  /** Microseconds with the lock, and without. */
  readonly held: number;
  readonly free: number;
}

const PARAMETERS: ParameterTable<LockContentionOptions> = {
  threads: { usual: 6, most: 1_000, whole: true },
  held: { usual: 400, most: 10_000_000 },
  free: { usual: 500, most: 10_000_000 },
};

/** The address of the mutex. */
const MUTEX = 0x5555_5580_4040;

/** A mutex of libc: Linux is asked only when somebody must wait, or waits. */
interface Mutex {
  locked: boolean;
  waiters: number;
}

/**
 * Threads of one process share a mutex. Who finds it locked sleeps in `futex`; who unlocks it wakes one of them. The CPUs are idle
 * although there is much to do.
 *
 * To be seen with: `tracepoint:syscalls:sys_enter_futex` and `sys_exit_futex` (how long), `kprobe:futex_wait`,
 * `uprobe:libc:pthread_mutex_lock` and `uretprobe:libc:pthread_mutex_lock`, `uprobe:libpthread:pthread_create`
 * (argument 2: the thread's function), `tracepoint:sched:sched_switch`, offcpu time by `ustack`.
 */
export function lockContention(
  options: Partial<LockContentionOptions> = {},
): ConfiguredWorkload<LockContentionOptions> {
  const all = withDefaults("lockContention", PARAMETERS, options);
  return new ConfiguredWorkload("lockContention", all, (linux) =>
    linux.process({ comm: "worker", uid: 1000, gid: 1000, program: (sys) => start(sys, all) }),
  );
}

function* start(sys: Sys, options: LockContentionOptions): UserCode<void> {
  sys.enter(sys.text(BINARY, "main"));
  const mutex: Mutex = { locked: false, waiters: 0 };
  const begin = Number(sys.task.linux.symbols.of(sys.text(BINARY, "work")).address);
  for (let i = 1; i < options.threads; i++) {
    sys.enter(sys.text(PTHREAD, "pthread_create"), 0, 0, begin, 0);
    yield sys.thread((thread) => work(thread, mutex, options));
    sys.leave(0);
  }
  yield* work(sys, mutex, options);
}

function* work(sys: Sys, mutex: Mutex, { held, free }: LockContentionOptions): UserCode<void> {
  sys.enter(sys.text(BINARY, "work"));
  for (;;) {
    yield sys.compute(1 + sys.random.exponential(free * 1000));
    yield* lock(sys, mutex);
    sys.enter(sys.text(BINARY, "update_totals"));
    yield sys.compute(1 + sys.random.exponential(held * 1000));
    sys.leave();
    yield* unlock(sys, mutex);
  }
}

function* lock(sys: Sys, mutex: Mutex): UserCode<void> {
  sys.enter(sys.text(LIBC, "pthread_mutex_lock"), MUTEX);
  while (mutex.locked) {
    mutex.waiters++;
    yield sys.futexWait(MUTEX);
    mutex.waiters--;
  }
  mutex.locked = true;
  sys.leave(0);
}

function* unlock(sys: Sys, mutex: Mutex): UserCode<void> {
  sys.enter(sys.text(LIBC, "pthread_mutex_unlock"), MUTEX);
  mutex.locked = false;
  if (mutex.waiters > 0) yield sys.futexWake(MUTEX, 1);
  sys.leave(0);
}
