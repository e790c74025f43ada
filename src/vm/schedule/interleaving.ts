import { formatInstruction } from "../../asm/format-instruction.ts";
import { helperName } from "../../helpers/names.ts";
import { ArgumentError } from "../../isa/argument.ts";
import { DIRECT_MAP } from "../../memory/memory.ts";
import { memoryAccess } from "../debug/memory-access.ts";
import type { Environment } from "../environment.ts";
import { ExecutionError } from "../errors.ts";
import type { Execution } from "../interpreter/execution.ts";
import type { InterpretedProgram } from "../interpreter/interpret.ts";
import { FRAME_SIZE, MAX_CALL_FRAMES } from "../types.ts";
import { type Schedule, ScheduleError, turnsOf } from "./schedule.ts";

/** The run of one CPU. Each has a program of its own: the same instructions are interpreted once a CPU. */
export interface CpuRun {
  readonly program: InterpretedProgram;
  /** Offset of the object that r1 points to. */
  readonly context: number;
  /** For type `raw`: bytes there. */
  readonly length?: number;
  /** Memory that no other CPU touches, such as its own packet. */
  readonly own?: readonly { readonly start: number; readonly size: number }[];
}

/** What a CPU is doing. */
export type CpuStatus =
  | { readonly kind: "ready" }
  /** Before `bpf_spin_lock`, on a lock that somebody holds: the address of the lock, and who took it, if that is known. */
  | { readonly kind: "waiting"; readonly lock: bigint; readonly holder: number | undefined }
  | { readonly kind: "exited"; readonly result: bigint }
  | { readonly kind: "failed"; readonly error: ExecutionError };

const SPIN_LOCK = 93;
const SPIN_UNLOCK = 94;

/** Helpers that read and write nothing that CPUs share: ktime_get_ns, get_smp_processor_id, get_current_pid_tgid and _uid_gid. */
const LOCAL_HELPERS: ReadonlySet<number> = new Set([5, 8, 14, 15]);

interface Step {
  readonly cpu: number;
  /** Puts the book of lock holders back. */
  readonly undo: (() => void) | undefined;
  readonly failed: boolean;
}

/**
 * Runs of programs on several CPUs, one instruction of one CPU after the other, in any order that is asked for; every step can
 * be taken back. A CPU that comes to `bpf_spin_lock` on a lock that is held waits until it is free.
 *
 * @example
 * using both = new Interleaving(environment, [{ program, context }, { program, context }]);
 * both.step(0);
 * both.step(1);
 * both.back();
 */
export class Interleaving implements Disposable {
  readonly environment: Environment;
  readonly #runs: readonly CpuRun[];
  readonly #executions: readonly Execution[];
  readonly #errors: (ExecutionError | undefined)[];
  readonly #onCpu: (cpu: number) => void;
  readonly #onClose: () => void;
  readonly #holders = new Map<number, number>();
  readonly #steps: Step[] = [];
  readonly #first: number;

