/** Processes of the machine as helpers see them. */
export interface ProcessHost {
  /** The ids of the current task's cgroup and those above it, the root first. */
  cgroups(): readonly number[];
  /** Whether there is a cgroup with this id. */
  hasCgroup(id: number): boolean;
  /** Offset of the struct of a task, by its pid; 0 if there is none. */
  taskStruct?(pid: number): number;
  /** Offset of the struct of a cgroup, by its id; 0 if there is none. */
  cgroupStruct?(id: number): number;
  /** The cgroup at a level above the one whose struct lies at an offset; 0 if there is none. */
  cgroupAbove?(cgroup: number, level: number): number;
  /** Whether a task is in a cgroup or below it, both by the offsets of their structs. */
  taskUnder?(task: number, cgroup: number): boolean;
  /** A signal for the current task's process or thread, sent when the program has returned; 0 or -errno. */
  signal(signal: number, to: "process" | "thread"): number;
  /** Device and inode number of the pid namespace that all tasks are in. */
  readonly pidNamespace: { readonly device: number; readonly inode: number };
  /** The full name of the path whose `struct path` lies at an offset; undefined where nothing is known of it. */
  pathAt(offset: number): string | undefined;
}
