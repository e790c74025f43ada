import type { Cpu } from "./cpu.ts";
import { FileTable } from "./files.ts";
import { handleSoftirqs } from "./interrupts.ts";
import type { Linux } from "./linux.ts";
import { schedule } from "./scheduler.ts";
import { ENTRY_POINT, F, type KernelFunction } from "./symbols.ts";
import { BEHIND, INTERRUPTED, type Kernel, SLEEP, TASK_IDLE, TASK_INTERRUPTIBLE, Task } from "./task.ts";

/** A thread of Linux: its name, the functions in which it sleeps, outermost first, and whether that counts as load. */
interface Thread {
  readonly comm: string;
  readonly place: readonly KernelFunction[];
  readonly state: typeof TASK_IDLE | typeof TASK_INTERRUPTIBLE;
}

const thread = (comm: string, ...place: KernelFunction[]): Thread => ({ comm, place, state: TASK_INTERRUPTIBLE });
const idle = (comm: string, ...place: KernelFunction[]): Thread => ({ comm, place, state: TASK_IDLE });

/** In the order in which Linux makes them, and so of their pids from 3 on. Where each sleeps is what a real one's /proc/PID/stack says. */
const EARLY: readonly Thread[] = [
  thread("pool_workqueue_release", "kthread_worker_fn"),
  idle("kworker/R-rcu_gp", "rescuer_thread"),
  idle("kworker/R-netns", "rescuer_thread"),
  idle("kworker/R-mm_percpu_wq", "rescuer_thread"),
];

const LATE: readonly Thread[] = [
  thread("kdevtmpfs", "devtmpfsd", "devtmpfs_work_loop"),
  thread("kauditd", "kauditd_thread"),
  thread("khungtaskd", "watchdog", "schedule_timeout"),
  thread("oom_reaper", "oom_reaper"),
  idle("kworker/R-writeback", "rescuer_thread"),
  thread("kcompactd0", "kcompactd", "schedule_timeout"),
  thread("ksmd", "ksm_scan_thread"),
  thread("khugepaged", "khugepaged", "schedule_timeout"),
  idle("kworker/R-kblockd", "rescuer_thread"),
  thread("watchdogd", "kthread_worker_fn"),
  thread("kswapd0", "kswapd"),
];

/** Those that each CPU has. */
function threadsOf(cpu: number): readonly Thread[] {
  const ksoftirqd = thread(`ksoftirqd/${cpu}`, "smpboot_thread_fn");
  const migration = thread(`migration/${cpu}`, "smpboot_thread_fn");
  const cpuhp = thread(`cpuhp/${cpu}`, "smpboot_thread_fn");
  const kworker = idle(`kworker/${cpu}:0`, "worker_thread");
  if (cpu > 0) return [cpuhp, migration, ksoftirqd, kworker];
  return [kworker, ksoftirqd, idle("rcu_preempt", "rcu_gp_kthread"), migration, cpuhp];
}

/** A service: its program, and the system call in which it waits for something to do. */
interface Service {
  readonly comm: string;
  readonly argv: readonly [exe: string, ...rest: string[]];
  readonly call: readonly [nr: number, ...place: KernelFunction[]];
  readonly uid?: number;
  readonly oomScoreAdj?: number;
}

const EPOLL_WAIT = [
  232,
  "do_epoll_wait",
  "schedule_hrtimeout_range",
  "schedule_hrtimeout_range_clock",
] as const satisfies Service["call"];

const POLL = [
  7,
  "do_sys_poll",
  "poll_schedule_timeout.constprop.0",
  "schedule_hrtimeout_range",
  "schedule_hrtimeout_range_clock",
] as const satisfies Service["call"];

const SYSTEMD: Service = { comm: "systemd", argv: ["/usr/lib/systemd/systemd"], call: EPOLL_WAIT, oomScoreAdj: -1000 };

/** What every machine runs, with pids as after a usual start. */
const SERVICES: Readonly<Record<number, Service>> = {
  231: {
    comm: "systemd-journald",
    argv: ["/usr/lib/systemd/systemd-journald"],
    call: EPOLL_WAIT,
    oomScoreAdj: -250,
  },
  278: { comm: "systemd-udevd", argv: ["/usr/lib/systemd/systemd-udevd"], call: EPOLL_WAIT, oomScoreAdj: -1000 },
  605: {
    comm: "cron",
    argv: ["/usr/sbin/cron", "-f"],
    call: [230, "common_nsleep_timens", "hrtimer_nanosleep", "do_nanosleep"],
  },
  611: {
    comm: "dbus-daemon",
    argv: ["/usr/bin/dbus-daemon", "--system", "--nofork"],
    call: EPOLL_WAIT,
    uid: 101,
    oomScoreAdj: -900,
  },
  648: { comm: "sshd", argv: ["/usr/sbin/sshd", "-D"], call: POLL, oomScoreAdj: -1000 },
};

