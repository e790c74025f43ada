import type { Cpu } from "../cpu.ts";
import type { FairQueue } from "../sched/fair.ts";
import type { Task } from "../task.ts";
import type { StructRow } from "./row.ts";

/** What `struct cfs_rq` is of a CPU's queue of the fair class. */
export const CFS_RQ: StructRow<FairQueue<Task>> = {
  struct: "cfs_rq",
  write(w, fair) {
    // The number of runnable tasks has had several names.
    for (const member of ["nr_queued", "h_nr_queued", "h_nr_runnable", "nr_running", "h_nr_running"]) {
      w.int(member, fair.count);
    }
    w.int("load.weight", fair.load);
    w.int("min_vruntime", fair.minVruntime);
    w.int("zero_vruntime", fair.minVruntime);
  },
};

/** What `struct rq` is of a CPU. */
export const RQ: StructRow<Cpu> = {
  struct: "rq",
  write(w, cpu) {
    w.int("cpu", cpu.id);
    w.int("nr_running", cpu.fair.count);
    w.int("clock", cpu.clock);
    w.int("ttwu_pending", cpu.wakeList.length > 0);
    w.pointer("curr", cpu.current);
    w.pointer("idle", cpu.idle);
    for (const member of ["nr_queued", "h_nr_queued", "h_nr_runnable", "nr_running"])
      w.int(`cfs.${member}`, cpu.fair.count);
  },
};
