import type { Sys } from "../linux/sys.ts";
import type { UserCode } from "../linux/task.ts";
import { LoadedProgram } from "../loader/loaded-program.ts";
import { Machine, type MachineOptions } from "../machine.ts";
import { MapDeclaration } from "../maps/declaration.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import type { MapSpec } from "../maps/spec.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { CheckStopped, type Stops } from "./examiner.ts";

/**
 * A machine on which an answer is tried. The student's declarations are not bound to it: after a check they still show the
 * student's own machine. Whatever goes wrong there becomes a failed test.
 *
 * @example
 * const lab = new Lab(examiner);
 * const program = lab.load(examiner.program(answer, "xdp"));
 * examiner.equal("a UDP packet", program.run(packet.udp({ dport: 53 })).retval, 1);
 */
export class Lab {
  readonly machine: Machine;
  readonly #examiner: Stops;

  constructor(examiner: Stops, options: MachineOptions = { cpus: 1, seed: 11 }) {
    this.#examiner = examiner;
    this.machine = new Machine(options);
  }

  /** Loads a program with maps of its own. */
  load(program: ProgramSpec): LoadedProgram {
    return this.#guard("it can be loaded", () => new LoadedProgram(this.machine.bpf, this.machine.bpf.load(program)));
  }

  /** Loads programs that work together: a map that several of them use is one. */
  loadTogether(programs: readonly ProgramSpec[]): LoadedProgram[] {
    const shared = new Map<MapSpec, RuntimeMap>();
    const { bpf } = this.machine;
    return programs.map((spec) =>
      this.#guard("it can be loaded", () => {
        const program = bpf.load(spec, { maps: spec.maps.map((one) => shared.get(one)) });
        for (const [index, one] of spec.maps.entries()) shared.set(one, program.maps[index]!);
        return new LoadedProgram(bpf, program);
      }),
    );
  }

  attach(program: LoadedProgram, hook: string): void {
    this.#guard(`it can be attached to ${hook}`, () => this.machine.attach(program, hook));
  }

  /**
   * What lies in a map of a loaded program, as the student's declaration describes it; `which` is its name, or its place
   * among the program's maps.
   */
  entries(program: LoadedProgram, which: string | number = 0): readonly (readonly [unknown, unknown])[] {
    const { spec, maps } = program.program;
    const index = typeof which === "number" ? which : spec.maps.findIndex((map) => map.name === which);
    const declaration = spec.maps[index];
    const runtime = maps[index];
    if (!(declaration instanceof MapDeclaration) || runtime === undefined) {
      const names = spec.maps.map((map) => map.name).join(", ");
      const wanted = typeof which === "number" ? "a map" : `the map ${which}`;
      return this.#examiner.stop(`the program uses ${wanted}`, `its maps: ${names || "none"}`);
    }
    return [...declaration.see(runtime)];
  }

  /** Sets an element of a loaded program's map, by the map's name. */
  set(program: LoadedProgram, name: string, key: unknown, value: unknown): void {
    const { spec, maps } = program.program;
    const index = spec.maps.findIndex((map) => map.name === name);
    const [declaration, runtime] = [spec.maps[index], maps[index]];
    if (declaration instanceof MapDeclaration && runtime !== undefined) declaration.see(runtime).set(key, value);
  }

  /** Starts a process that makes the system calls of `program`, and lets `seconds` of virtual time pass; gives its id. */
  process(program: (sys: Sys) => UserCode, { comm = "student", seconds = 1 } = {}): number {
    const { pid } = this.machine.linux.process({ comm, uid: 1000, gid: 1000, program });
    this.pass(seconds);
    return pid;
  }

  /** Virtual time passes. */
  pass(seconds: number): void {
    this.#guard("it runs on a machine", () =>
      this.machine.linux.runUntil(this.machine.linux.ktimeNs() + Math.round(seconds * 1e9)),
    );
  }

  #guard<R>(what: string, run: () => R): R {
    try {
      return run();
    } catch (error) {
      if (error instanceof CheckStopped || !(error instanceof Error)) throw error;
      return this.#examiner.stop(what, error.message.split("\n")[0]!);
    }
  }
}