const INIT = 1;
const KTHREADD = 2;

/**
 * What stands on every Linux, whatever it is used for: `systemd`, Linux's own threads, some services. All of them sleep, in the
 * functions in which real ones do, and none takes time or wakes by itself, so a run is the same with and without them.
 * `ksoftirqd/N` runs what softirqs leave behind. Processes that nobody forked and orphans become children of `systemd`, threads of
 * Linux those of `kthreadd`.
 *
 * @example
 * const linux = new Linux();
 * standingTasks(linux);
 * linux.taskOf(1)!.comm // "systemd"
 */
export function standingTasks(linux: Linux): void {
  const init = service(linux, INIT, SYSTEMD);
  const kthreadd = new Task(linux, linux.cpus[0]!, { pid: KTHREADD, comm: "kthreadd" }, new FileTable());
  for (const first of [init, kthreadd]) first.parent = linux.cpus[0]!.idle;
  asleep(kthreadd, ["kthreadd"], TASK_INTERRUPTIBLE);
  linux.stand(kthreadd);
  linux.init = init;
  linux.kthreadd = kthreadd;
  for (const row of EARLY) linuxThread(linux, row, linux.cpus[0]!);
  for (const cpu of linux.cpus) for (const row of threadsOf(cpu.id)) linuxThread(linux, row, cpu);
  for (const row of LATE) linuxThread(linux, row, linux.cpus[0]!);
  for (const [pid, row] of Object.entries(SERVICES)) service(linux, Number(pid), row);
}

function linuxThread(linux: Linux, { comm, place, state }: Thread, cpu: Cpu): void {
  const task = linux.newThread(comm, cpu);
  asleep(task, ["kthread", ...place], state);
  if (comm.startsWith("ksoftirqd/")) {
    cpu.ksoftirqd = task;
    task.rest = softirqThread(task);
  }
}

/** It sleeps where it is, as if it had gone there itself. */
function asleep(task: Task, place: readonly KernelFunction[], state: number): void {
  task.kernelDepth = 0;
  for (const name of ["ret_from_fork_asm", "ret_from_fork", ...place, "schedule", "__schedule"] as const) {
    task.kernel[task.kernelDepth++] = F[name];
  }
  task.phase = "kernel";
  task.state = task.slept = state;
  task.rest = sleeping(task);
}

/** Whoever wakes it finds it asleep again; a signal ends the sleep. */
function* sleeping(t: Task): Kernel<never> {
  for (;;) {
    if (t.signalled && t.program !== undefined) yield INTERRUPTED;
    while (t.behind) yield BEHIND;
    if (t.state === 0) t.state = t.slept;
    yield SLEEP;
  }
}

/** `run_ksoftirqd`: what softirqs have left after ten rounds. */
function* softirqThread(t: Task): Kernel<never> {
  yield SLEEP;
  t.leave(undefined, 2);
  for (;;) {
    while (t.cpu.softirqs !== 0) {
      t.enter(F.run_ksoftirqd, 30, t.cpu.id);
      while (t.behind) yield BEHIND;
      handleSoftirqs(t);
      t.leave(undefined);
    }
    t.state = TASK_INTERRUPTIBLE;
    yield* schedule(t);
  }
}

/** A process in the middle of the system call in which it waits; interrupted by a signal that it survives, it makes the call again. */
function service(linux: Linux, pid: number, { comm, argv, call, uid = 0, oomScoreAdj = 0 }: Service): Task {
  const [nr, ...place] = call;
  const [exe] = argv;
  function* wait(t: Task): Kernel<never> {
    t.enter(ENTRY_POINT[nr]!, 20);
    for (const name of place) t.enter(F[name], 40);
    t.state = TASK_INTERRUPTIBLE;
    for (;;) yield* schedule(t);
  }
  const task = linux.create({
    ...{ pid, comm, uid, gid: uid },
    *program(sys) {
      sys.enter(sys.text(exe, "main"));
      for (;;) yield sys.call(nr, [0, 0, 0, 0], wait);
    },
  });
  Object.assign(task, { exe, argv, oomScoreAdj });
  // Up to its first call, which it is in.
  task.program!.next(0);
  task.enterUser(linux.libcFrame(nr), task.args);
  task.kernelDepth = 0;
  for (const name of ["entry_SYSCALL_64_after_hwframe", "do_syscall_64"] as const)
    task.kernel[task.kernelDepth++] = F[name];
  task.kernel[task.kernelDepth++] = F.x64_sys_call;
  task.kernel[task.kernelDepth++] = ENTRY_POINT[nr]!;
  for (const name of [...place, "schedule", "__schedule"] as const) task.kernel[task.kernelDepth++] = F[name];
  task.phase = "kernel";
  task.state = task.slept = TASK_INTERRUPTIBLE;
  task.rest = sleeping(task);
  return task;
}
