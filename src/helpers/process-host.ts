/** Processes of the machine as helpers see them. */
export interface ProcessHost {
  /** The ids of the current task's cgroup and those above it, the root first. */
  cgroups(): readonly number[];
  /** Whether there is a cgroup with this id. */
  hasCgroup(id: number): boolean;
  /** A signal for the current task's process or thread, sent when the program has returned; 0 or -errno. */
  signal(signal: number, to: "process" | "thread"): number;
  /** Device and inode number of the pid namespace that all tasks are in. */
  readonly pidNamespace: { readonly device: number; readonly inode: number };
  /** The full name of the path whose `struct path` lies at an offset; undefined where nothing is known of it. */
  pathAt(offset: number): string | undefined;
}
