import { ENTRY_FRAMES, type Frame, type SymbolTable } from "../symbols.ts";
import type { Arg, Task } from "../task.ts";
import { HookError } from "./error.ts";
import { FunctionProbe, type PendingReturn, type ProbeHost, type ProbeView } from "./function-probe.ts";
import type { Hook, HookProgram } from "./hook.ts";
import { isPattern, nameMatcher } from "./name-matcher.ts";

/** Kinds of hooks on functions of Linux, and how their programs look at the function. */
export const FUNCTION_HOOKS = {
  kprobe: "entry",
  kretprobe: "return",
  fentry: "fentry",
  fexit: "fexit",
  fmod_ret: "fmod_ret",
} as const satisfies Readonly<Record<string, ProbeView>>;

export type FunctionHookKind = keyof typeof FUNCTION_HOOKS;

/** By frame; undefined where nobody probes. */
export type ProbeTable = (FunctionProbe | undefined)[];

/**
 * Probes of functions. A function that is entered costs one load and one comparison more where nobody probes it. Who waits for
 * a function to return is noted with the task that entered it, so a task that ends inside functions never returns from them.
 */
export class FunctionProbes {
  readonly #table: ProbeTable;
  readonly #symbols: SymbolTable;
  readonly #host: ProbeHost;
  /** The task whose system call was looked at before its function is entered, and so is not again. */
  #announced: Task | undefined;
  /** What `bpf_override_return` said in the run under way. */
  overridden: bigint | undefined;

  constructor(table: ProbeTable, symbols: SymbolTable, host: ProbeHost) {
    this.#table = table;
    this.#symbols = symbols;
    this.#host = host;
  }

  /** Frames of the functions that a hook's name means: one, or all that match its `*`; none where there is none. */
  framesOf(kind: FunctionHookKind, pattern: string): readonly Frame[] {
    const { typed } = kindOf(kind);
    const matches = isPattern(pattern) ? nameMatcher(pattern) : (name: string) => name === pattern;
    return this.#symbols
      .kernelFrames()
      .filter((frame) => matches(this.#symbols.of(frame).name))
      .filter((frame) => !typed || this.#host.prototype(this.#symbols.of(frame).name) !== undefined);
  }

  /** Attaches to one function; gives back what ends it. */
  attach(frame: Frame, view: ProbeView, hook: Hook, program: HookProgram): () => void {
    if (program.overrides || view === "fmod_ret") this.#requireInjectable(frame, hook.name);
    const probe = this.#table[frame] ?? new FunctionProbe(frame, this.#symbols.of(frame));
    probe.views[view] ??= hook;
    hook.add(program);
    this.#table[frame] = probe;
    return () => {
      hook.remove(program);
      if (!probe.live && this.#table[frame] === probe) this.#table[frame] = undefined;
    };
  }

  #requireInjectable(frame: Frame, name: string): void {
    if (ENTRY_FRAMES.has(frame)) return;
    throw new HookError(
      name,
      "EINVAL",
      `${name} cannot be overridden: of the functions that Linux lets be, this machine has the system calls (__x64_sys_*)`,
    );
  }

  /** `task` has just entered the function of `probe`, which is on top of its stack. */
  entered(probe: FunctionProbe, task: Task, args: readonly Arg[]): void {
    const depth = (probe.user ? task.userDepth : task.kernelDepth) - 1;
    const given = args[0] === undefined && ENTRY_FRAMES.has(probe.frame) ? [task.registers] : args;
    if (this.#announced === task && ENTRY_FRAMES.has(probe.frame)) this.#announced = undefined;
    else probe.entered(this.#host, task, given);
    if (!probe.awaited) return;
    const pending = probe.user ? task.pendingUser : task.pending;
    // What was left without returning is still noted.
    while (pending.length > 0 && pending.at(-1)!.depth >= depth) pending.pop();
    pending.push({ probe, depth, args: given });
    if (probe.user) task.pendingUserDepth = depth;
    else task.pendingDepth = depth;
  }

  /** `task` leaves functions of Linux down to `depth`, all with this result. */
  left(task: Task, result: Arg, depth: number): void {
    const before = task.kernelDepth;
    const { pending } = task;
    while (pending.length > 0 && pending.at(-1)!.depth >= depth) {
      const last = pending.pop()!;
      if (last.depth >= before || task.kernel[last.depth] !== last.probe.frame) continue;
      task.kernelDepth = last.depth + 1;
      last.probe.leaving(this.#host, task, last.args, result);
      task.kernelDepth = last.depth;
      last.probe.left(this.#host, task, result);
    }
    task.kernelDepth = before;
    task.pendingDepth = pending.at(-1)?.depth ?? -1;
  }

  /** The same for the functions of its program. */
  leftUser(task: Task, result: Arg, depth: number): void {
    const before = task.userDepth;
    const pending: PendingReturn[] = task.pendingUser;
    while (pending.length > 0 && pending.at(-1)!.depth >= depth) {
      const last = pending.pop()!;
      if (last.depth >= before || task.user[last.depth] !== last.probe.frame) continue;
      task.userDepth = last.depth;
      last.probe.left(this.#host, task, result);
    }
    task.userDepth = before;
    task.pendingUserDepth = pending.at(-1)?.depth ?? -1;
  }

  /**
   * A system call whose function some program may replace: runs those programs. The result that the call gets without
   * Linux doing anything; undefined: it goes on as always.
   */
  replacedSyscall(task: Task, frame: Frame): number | undefined {
    const probe = this.#table[frame];
    if (probe === undefined || !probe.mayReplace) return undefined;
    const args = [task.registers];
    task.kernel[task.kernelDepth++] = frame;
    this.overridden = undefined;
    probe.entered(this.#host, task, args);
    if (this.overridden === undefined) this.overridden = probe.replaced(this.#host, task, args);
    const result: bigint | undefined = this.overridden;
    this.overridden = undefined;
    if (result !== undefined) {
      probe.leaving(this.#host, task, args, result);
      task.kernelDepth--;
      probe.left(this.#host, task, result);
      return Number(BigInt.asIntN(64, result));
    }
    task.kernelDepth--;
    this.#announced = task;
    return undefined;
  }
}

function kindOf(kind: FunctionHookKind): { readonly typed: boolean } {
  return { typed: kind !== "kprobe" && kind !== "kretprobe" };
}
