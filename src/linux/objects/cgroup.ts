import type { Cgroup } from "../cgroups.ts";
import type { StructRow } from "./row.ts";

/** What `struct kernfs_node` is of a cgroup's directory: its number and its name. */
const KERNFS_NODE: StructRow<Cgroup> = {
  struct: "kernfs_node",
  write(w, cgroup) {
    w.int("id", cgroup.id);
    w.string("name", cgroup.name);
  },
};

export const CGROUP: StructRow<Cgroup> = {
  struct: "cgroup",
  write(w, cgroup) {
    w.int("level", cgroup.line.length - 1);
    w.pointer("kn", cgroup, KERNFS_NODE);
  },
};

/** What `struct css_set` is of the tasks of a cgroup: the way to it. */
export const CSS_SET: StructRow<Cgroup> = {
  struct: "css_set",
  write(w, cgroup) {
    w.pointer("dfl_cgrp", cgroup, CGROUP);
  },
};
