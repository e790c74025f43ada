import type { StructRow } from "./row.ts";

/** What `struct pid` is of a task: its number in the first namespace. */
export const PID: StructRow<{ readonly pid: number }> = {
  struct: "pid",
  write(w, { pid }) {
    w.int("count.refs.counter", 1);
    w.int("level", 0);
    w.int("numbers[0].nr", pid);
  },
};