  /**
   * Run `i` is on CPU `i`. `onCpu` tells the host which CPU executes next. Throws `ArgumentError` for more runs than the
   * environment has CPUs.
   */
  constructor(
    environment: Environment,
    runs: readonly CpuRun[],
    { onCpu = () => {}, onClose = () => {} }: { onCpu?: (cpu: number) => void; onClose?: () => void } = {},
  ) {
    if (runs.length === 0 || runs.length > environment.cpus) {
      throw new ArgumentError("runs", `1 to ${environment.cpus} runs, one a CPU of the machine`, runs);
    }
    this.environment = environment;
    this.#runs = runs;
    this.#onCpu = onCpu;
    this.#onClose = onClose;
    this.#first = environment.cpu;
    this.#errors = runs.map(() => undefined);
    this.#executions = runs.map(({ program, context, length }, cpu) => {
      this.#select(cpu);
      return program.start(context, length);
    });
  }

  get cpus(): number {
    return this.#runs.length;
  }

  /** Who executed so far. */
  get schedule(): Schedule {
    return turnsOf(this.#steps.filter(({ failed }) => !failed).map(({ cpu }) => cpu));
  }

  /** Instructions executed so far, by all. */
  get executed(): number {
    return this.#steps.length;
  }

  /** The run of a CPU, to look at: its registers, its next instruction. */
  run(cpu: number): Execution {
    return this.#executions[cpu]!;
  }

  status(cpu: number): CpuStatus {
    const run = this.run(cpu);
    const error = this.#errors[cpu];
    if (error !== undefined) return { kind: "failed", error };
    if (run.exited) return { kind: "exited", result: run.register(0) };
    const lock = this.#lock(run, SPIN_LOCK);
    if (lock === undefined || this.environment.memory.u32[lock >> 2] === 0) return { kind: "ready" };
    return { kind: "waiting", lock: DIRECT_MAP + BigInt(lock), holder: this.#holders.get(lock) };
  }

  /** The CPUs that can execute. */
  get ready(): number[] {
    return this.#executions.flatMap((_, cpu) => (this.status(cpu).kind === "ready" ? [cpu] : []));
  }

  /** Executes one instruction of a CPU; false if it cannot: it waits, has ended, or the instruction is an error. */
  step(cpu: number): boolean {
    if (this.status(cpu).kind !== "ready") return false;
    const run = this.run(cpu);
    this.#select(cpu);
    const locked = this.#lock(run, SPIN_LOCK);
    const unlocked = this.#lock(run, SPIN_UNLOCK);
    try {
      run.step();
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      this.#errors[cpu] = error;
      this.#steps.push({ cpu, undo: undefined, failed: true });
      return false;
    }
    const lock = locked ?? unlocked;
    const before = lock === undefined ? undefined : this.#holders.get(lock);
    if (locked !== undefined) this.#holders.set(locked, cpu);
    if (unlocked !== undefined) this.#holders.delete(unlocked);
    const undo =
      lock === undefined
        ? undefined
        : () => void (before === undefined ? this.#holders.delete(lock) : this.#holders.set(lock, before));
    this.#steps.push({ cpu, undo, failed: false });
    return true;
  }

  /** Takes the last step back, whoever made it; false at the beginning. */
  back(): boolean {
    const step = this.#steps.pop();
    if (step === undefined) return false;
    this.#select(step.cpu);
    if (step.failed) this.#errors[step.cpu] = undefined;
    else this.run(step.cpu).back();
    step.undo?.();
    return true;
  }

  /** Takes steps back until so many are left. */
  backTo(executed: number): void {
    while (this.#steps.length > executed && this.back());
  }

  /** Goes on as a schedule says; throws `ScheduleError` where that is not possible, and stays there. */
  follow(schedule: Schedule): void {
    for (const [index, { cpu, steps }] of schedule.entries()) {
      if (this.#executions[cpu] === undefined) throw new ScheduleError(index, `there is no CPU ${cpu}`);
      for (let i = 0; i < steps; i++) {
        if (this.step(cpu)) continue;
        const status = this.status(cpu);
        throw new ScheduleError(
          index,
          `CPU ${cpu} cannot execute instruction ${i + 1} of ${steps}: it is ${status.kind}`,
        );
      }
    }
  }

  /** Lets CPUs that are ready execute in random order until none is, or for `steps` instructions. */
  random(next: () => number, steps = 1_000_000): void {
    for (let i = 0; i < steps; i++) {
      const { ready } = this;
      if (ready.length === 0) return;
      this.step(ready[next() % ready.length]!);
    }
  }

  /**
   * Whether the next instruction of a CPU could matter to another: it touches memory other than the CPU's own stack and
   * what was given to it alone, or calls something that does.
   */
  isShared(cpu: number): boolean {
    const run = this.run(cpu);
    const { next } = run;
    if (next.kind === "helper") return !LOCAL_HELPERS.has(next.id);
    if (next.kind === "kfunc" || next.kind === "indirect") return true;
    const access = memoryAccess(run);
    if (access === undefined) return false;
    const at = Number(BigInt.asUintN(32, access.address - DIRECT_MAP));
    const top = Number(BigInt.asUintN(32, (run.callers()[0]?.registers.at(-1) ?? run.register(10)) - DIRECT_MAP));
    const own = [
      { start: top - MAX_CALL_FRAMES * FRAME_SIZE, size: MAX_CALL_FRAMES * FRAME_SIZE },
      ...(this.#runs[cpu]!.own ?? []),
    ];
    return !own.some(({ start, size }) => at >= start && at + access.bytes <= start + size);
  }

  /** The instruction that a CPU executes next, as the verifier's log writes it. */
  textOf(cpu: number): string {
    return formatInstruction(this.run(cpu).program.insns, this.run(cpu).pc, { helperName });
  }

  /** Takes everything back and leaves the machine as it was. */
  close(): void {
    this.backTo(0);
    this.#select(this.#first);
    this.#onClose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The lock that the next instruction of a run takes or frees. */
  #lock(run: Execution, helper: number): number | undefined {
    if (run.exited || run.next.kind !== "helper" || run.next.id !== helper) return undefined;
    return Number(BigInt.asUintN(32, run.register(1) - DIRECT_MAP));
  }

  #select(cpu: number): void {
    if (this.environment.cpu !== cpu) this.environment.selectCpu(cpu);
    this.#onCpu(cpu);
  }
}
