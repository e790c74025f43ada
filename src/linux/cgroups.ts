/** A group of tasks: a directory of cgroup v2, with the number that `bpf_get_current_cgroup_id` gives. */
export class Cgroup {
  /** The inode number of its directory. */
  readonly id: number;
  /** From the root on: `/system.slice/cron.service`. */
  readonly path: string;
  readonly parent: Cgroup | undefined;

  constructor(id: number, path: string, parent?: Cgroup) {
    this.id = id;
    this.path = path;
    this.parent = parent;
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
 * The tree of cgroups of a machine. Tasks are in the one of their parent, unless they were started in another; they limit
 * nothing.
 *
 * @example
 * linux.process({ comm: "redis", program, cgroup: linux.cgroups.make("/system.slice/docker-4f2a.scope") });
 */
export class Cgroups {
  readonly root = new Cgroup(1, "/");
  readonly #known = new Map<string, Cgroup>([["/", this.root]]);

  /** The cgroup of a path, made with those above it if it is new. */
  make(path: string): Cgroup {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const parent = this.make(path.slice(0, path.lastIndexOf("/")) || "/");
    const cgroup = new Cgroup(FIRST + STEP * this.#known.size, path, parent);
    this.#known.set(path, cgroup);
    return cgroup;
  }

  /** All of them, in the order in which they were made. */
  list(): readonly Cgroup[] {
    return [...this.#known.values()];
  }
}
