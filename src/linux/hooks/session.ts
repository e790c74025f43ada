import type { LinearMemory } from "../../memory/memory.ts";
import type { Task } from "../task.ts";
import type { HookProgram, Moment } from "./hook.ts";

/** Which end of a function a session's program runs at, and where its eight bytes are. */
export interface SessionEnd {
  readonly isReturn: boolean;
  readonly cookieAt: number;
}

const COOKIE = 8;

/** One program at both ends of functions (`kprobe.session`, `uprobe.session`). */
export interface Session {
  readonly entry: HookProgram;
  readonly exit: HookProgram;
  /** Gives the session's memory back. */
  free(): void;
}

/**
 * Makes a session of a program: it runs when a function is entered, and again when that call of the function returns, unless it
 * answered 1 at the entry. Eight bytes (`bpf_session_cookie`) last from the one to the other.
 */
export function sessionOf(program: HookProgram, memory: LinearMemory, moment: () => Moment, user: boolean): Session {
  /** By task, then by function and depth of its call: the cookies of calls that will be looked at again. */
  const calls = new WeakMap<Task, Map<string, bigint>>();
  const cookieAt = memory.allocate(COOKIE);
  const run = (isReturn: boolean, context: number, cookie: bigint): unknown => {
    const now = moment();
    now.session = { isReturn, cookieAt };
    memory.view.setBigUint64(cookieAt, cookie, true);
    const result = program.run(context);
    now.session = undefined;
    return result;
  };
  const place = ({ functionAddress = [0, 0] }: Moment, depth: number): string => `${functionAddress.join()}@${depth}`;
  const depthOf = (task: Task): number => (user ? task.userDepth : task.kernelDepth);
  return {
    entry: {
      ...program,
      run(context) {
        const { task } = moment();
        // The function itself is on the stack; once it has returned, it is not.
        const key = place(moment(), depthOf(task) - 1);
        const known = calls.get(task) ?? new Map<string, bigint>();
        calls.set(task, known);
        known.delete(key);
        if (run(false, context, 0n) === 0) known.set(key, memory.view.getBigUint64(cookieAt, true));
        return 0;
      },
    },
    exit: {
      ...program,
      run(context) {
        const { task } = moment();
        const key = place(moment(), depthOf(task));
        const cookie = calls.get(task)?.get(key);
        if (cookie === undefined) return 0;
        calls.get(task)!.delete(key);
        run(true, context, cookie);
        return 0;
      },
    },
    free: () => memory.free(cookieAt, COOKIE),
  };
}
