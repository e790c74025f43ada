import { CgroupPrograms, CgroupUse } from "./bpf/cgroup-programs.ts";
import { ERRNO } from "./errno.ts";

/** A group of tasks: a directory of cgroup v2, with the number that `bpf_get_current_cgroup_id` gives. */
export class Cgroup {
  /** The inode number of its directory. */
  readonly id: number;
  /** From the root on: `/system.slice/cron.service`. */
  readonly path: string;
  readonly parent: Cgroup | undefined;
  /** What is attached to it. */
  readonly programs: CgroupPrograms;

  constructor(id: number, path: string, use: CgroupUse, parent?: Cgroup) {
    this.id = id;
    this.path = path;
    this.parent = parent;
    this.programs = new CgroupPrograms(id, use, parent?.programs);
  }

  /** The last part of its path; the root's is empty. */
  get name(): string {
    return this.path.slice(this.path.lastIndexOf("/") + 1);
  }

  /** From the root to this one. */
  get line(): readonly Cgroup[] {
    return [...(this.parent?.line ?? []), this];
  }
}

/** Inode numbers of new directories: some are taken by what each directory holds. */
const FIRST = 1_300;
const STEP = 54;

/**
 * The tree of cgroups of a machine, which is also `/sys/fs/cgroup`. Tasks are in the one of their parent, unless they were
 * started in another or moved; they limit nothing, and programs are attached to them.
 *
 * @example
 * linux.process({ comm: "redis", program, cgroup: linux.cgroups.make("/system.slice/docker-4f2a.scope") });
 */
export class Cgroups {
  /** What is attached to any of them. */
  readonly use = new CgroupUse();
  readonly root = new Cgroup(1, "/", this.use);
  readonly #known = new Map<string, Cgroup>([["/", this.root]]);
  #made = 0;

  /** The cgroup of a path, made with those above it if it is new. */
  make(path: string): Cgroup {
    const known = this.find(path);
    if (known !== undefined) return known;
    const parent = this.make(path.slice(0, path.lastIndexOf("/")) || "/");
    const cgroup = new Cgroup(FIRST + STEP * ++this.#made, path, this.use, parent);
    this.#known.set(path, cgroup);
    return cgroup;
  }

  /** The cgroup of a path, also of the path of its directory (`/sys/fs/cgroup/...`); undefined if there is none. */
  find(path: string): Cgroup | undefined {
    const short = path.replace(/^\/sys\/fs\/cgroup(?=\/|$)/, "").replace(/(?<=.)\/+$/, "");
    return this.#known.get(short === "" ? "/" : short);
  }

  /** Those directly below one. */
  below(parent: Cgroup): readonly Cgroup[] {
    return this.list().filter((cgroup) => cgroup.parent === parent);
  }

  /** Takes an empty one away, with its programs; -EBUSY where others are below. Whether tasks are in it the caller knows. */
  remove(cgroup: Cgroup): number {
    if (cgroup === this.root || this.below(cgroup).length > 0) return -ERRNO.EBUSY!;
    this.#known.delete(cgroup.path);
    for (const type of cgroup.programs.types())
      for (const { program } of cgroup.programs.list(type)) cgroup.programs.drop(type, program);
    return 0;
  }

  /** All of them, in the order in which they were made. */
  list(): readonly Cgroup[] {
    return [...this.#known.values()];
  }
}
