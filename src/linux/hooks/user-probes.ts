import type { LinearMemory } from "../../memory/memory.ts";
import { BINARIES, realPath } from "../binaries.ts";
import type { Frame, SymbolTable } from "../symbols.ts";
import type { Arg, Task } from "../task.ts";
import type { Halves, Hook, HookProgram, Moment } from "./hook.ts";
import { isPattern, nameMatcher } from "./name-matcher.ts";
import { stackPointer, writeRegisters } from "./registers.ts";
import { ALL_ARGUMENTS, USDT_PROBES, UsdtPoint } from "./usdt.ts";

/** What static probes need of the machine. */
export interface UsdtHost {
  readonly memory: LinearMemory;
  readonly registersAt: number;
  readonly returnAddress: (task: Task, user: boolean) => Halves;
  readonly run: (hook: Hook, context: number, moment: Moment) => unknown;
}

/** A function's place in a file: `PATH:FUNCTION`. */
function placeOf(rest: string): readonly [path: string, name: string] | undefined {
  const colon = rest.lastIndexOf(":");
  return colon <= 0 ? undefined : [realPath(rest.slice(0, colon)), rest.slice(colon + 1)];
}

/** Probes in programs: of functions, which are probed like Linux's, and static ones. */
export class UserProbes {
  readonly #symbols: SymbolTable;
  readonly #host: UsdtHost;
  readonly #points = new Map<string, UsdtPoint>();

  constructor(symbols: SymbolTable, host: UsdtHost) {
    this.#symbols = symbols;
    this.#host = host;
    for (const [binary, probes] of Object.entries(USDT_PROBES))
      for (const [probe, args] of probes) this.point(binary, ...(probe.split(":") as [string, string]), args);
  }

  /** Frames of `PATH:FUNCTION`: one, or all of the file's that match its `*`; none where the file has no such function. */
  framesOf(rest: string): readonly Frame[] {
    const [path, name] = placeOf(rest) ?? [];
    if (path === undefined || name === undefined) return [];
    const frames = isPattern(name)
      ? this.#symbols.userFrames(path, nameMatcher(name))
      : [this.#symbols.findUser(path, name)];
    return frames.filter((frame) => frame !== undefined);
  }

  /** A static probe, made if new. */
  point(binary: string, provider: string, name: string, args: string = ALL_ARGUMENTS): UsdtPoint {
    const made = new UsdtPoint(realPath(binary), provider, name, args);
    const known = this.#points.get(made.path);
    if (known === undefined) this.#points.set(made.path, made);
    return known ?? made;
  }

  /** The static probe of `PATH:PROVIDER:NAME`; undefined where there is none. */
  pointOf(rest: string): UsdtPoint | undefined {
    return this.#points.get(realPath(rest));
  }

  /** Attaches to a static probe; gives back what ends it. */
  attach(point: UsdtPoint, hook: Hook, program: HookProgram): () => void {
    hook.add(program);
    point.hook = hook;
    return () => {
      hook.remove(program);
      if (!hook.live) point.hook = undefined;
    };
  }

  /** A program has come to one of its static probes. */
  reached(point: UsdtPoint, task: Task, args: readonly Arg[]): void {
    const { memory, registersAt, returnAddress, run } = this.#host;
    const ip = returnAddress(task, true);
    writeRegisters(memory, registersAt, { ip, sp: stackPointer(task, true), user: true, args }, () => 0);
    run(point.hook!, registersAt, { time: task.cpu.now, cpu: task.cpu.id, task, frames: task });
  }

  /** Names of all hooks of programs. */
  list(): readonly string[] {
    const functions = Object.entries(BINARIES).flatMap(([path, names]) =>
      names.split(" ").map((name) => `uprobe:${path}:${name}`),
    );
    return [...functions, ...[...this.#points.keys()].map((path) => `usdt:${path}`)];
  }
}
