import type { SignalAction, SignalInfo } from "./signals.ts";
import type { Task } from "./task.ts";
import { WaitQueue } from "./wait-queue.ts";

/** What the threads of a process share: `struct signal_struct` and `struct sighand_struct`. */
export class ThreadGroup {
  /** Threads that have not exited, the leader first while it lives. */
  readonly threads: Task[] = [];
  /** Children that nobody has waited for. */
  readonly children: Task[] = [];
  /** Who waits in `wait4` for a child. */
  readonly childExit = new WaitQueue();
  /** Signals sent to the process that no thread has taken. */
  readonly pending: SignalInfo[] = [];
  /** What is to be done at a signal, by its number; the usual where there is none. */
  readonly actions = new Map<number, SignalAction>();
  /** Process group and session. */
  pgid: number;
  sid: number;
  /** `exit_group` or a fatal signal has begun to end all threads; then the status that `wait4` gives. */
  exitStatus: number | undefined;

  constructor(pid: number, parent?: ThreadGroup) {
    this.pgid = parent?.pgid ?? pid;
    this.sid = parent?.sid ?? pid;
    if (parent !== undefined) for (const [signal, action] of parent.actions) this.actions.set(signal, action);
  }
}
