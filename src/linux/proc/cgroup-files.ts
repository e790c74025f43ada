/** `/sys/fs/cgroup`: each cgroup is a directory, `cgroup.procs` says who is in it, and writing a pid there moves a process. */
import type { Cgroup } from "../cgroups.ts";
import { ERRNO } from "../errno.ts";
import { DIRECTORY_OPERATIONS } from "../fs/directory.ts";
import { type Directory, Inode, S_IFDIR } from "../fs/inode.ts";
import type { SuperBlock } from "../fs/super-block.ts";
import type { Linux } from "../linux.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { TP } from "../tracepoints.ts";
import { directory, file, GeneratedDirectory, type Node } from "./node.ts";

/** Directories of one cgroup: what it holds by itself, and the cgroups below. */
export class CgroupDirectory implements Directory {
  readonly volatile = true;
  readonly #linux: Linux;
  readonly #cgroup: Cgroup;
  readonly #files: GeneratedDirectory;
  readonly #below = new WeakMap<Cgroup, Inode>();
  #sb!: SuperBlock;

  constructor(linux: Linux, cgroup: Cgroup) {
    this.#linux = linux;
    this.#cgroup = cgroup;
    this.#files = new GeneratedDirectory(directory(filesOf(linux, cgroup)));
  }

  get superBlock(): SuperBlock {
    return this.#sb;
  }

  set sb(sb: SuperBlock) {
    this.#sb = sb;
    this.#files.sb = sb;
  }

  #child(name: string): Cgroup | undefined {
    const { path } = this.#cgroup;
    return this.#linux.cgroups.find(`${path === "/" ? "" : path}/${name}`);
  }

  find(name: string): Inode | undefined {
    const cgroup = this.#child(name);
    return cgroup === undefined ? this.#files.find(name) : this.#inode(cgroup);
  }

  #inode(cgroup: Cgroup): Inode {
    const known = this.#below.get(cgroup);
    if (known !== undefined) return known;
    const below = new CgroupDirectory(this.#linux, cgroup);
    below.sb = this.#sb;
    const operations = DIRECTORY_OPERATIONS;
    const inode = new Inode(this.#sb, { mode: S_IFDIR | 0o755, operations, directory: below, ino: cgroup.id });
    this.#below.set(cgroup, inode);
    return inode;
  }

  names(): readonly string[] {
    return [...this.#files.names(), ...this.#linux.cgroups.below(this.#cgroup).map(({ name }) => name)];
  }

  /** `mkdir`: a cgroup. */
  make(t: Task, name: string, mode: number): Inode | number {
    t.enter(F.kernfs_iop_mkdir, 60, undefined, undefined, undefined, mode);
    t.enter(F.cgroup_mkdir, 60_000, undefined, undefined, mode);
    const { path } = this.#cgroup;
    const cgroup = this.#linux.cgroups.make(`${path === "/" ? "" : path}/${name}`);
    trace(t, "cgroup_mkdir", cgroup);
    return t.leave(this.#inode(cgroup), 2);
  }

  /** `rmdir`: -EBUSY while a task is in it or a cgroup below. */
  unmake(t: Task, name: string): number {
    const cgroup = this.#child(name);
    if (cgroup === undefined) return -ERRNO.EPERM!;
    t.enter(F.kernfs_iop_rmdir, 60);
    t.enter(F.cgroup_rmdir, 20_000);
    const busy = this.#linux.tasks().some((task) => task.cgroup === cgroup);
    const result = busy ? -ERRNO.EBUSY! : this.#linux.cgroups.remove(cgroup);
    if (result === 0) {
      trace(t, "cgroup_rmdir", cgroup);
      this.#linux.objects.forget(cgroup);
    }
    return t.leave(result, 2);
  }
}

function trace(t: Task, event: "cgroup_mkdir" | "cgroup_rmdir", cgroup: Cgroup): void {
  const { hooks } = t.linux;
  const hook = hooks.live[TP[event]];
  if (hook !== undefined) hooks.trace(hook, t, [1, cgroup.line.length - 1, cgroup.id, cgroup.path], cgroup, undefined);
}

/** The files of a cgroup that say something true here. */
function filesOf(linux: Linux, cgroup: Cgroup): Readonly<Record<string, Node>> {
  const members = () => linux.tasks().filter((task) => task.cgroup === cgroup);
  const lines = (ids: readonly number[]) => ids.map((id) => `${id}\n`).join("");
  const processes = () => lines([...new Set(members().map(({ tgid }) => tgid))]);
  const populated = () =>
    linux.tasks().some((task) => task.cgroup.line.includes(cgroup))
      ? "populated 1\nfrozen 0\n"
      : "populated 0\nfrozen 0\n";
  const common = {
    "cgroup.controllers": file(() => "\n"),
    "cgroup.procs": file(processes, (text) => moveTo(linux, cgroup, text)),
    "cgroup.stat": file(() => `nr_descendants ${descendants(linux, cgroup)}\nnr_dying_descendants 0\n`),
    "cgroup.subtree_control": file(() => "\n"),
    "cgroup.threads": file(() => lines(members().map(({ pid }) => pid))),
  };
  if (cgroup === linux.cgroups.root) return common;
  return { ...common, "cgroup.events": file(populated), "cgroup.type": file(() => "domain\n") };
}

const descendants = (linux: Linux, cgroup: Cgroup): number =>
  linux.cgroups.list().filter((other) => other !== cgroup && other.line.includes(cgroup)).length;

/** `cgroup_procs_write`: the process with this pid (0: the writer's own), all of its threads, belongs here from now on. */
function moveTo(linux: Linux, cgroup: Cgroup, text: string): number {
  const t = linux.scheduler.active.current;
  if (!/^\d{1,9}$/.test(text)) return -ERRNO.EINVAL!;
  const pid = Number(text) || t.tgid;
  const task = linux.taskOf(pid);
  if (task === undefined || task.exiting) return -ERRNO.ESRCH!;
  t.enter(F.cgroup_procs_write, 60);
  t.enter(F.cgroup_attach_task, 4_000, cgroup, task, 1);
  for (const member of linux.tasks()) if (member.tgid === task.tgid) member.cgroup = cgroup;
  const { hooks } = linux;
  const hook = hooks.live[TP.cgroup_attach_task];
  if (hook !== undefined) {
    const values = [1, cgroup.line.length - 1, cgroup.id, task.pid, cgroup.path, task.comm];
    hooks.trace(hook, t, values, cgroup, undefined, task, 1);
  }
  t.leave(0, 2);
  return 0;
}
