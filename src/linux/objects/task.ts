import { Credentials } from "../credentials.ts";
import type { Task } from "../task.ts";
import { CSS_SET } from "./cgroup.ts";
import { NSPROXY } from "./nsproxy.ts";
import { PID } from "./pid.ts";
import type { StructRow } from "./row.ts";

const PF_KTHREAD = 0x0020_0000;

/** What all tasks without a parent are children of: nothing in the machine runs as it. */
interface Ancestor {
  readonly pid: 1;
  readonly comm: "systemd";
  readonly prio: number;
  readonly cred: Credentials;
}
const INIT: Ancestor = { pid: 1, comm: "systemd", prio: 120, cred: new Credentials(0, 0) };

/** What the state is called: before Linux 5.14, and in `teaching-1`, without underscores. */
const STATE = ["__state", "state"] as const;

/** What `struct task_struct` is of the first process. */
const INIT_STRUCT: StructRow<Ancestor> = {
  struct: "task_struct",
  write(w, init) {
    common(w, init, 1);
    for (const member of STATE) w.int(member, 1);
    for (const member of ["real_parent", "parent", "group_leader"]) w.pointer(member, init, INIT_STRUCT);
  },
};

/** What `struct task_struct` is of a task, with its relatives, rights and namespaces. */
export const TASK_STRUCT: StructRow<Task> = {
  struct: "task_struct",
  write(w, task) {
    common(w, task, task.tgid);
    for (const member of STATE) w.int(member, task.state & 0xff);
    w.pointer("cgroups", task.cgroup, CSS_SET);
    w.int("exit_code", task.exitCode);
    w.int("flags", task.program === undefined ? PF_KTHREAD : 0);
    w.int("on_cpu", task.cpu.current === task);
    w.int("thread_info.cpu", task.cpu.id);
    const { se, cpu } = task;
    w.int("se.sum_exec_runtime", se.sumExecRuntime);
    w.int("se.vruntime", Math.max(0, se.vruntime));
    w.int("se.load.weight", se.weight);
    w.int("se.on_rq", se.onRq);
    w.int("se.nr_migrations", se.migrations);
    w.int("on_rq", task.queued);
    w.pointer("se.cfs_rq", cpu.fair);
    w.int("nvcsw", task.voluntary);
    w.int("nivcsw", task.involuntary);
    w.int("min_flt", task.mm.minorFaults);
    w.int("maj_flt", task.mm.majorFaults);
    if (task.program !== undefined) for (const member of ["mm", "active_mm"]) w.pointer(member, task.mm);
    const parent = task.pid === 0 ? task : task.parent;
    for (const member of ["real_parent", "parent"]) {
      if (parent === undefined) w.pointer(member, INIT, INIT_STRUCT);
      else w.pointer(member, parent);
    }
    w.pointer("group_leader", task.pid === task.tgid ? task : (task.linux.taskOf(task.tgid) ?? task));
  },
};

function common(w: Parameters<typeof TASK_STRUCT.write>[0], task: Task | Ancestor, tgid: number): void {
  w.int("pid", task.pid);
  w.int("tgid", tgid);
  for (const member of ["prio", "static_prio", "normal_prio"]) w.int(member, task.prio);
  w.text("comm", task.comm);
  w.pointer("cred", task.cred);
  w.pointer("real_cred", task.cred);
  w.pointer("thread_pid", task, PID);
  w.pointer("nsproxy", task, NSPROXY);
}
