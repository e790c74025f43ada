/** Who had which CPU when, kept while a machine runs: what a Gantt chart is drawn from. */
import { DISPLAY, type Displayable, type MimeBundle } from "../../plot/displayable.ts";
import { gantt, type Interval } from "../../plot/gantt.ts";
import type { Plot } from "../../plot/plot.ts";
import type { Linux } from "../linux.ts";
import type { Task } from "../task.ts";

/** A stretch of virtual time in which a CPU had one task; idle ones are left out. */
interface Slice {
  readonly cpu: number;
  readonly pid: number;
  readonly comm: string;
  readonly from: number;
  readonly to: number;
}

/** Switches that are kept; those that come later are only counted. */
const MOST_SLICES = 200_000;

/**
 * The scheduler's own record of switches, from when it was asked for. As a cell's last value it shows the CPUs; times are milliseconds
 * of virtual time.
 *
 * @example
 * using record = m.recordSwitches();
 * await m.run("50ms");
 * plot.gantt(record.tasks(), { title: "Tasks" });
 */
export class SwitchRecord implements Displayable {
  readonly #linux: Linux;
  readonly #slices: Slice[] = [];
  /** By CPU: who has it, and since when. */
  readonly #now: { task: Task; since: number }[];
  #end: number | undefined;
  /** Switches that were not kept. */
  lost = 0;

  constructor(linux: Linux) {
    this.#linux = linux;
    this.#now = linux.cpus.map((cpu) => ({ task: cpu.current, since: linux.ktimeNs() }));
    linux.scheduler.watchers.push(this.#seen);
  }

  readonly #seen = (cpu: number, next: Task, time: number): void => {
    const { task, since } = this.#now[cpu]!;
    if (this.#slices.length >= MOST_SLICES) this.lost++;
    else if (task.pid !== 0)
      this.#slices.push({ cpu, pid: task.pid, comm: task.comm, from: since, to: Math.max(since, time) });
    this.#now[cpu] = { task: next, since: time };
  };

  /** Ends the record. */
  stop(): void {
    this.#end ??= this.#linux.ktimeNs();
    const { watchers } = this.#linux.scheduler;
    const at = watchers.indexOf(this.#seen);
    if (at >= 0) watchers.splice(at, 1);
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** A lane a CPU, boxes named by their task. */
  cpus(): Interval[] {
    return this.#all().map(({ cpu, comm, from, to }) => ({ lane: `CPU ${cpu}`, from, to, name: comm }));
  }

  /** A lane a task, boxes named by their CPU. */
  tasks(): Interval[] {
    return this.#all().map(({ cpu, pid, comm, from, to }) => ({
      lane: `${comm} ${pid}`,
      from,
      to,
      name: `CPU ${cpu}`,
    }));
  }

  /** The chart of the CPUs. */
  plot(): Plot {
    const data = Object.assign(this.cpus(), { emptyReason: "No CPU has had a task since: let the machine run." });
    return gantt(data, { title: "Gantt chart of CPUs", x: { label: "virtual ms" } });
  }

  [DISPLAY](): Promise<MimeBundle> {
    return this.plot()[DISPLAY]();
  }

  /** With those that have not ended, in milliseconds, by CPU and time. */
  #all(): Slice[] {
    const end = this.#end ?? this.#linux.ktimeNs();
    const open = this.#now.flatMap(({ task, since }, cpu) =>
      task.pid === 0 || since >= end ? [] : [{ cpu, pid: task.pid, comm: task.comm, from: since, to: end }],
    );
    return [...this.#slices, ...open]
      .sort((a, b) => a.cpu - b.cpu || a.from - b.from)
      .map((slice) => ({ ...slice, from: slice.from / 1e6, to: slice.to / 1e6 }));
  }
}
