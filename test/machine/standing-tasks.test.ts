import { describe, expect, it } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import { standingTasks } from "../../src/linux/standing-tasks.ts";
import type { Sys } from "../../src/linux/sys.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { Machine } from "../../src/machine.ts";

const stackOf = (linux: Linux, pid: number) =>
  new TextDecoder()
    .decode(linux.files.bytes(`/proc/${pid}/stack`))
    .trim()
    .split("\n")
    .map((line) => line.replace("[<0>] ", ""));

function standing(options = {}): Linux {
  const linux = new Linux({ seed: 7, ...options });
  standingTasks(linux);
  return linux;
}

const pidOf = (linux: Linux, comm: string) => linux.tasks().find((task) => task.comm === comm)!.pid;

describe("tasks that stand on every machine", () => {
  it("are systemd, the threads of Linux and services, with threads for each CPU", () => {
    const linux = standing({ cpus: 3 });
    const comms = linux.tasks().map(({ comm }) => comm);
    for (let cpu = 0; cpu < 3; cpu++) {
      expect(comms).toEqual(expect.arrayContaining([`ksoftirqd/${cpu}`, `migration/${cpu}`, `kworker/${cpu}:0`]));
    }
    expect(comms).toEqual(expect.arrayContaining(["rcu_preempt", "kswapd0", "systemd-journal", "cron", "sshd"]));
    expect(linux.taskOf(1)!.comm).toBe("systemd");
    expect(linux.taskOf(2)!.comm).toBe("kthreadd");
    for (const task of linux.tasks()) {
      const parent = task.pid <= 2 ? 0 : task.program === undefined ? 2 : 1;
      expect([task.comm, task.parent!.pid]).toEqual([task.comm, parent]);
    }
  });

  it("have room on the largest machine, below the pids of processes", () => {
    const pids = standing({ cpus: 64 })
      .tasks()
      .map(({ pid }) => pid);
    expect(new Set(pids).size).toBe(pids.length);
    expect(Math.max(...pids)).toBeLessThan(1000);
  });

  it("sleep where those of a real Linux 6.18.44 sleep, offsets and sizes included", () => {
    const linux = standing();
    const thread = ["ret_from_fork+0x151/0x170", "ret_from_fork_asm+0x1a/0x30"];
    const kthread = ["kthread+0xf8/0x220", ...thread];
    expect(stackOf(linux, 2)).toEqual(["kthreadd+0x2f0/0x310", ...thread]);
    expect(stackOf(linux, pidOf(linux, "ksoftirqd/0"))).toEqual(["smpboot_thread_fn+0x18c/0x220", ...kthread]);
    expect(stackOf(linux, pidOf(linux, "kswapd0"))).toEqual(["kswapd+0x35f/0x370", ...kthread]);
    expect(stackOf(linux, pidOf(linux, "kworker/1:0"))).toEqual(["worker_thread+0x98/0x310", ...kthread]);
    expect(stackOf(linux, 1)[0]).toBe("do_epoll_wait+0x548/0x5a0");
    expect(stackOf(linux, 1).slice(-2)).toEqual([
      "do_syscall_64+0x71/0x280",
      "entry_SYSCALL_64_after_hwframe+0x76/0x7e",
    ]);
  });

  it("change nothing of a run", () => {
    const events = (linux: Linux) => {
      const seen: string[] = [];
      linux.spawn(workloads.build({ jobs: 2, files: 4 }));
      linux.hooks.attach("tracepoint:sched:sched_switch", {
        run: () => void seen.push(`${linux.ktimeNs()} ${linux.task().pid}`),
      });
      linux.runUntil(1e9);
      return seen.map((line) => line.replace(/ ([0-9]{1,2})$/, ""));
    };
    expect(events(standing())).toEqual(events(new Linux({ seed: 7 })));
  });

  it("get the orphans: systemd is their parent, and nobody is left behind", () => {
    const linux = standing();
    linux.process({
      comm: "parent",
      *program(sys: Sys) {
        yield sys.fork(function* (child) {
          yield child.nanosleep(5_000_000);
        });
      },
    });
    linux.runUntil(2_000_000);
    const child = linux.tasks().find(({ pid }) => pid === 1001)!;
    expect(child.parent!.pid).toBe(1);
    linux.runUntil(20_000_000);
    expect(linux.tasks().filter(({ pid }) => pid >= 1000)).toEqual([]);
  });

  it("a service can be killed, systemd and the threads of Linux cannot", () => {
    const linux = standing();
    const targets = [1, pidOf(linux, "kswapd0"), pidOf(linux, "cron"), pidOf(linux, "systemd-udevd")];
    linux.process({
      comm: "kill",
      *program(sys: Sys) {
        for (const pid of targets) yield sys.kill(pid, 9);
      },
    });
    linux.runUntil(50_000_000);
    expect(targets.map((pid) => linux.taskOf(pid)?.comm)).toEqual(["systemd", "kswapd0", undefined, undefined]);
  });

  it("are on a Machine: m.ps() shows them, as ps does", () => {
    const rows = new Machine().ps();
    expect(rows.slice(0, 2)).toMatchObject([
      { pid: 1, ppid: 0, state: "S", comm: "systemd", time: 0 },
      { pid: 2, ppid: 0, state: "S", comm: "[kthreadd]" },
    ]);
  });
});
