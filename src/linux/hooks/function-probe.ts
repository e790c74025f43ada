import type { LinearMemory } from "../../memory/memory.ts";
import type { Frame, TextSymbol } from "../symbols.ts";
import type { Arg, Task } from "../task.ts";
import { writeArguments, writeHeader } from "./arguments.ts";
import type { ObjectOffsets } from "./event-hook.ts";
import type { Halves, Hook, Moment } from "./hook.ts";
import { inRegister, needsPrototype, type Prototype } from "./prototypes.ts";
import { type Registers, stackPointer, writeRegisters } from "./registers.ts";

/** How programs look at a function: at its entry or when it returns, at registers or at typed arguments. */
export type ProbeView = "entry" | "return" | "fentry" | "fexit" | "fmod_ret";

/** A breakpoint's handler sees the address behind its one byte. */
const BREAKPOINT = 1;
/** A trampoline is called by an instruction of five bytes at the function's first. */
const CALL = 5;

/** What a probe needs of the machine. */
export interface ProbeHost {
  readonly memory: LinearMemory;
  readonly objects: ObjectOffsets;
  /** Where `struct pt_regs` and typed arguments go. */
  readonly registersAt: number;
  readonly argumentsAt: number;
  /** The prototype of a function of Linux. */
  readonly prototype: (name: string) => Prototype | undefined;
  /** The return address of the function that a task is in, in halves. */
  readonly returnAddress: (task: Task, user: boolean) => Halves;
  /** Runs what is attached; what the first program returned that did not return 0. */
  readonly run: (hook: Hook, context: number, moment: Moment) => unknown;
}

/** A function that was entered and whose return somebody waits for. */
export interface PendingReturn {
  readonly probe: FunctionProbe;
  /** Its place on the stack. */
  readonly depth: number;
  readonly args: readonly Arg[];
}

function halves(address: bigint): Halves {
  return [Number(address & 0xffff_ffffn), Number(address >> 32n)];
}

/** One function, of Linux or of a program, that somebody probes. */
export class FunctionProbe {
  readonly frame: Frame;
  readonly symbol: TextSymbol;
  readonly user: boolean;
  readonly views: Partial<Record<ProbeView, Hook>> = {};
  readonly #address: Halves;
  readonly #behindBreakpoint: Halves;
  readonly #behindCall: Halves;
  #prototype: Prototype | null | undefined;

  constructor(frame: Frame, symbol: TextSymbol) {
    this.frame = frame;
    this.symbol = symbol;
    this.user = symbol.module !== undefined;
    this.#address = halves(symbol.address);
    // A probe of a program executes the instruction elsewhere: the address is the function's own.
    this.#behindBreakpoint = halves(symbol.address + BigInt(this.user ? 0 : BREAKPOINT));
    this.#behindCall = halves(symbol.address + BigInt(CALL));
  }

  get live(): boolean {
    return Object.values(this.views).some((hook) => hook.live);
  }

  /** Somebody waits for the function to return. */
  get awaited(): boolean {
    return this.views.return?.live === true || this.views.fexit?.live === true;
  }

  /** Some program may replace the function's result. */
  get mayReplace(): boolean {
    return this.views.fmod_ret?.live === true || this.views.entry?.programs.some(({ overrides }) => overrides) === true;
  }

  /** The task has entered the function. */
  entered(host: ProbeHost, task: Task, given: readonly Arg[]): void {
    const { entry, fentry } = this.views;
    const args = this.#narrow(host, given);
    if (entry?.live) this.#registers(host, task, entry, this.#behindBreakpoint, { args });
    if (fentry?.live) this.#typed(host, task, fentry, args, undefined, false);
  }

  /** Programs that may replace the function's result, before it runs; what a program gave that did. */
  replaced(host: ProbeHost, task: Task, given: readonly Arg[]): bigint | undefined {
    const { fmod_ret } = this.views;
    if (!fmod_ret?.live) return undefined;
    const result = this.#typed(host, task, fmod_ret, this.#narrow(host, given), 0, true);
    return typeof result === "number" && result !== 0 ? BigInt(result | 0) : undefined;
  }

  /** The function is about to return, and still on the stack. */
  leaving(host: ProbeHost, task: Task, given: readonly Arg[], result: Arg): void {
    const { fexit } = this.views;
    if (fexit?.live) this.#typed(host, task, fexit, this.#narrow(host, given), this.#result(host, result), true);
  }

  /** The function has returned to its caller. */
  left(host: ProbeHost, task: Task, result: Arg): void {
    const hook = this.views.return;
    if (hook?.live) {
      const back = host.returnAddress(task, this.user);
      this.#registers(host, task, hook, back, { result: this.#result(host, result) }, false);
    }
  }

  #registers(
    host: ProbeHost,
    task: Task,
    hook: Hook,
    ip: Halves,
    { args, result }: Pick<Registers, "args" | "result">,
    atEntry = true,
  ): void {
    const { user } = this;
    const { registersAt, objects } = host;
    const registers: Registers = { ip, sp: stackPointer(task, user), user, args: args ?? [], result };
    writeRegisters(host.memory, registersAt, registers, objects.offset);
    const moment = { ...momentOf(task), functionAddress: this.#address };
    host.run(hook, registersAt, atEntry ? { ...moment, ip } : moment);
  }

  #typed(host: ProbeHost, task: Task, hook: Hook, args: readonly Arg[], result: Arg, hasResult: boolean): unknown {
    const { argumentsAt, memory, objects } = host;
    const count = this.#types(host)?.params.length ?? args.length;
    const all = Array.from({ length: count }, (_, i) => args[i]);
    writeArguments(memory, argumentsAt, [...all, result], objects.written);
    writeHeader(memory, argumentsAt, { address: this.#address, count, hasResult });
    return host.run(hook, argumentsAt, { ...momentOf(task), ip: this.#behindCall, functionAddress: this.#address });
  }

  #types(host: ProbeHost): Prototype | undefined {
    if (this.#prototype === undefined) this.#prototype = (!this.user && host.prototype(this.symbol.name)) || null;
    return this.#prototype ?? undefined;
  }

  #narrow(host: ProbeHost, args: readonly Arg[]): readonly Arg[] {
    if (!needsPrototype(args)) return args;
    const params = this.#types(host)?.params;
    return args.map((value, index) => inRegister(value, params?.[index]));
  }

  #result(host: ProbeHost, result: Arg): Arg {
    return needsPrototype([result]) ? inRegister(result, this.#types(host)?.result) : result;
  }
}

const momentOf = (task: Task): Moment => ({ time: task.cpu.now, cpu: task.cpu.id, task, frames: task });
