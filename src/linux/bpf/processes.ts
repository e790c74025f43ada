import type { ProcessHost } from "../../helpers/process-host.ts";
import { Cgroup } from "../cgroups.ts";
import { ERRNO } from "../errno.ts";
import type { OpenFile } from "../files.ts";
import { Path } from "../fs/dentry.ts";
import { pathText } from "../fs/mount.ts";
import type { Linux } from "../linux.ts";
import { sendSignal } from "../signal-send.ts";
import { SI_KERNEL } from "../signals.ts";
import { Task } from "../task.ts";

const LAST_SIGNAL = 64;

/** Processes of a machine as helpers of programs see them. */
export class Processes implements ProcessHost {
  readonly #linux: Linux;
  /** As `stat("/proc/self/ns/pid")` says. */
  readonly pidNamespace = { device: 4, inode: 0xeffffffc } as const;

  constructor(linux: Linux) {
    this.#linux = linux;
  }

  cgroups(): readonly number[] {
    const { hooks, cgroups } = this.#linux;
    return (hooks.moment?.task.cgroup ?? cgroups.root).line.map(({ id }) => id);
  }

  hasCgroup(id: number): boolean {
    return this.#linux.cgroups.list().some((cgroup) => cgroup.id === id);
  }

  taskStruct(pid: number): number {
    const task = this.#linux.taskOf(pid);
    return task === undefined ? 0 : this.#linux.objects.written(task);
  }

  #cgroup(offset: number): Cgroup | undefined {
    const object = this.#linux.objects.at(offset);
    return object instanceof Cgroup ? object : undefined;
  }

  cgroupStruct(id: number): number {
    const cgroup = this.#linux.cgroups.list().find((one) => one.id === id);
    return cgroup === undefined ? 0 : this.#linux.objects.written(cgroup);
  }

  cgroupAbove(offset: number, level: number): number {
    const above = this.#cgroup(offset)?.line[level];
    return above === undefined ? 0 : this.#linux.objects.written(above);
  }

  taskUnder(task: number, cgroup: number): boolean {
    const object = this.#linux.objects.at(task);
    const above = this.#cgroup(cgroup);
    return object instanceof Task && above !== undefined && object.cgroup.line.includes(above);
  }

  /** Linux sends it from an interrupt, too, where a program runs with interrupts off. */
  signal(signal: number, to: "process" | "thread"): number {
    const task = this.#linux.hooks.moment?.task;
    if (task === undefined || task.pid === 0 || task.exiting || task.program === undefined) return -ERRNO.EPERM!;
    if (signal < 1 || signal > LAST_SIGNAL) return -ERRNO.EINVAL!;
    const info = { signal, errno: 0, code: SI_KERNEL, pid: 0 };
    this.#linux.interrupt(task.cpu, task.cpu.now, (current) => sendSignal(current, task, info, to === "process"));
    return 0;
  }

  pathAt(offset: number): string | undefined {
    const holder = this.#linux.objects.holder(offset);
    if (holder instanceof Path) return pathText(holder);
    if (holder === undefined || !("operations" in holder)) return undefined;
    const { place, path } = holder as OpenFile;
    return place === undefined ? path : pathText(place);
  }
}
