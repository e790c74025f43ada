import type { Host } from "../helpers/host.ts";
import type { HelperFunction, HelperRow } from "../helpers/row.ts";
import type { LinearMemory } from "../memory/memory.ts";
import type { ProgramType } from "../programs/types.ts";
import type { Meter } from "./meter.ts";
import { skbLoadHelper } from "./packet-load.ts";
import type { RunnableProgram } from "./program.ts";
import { FRAME_SIZE, MAX_CALL_FRAMES, MAX_TAIL_CALLS } from "./types.ts";
import { exported } from "./wasm/exported.ts";

/**
 * Bytes of program stack of one CPU: the deepest chain of tail calls out of subprograms, and room for programs that run
 * inside the helpers of others.
 */
const CPU_STACK = (MAX_TAIL_CALLS + 15) * MAX_CALL_FRAMES * FRAME_SIZE;

/** Bytes behind each stack that belong to nobody: what runs past its end does not reach something else by accident. */
const GUARD = 4096;

/** A helper or kfunc whose implementation belongs to one host. */
export interface BoundHelper {
  readonly row: HelperRow;
  readonly call: HelperFunction;
}

export interface EnvironmentOptions {
  /** Finds a helper by id: `helperById` for Linux's own; a conformance suite brings others. */
  readonly helpers: (id: number) => HelperRow | undefined;
  /**
   * Finds a kfunc by its BTF id and its module (0: vmlinux), or by the name that the verifier found for them; its row is like
   * a helper's. None by default.
   */
  readonly kfuncs?: (id: number, module: number, name?: string) => HelperRow | undefined;
  /** The address of a function or variable of Linux, named likewise. None by default. */
  readonly symbols?: (id: number, module: number, name?: string) => bigint | undefined;
  readonly cpus?: number;
  /** What verified programs may execute in all; without it they end when they end. */
  readonly meter?: Meter | undefined;
  /** Remembers what of the host lies outside memory (clock, random numbers) and returns what brings it back. */
  readonly remember?: () => () => void;
}

/** What every program of a machine shares: the memory, the stacks, the helpers bound to the host, the table of entries. */
export class Environment {
  readonly host: Host;
  readonly memory: LinearMemory;
  /** Offset of the end of the free stack of the CPU that runs now; stacks grow down. */
  readonly stackPointer: WebAssembly.Global;
  /** Entries of programs by slot, for tail calls; every module imports it. Slot 0 stays empty. */
  readonly entries: WebAssembly.Table;
  /** What verified programs may still execute. */
  readonly meter: Meter | undefined;
  /** Bytes at the context that the unverified run under way may touch: those whom it tail-calls may, too. */
  contextLength = 0;
  readonly #options: EnvironmentOptions;
  readonly #bound = new Map<string, BoundHelper>();
  readonly #slots = new WeakMap<RunnableProgram, number>();
  /** The programs behind `entries`. */
  readonly #programs: RunnableProgram[] = [];
  /** Where the stack of each CPU ends. */
  readonly #tops: readonly number[];
  /** The stack pointer of each CPU that does not run now. */
  readonly #stacks: number[];
  #cpu = 0;

  /**
   * @example
   * const environment = new Environment(host, { helpers: helperById, cpus: 2 });
   */
  constructor(host: Host, options: EnvironmentOptions) {
    const { cpus = 1 } = options;
    this.host = host;
    this.#options = options;
    this.memory = host.memory;
    this.meter = options.meter;
    this.#tops = Array.from({ length: cpus }, () => this.memory.allocate(CPU_STACK + GUARD, 64) + CPU_STACK);
    this.#stacks = [...this.#tops];
    this.stackPointer = new WebAssembly.Global({ value: "i32", mutable: true }, this.#stacks[0]!);
    this.entries = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
  }

  /** CPUs that have a stack here. */
  get cpus(): number {
    return this.#tops.length;
  }

  /** The CPU whose stack programs use now. */
  get cpu(): number {
    return this.#cpu;
  }

  /** Makes programs run on `cpu` from now on, on its stack and its values of maps; other CPUs' programs keep theirs. */
  selectCpu(cpu: number): void {
    this.#stacks[this.#cpu] = this.stackPointer.value;
    this.#cpu = cpu;
    this.memory.cpu = cpu;
    this.stackPointer.value = this.#stacks[cpu]!;
  }

  /** Frees the whole stack of the CPU that runs now: for after an exception that left programs without their `exit`. */
  unwind(): void {
    this.stackPointer.value = this.#tops[this.#cpu]!;
    this.memory.tailCalls = 0;
  }

  /** The helper with this id for programs of a type, or undefined where there is none or it is not implemented. */
  helper(id: number, type: ProgramType): BoundHelper | undefined {
    return this.#bind(`helper ${id}`, type, () => skbLoadHelper(id) ?? this.#options.helpers(id));
  }

  /** The kfunc with this BTF id or name, or undefined where there is none or it is not implemented. */
  kfunc(id: number, module: number, type: ProgramType, name?: string): BoundHelper | undefined {
    return this.#bind(`kfunc ${name ?? `${module} ${id}`}`, type, () => this.#options.kfuncs?.(id, module, name));
  }

  /** The prototype of a helper, implemented or not. */
  helperRow(id: number): HelperRow | undefined {
    return this.#options.helpers(id);
  }

  /** The address of a function or variable of Linux. */
  symbol(id: number, module: number, name?: string): bigint | undefined {
    return this.#options.symbols?.(id, module, name);
  }

  /** The slot of a program in `entries`, by which tail calls reach it: given at the first question, and kept. */
  slotOf(program: RunnableProgram): number {
    let slot = this.#slots.get(program);
    if (slot === undefined) {
      slot = this.reserveSlot();
      this.enterAt(slot, program);
    }
    return slot;
  }

  /** An empty slot in `entries`, for a program that must know its own before it is compiled: `enterAt` fills it. */
  reserveSlot(): number {
    return this.entries.grow(1);
  }

  /** Puts a program into a slot that was reserved for it. */
  enterAt(slot: number, program: RunnableProgram): void {
    this.entries.set(slot, program.entry ?? exported((context) => program.enter(context)));
    this.#slots.set(program, slot);
    this.#programs[slot] = program;
  }

  /** The program in a slot, for engines that are not WebAssembly. */
  programAt(slot: number): RunnableProgram {
    return this.#programs[slot]!;
  }

  /** For rewinding: remembers what of the host lies outside linear memory and returns what brings it back. */
  remember(): () => void {
    return this.#options.remember?.() ?? (() => {});
  }

  #bind(name: string, type: ProgramType, find: () => HelperRow | undefined): BoundHelper | undefined {
    const key = `${name} ${type}`;
    const known = this.#bound.get(key);
    if (known !== undefined) return known;
    const row = find();
    if (row?.implement === undefined) return undefined;
    const bound = { row, call: row.implement(this.host, type) };
    this.#bound.set(key, bound);
    return bound;
  }
}
