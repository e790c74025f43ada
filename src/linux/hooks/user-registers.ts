import type { Task } from "../task.ts";

/** The registers that a task's program had when it made its system call: `struct pt_regs`, which system calls get. */
export class UserRegisters {
  readonly task: Task;

  constructor(task: Task) {
    this.task = task;
  }
}
