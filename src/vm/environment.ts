import type { Host } from "../helpers/host.ts";
import type { HelperFunction, HelperRow } from "../helpers/row.ts";
import type { LinearMemory } from "../memory/memory.ts";
import { STACK_SIZE } from "./types.ts";

/** Bytes of program stack of one CPU: room for programs that run inside the helpers of others. */
const CPU_STACK = 128 * STACK_SIZE;

/** Bytes behind each stack that belong to nobody: what runs past its end does not reach something else by accident. */
const GUARD = 4096;

/** A helper whose implementation belongs to one host. */
export interface BoundHelper {
  readonly row: HelperRow;
  readonly call: HelperFunction;
}

export interface EnvironmentOptions {
  /** Finds a helper by id: `helperById` for Linux's own; a conformance suite brings others. */
  readonly helpers: (id: number) => HelperRow | undefined;
  readonly cpus?: number;
  /** Remembers what of the host lies outside memory (clock, random numbers) and returns what brings it back. */
  readonly remember?: () => () => void;
}

/** What every program of a machine shares: the memory, the stacks, the helpers bound to the host, the table of entries. */
export class Environment {
  readonly host: Host;
  readonly memory: LinearMemory;
  /** Offset of the end of the free stack of the CPU that runs now; stacks grow down. */
  readonly stackPointer: WebAssembly.Global;
  /** Entries of programs by slot, for tail calls; every module imports it. */
  readonly entries: WebAssembly.Table;
  readonly #rememberHost: (() => () => void) | undefined;
  readonly #row: (id: number) => HelperRow | undefined;
  readonly #bound = new Map<number, BoundHelper>();
  /** Where the stack of each CPU ends. */
  readonly #tops: readonly number[];
  /** The stack pointer of each CPU that does not run now. */
  readonly #stacks: number[];
  #cpu = 0;

  /**
   * @example
   * const environment = new Environment(host, { helpers: helperById, cpus: 2 });
   */
  constructor(host: Host, { helpers, cpus = 1, remember }: EnvironmentOptions) {
    this.host = host;
    this.#rememberHost = remember;
    this.memory = host.memory;
    this.#row = helpers;
    this.#tops = Array.from({ length: cpus }, () => this.memory.allocate(CPU_STACK + GUARD, 64) + CPU_STACK);
    this.#stacks = [...this.#tops];
    this.stackPointer = new WebAssembly.Global({ value: "i32", mutable: true }, this.#stacks[0]!);
    this.entries = new WebAssembly.Table({ element: "anyfunc", initial: 0 });
  }

  /** Makes programs run on the stack of `cpu` from now on; the other CPU's programs keep theirs. */
  selectCpu(cpu: number): void {
    this.#stacks[this.#cpu] = this.stackPointer.value;
    this.#cpu = cpu;
    this.memory.cpu = cpu;
    this.stackPointer.value = this.#stacks[cpu]!;
  }

  /** Frees the whole stack of the CPU that runs now: for after an exception that left programs without their `exit`. */
  unwind(): void {
    this.stackPointer.value = this.#tops[this.#cpu]!;
  }

  /** The helper with this id, or undefined where there is none or it is not implemented. */
  helper(id: number): BoundHelper | undefined {
    const known = this.#bound.get(id);
    if (known !== undefined) return known;
    const row = this.#row(id);
    if (row?.implement === undefined) return undefined;
    const bound = { row, call: row.implement(this.host) };
    this.#bound.set(id, bound);
    return bound;
  }

  /** For rewinding: remembers what of the host lies outside linear memory and returns what brings it back. */
  remember(): () => void {
    return this.#rememberHost?.() ?? (() => {});
  }
}
