/** A machine of its own for the tries of a search: it holds nothing but the program's maps, and answers from the input. */
import { Callbacks } from "../../helpers/callbacks.ts";
import type { CurrentTask } from "../../helpers/host.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import { DIRECT_MAP, LinearMemory } from "../../memory/memory.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { PROGRAMS } from "../../programs/table.ts";
import { PACKET_TYPES, prepareTestRun } from "../../programs/test-run.ts";
import { ExecutionError } from "../../vm/errors.ts";
import type { Execution } from "../../vm/interpreter/execution.ts";
import { type InterpretedProgram, interpret } from "../../vm/interpreter/interpret.ts";
import { unverified } from "../../vm/unverified.ts";
import { type BpfHost, BpfSubsystem } from "../bpf/subsystem.ts";
import { type Input, NUMBERS, RANDOMS } from "./input.ts";

/** Bytes of the context of other types; most have far less. */
const CONTEXT = 512;
const LOOKUP = 1;
const MOST_LOADED = 8;

/** A lookup that a try has made. */
export interface Lookup {
  readonly map: number;
  readonly key: Uint8Array;
  readonly found: boolean;
}

/** How a try went, compared with the path on which the program was refused. */
export interface Outcome {
  /** Steps of the path that it has followed. */
  readonly followed: number;
  /** It has followed the whole path: what registers hold before the last instruction, and the error of executing that. */
  readonly reached?: {
    readonly registers: readonly bigint[];
    readonly fault: ExecutionError | undefined;
    /** Where in the packet, or how far from its beginning, the access of the fault begins. */
    readonly packetByte?: number;
  };
  /** The operands of the branch that went the other way. */
  readonly branch?: { readonly slot: number; readonly left: bigint; readonly right: bigint; readonly wide: boolean };
  readonly lookups: readonly Lookup[];
  /** The last values that were loaded, the latest last. */
  readonly loaded: readonly bigint[];
  /** What each load of the path has read last, by instruction. */
  readonly reads: ReadonlyMap<number, bigint>;
  /** Random numbers that were drawn. */
  readonly randoms: number;
}

export class Scratch {
  readonly contextSize: number;
  readonly #spec: ProgramSpec;
  readonly #path: readonly number[];
  readonly #bpf: BpfSubsystem;
  readonly #maps: readonly RuntimeMap[];
  readonly #program: InterpretedProgram;
  readonly #memory = new LinearMemory({ limit: LIMIT });
  readonly #empty: { readonly bytes: Uint8Array; readonly allocator: ReturnType<LinearMemory["allocatorState"]> };
  #input: Input | undefined;
  #randoms = 0;
  /** Where the packet of the try lies. */
  #packetAt: number | undefined;

  /**
   * Throws `ProgramError` or `MapError` for what cannot run at all.
   *
   * @param path the instructions that the verifier followed to the one that it refused, which is the last
   */
  constructor(spec: ProgramSpec, path: readonly number[]) {
    this.#spec = spec;
    this.#path = path;
    this.contextSize = PACKET_TYPES.has(spec.type) ? 0 : Math.min(CONTEXT, PROGRAMS[spec.type].context?.size ?? 0);
    this.#bpf = new BpfSubsystem(this.#host());
    this.#maps = spec.maps.map((map) => this.#bpf.createMap(map));
    this.#program = interpret(unverified(spec), this.#bpf.environment, this.#maps, { budget: 4 * path.length + 64 });
    const allocator = this.#memory.allocatorState();
    this.#empty = { bytes: this.#memory.u8.slice(0, allocator.top), allocator };
  }

  /** Runs the program on an input for as long as it follows the path; undefined where Linux would refuse the input. */
  try(input: Input): Outcome | undefined {
    const memory = this.#memory;
    memory.u8.set(this.#empty.bytes);
    memory.restoreAllocator(this.#empty.allocator);
    this.#input = input;
    this.#randoms = 0;
    for (const { map, key, value } of input.elements) this.#insert(map, key, value);
    let context: number;
    try {
      context = this.#putContext(input);
    } catch {
      return undefined;
    }
    return this.#follow(this.#program.start(context, input.context.length));
  }

  #putContext({ packet, length, context }: Input): number {
    if (PACKET_TYPES.has(this.#spec.type))
      return this.#notePacket(
        prepareTestRun(this.#memory, this.#spec.type, { data: packet.subarray(0, length) }).context,
      );
    const at = this.#memory.allocate(CONTEXT);
    this.#memory.u8.set(context, at);
    return at;
  }

  #notePacket(context: number): number {
    const data = PROGRAMS[this.#spec.type].context?.fields.find(({ name }) => name === "data")?.object?.offset;
    this.#packetAt = data === undefined ? undefined : this.#memory.view.getUint32(context + data, true);
    return context;
  }

  /** How far from the beginning of the packet an access went, if it went near it. */
  #packetByte(fault: ExecutionError | undefined): { packetByte?: number } {
    if (fault?.address === undefined || this.#packetAt === undefined) return {};
    const packetByte = Number(fault.address - DIRECT_MAP) - this.#packetAt;
    return packetByte > -NEAR && packetByte < NEAR ? { packetByte } : {};
  }

  #insert(map: number, key: Uint8Array, value: Uint8Array): void {
    const memory = this.#memory;
    const at = memory.allocate(key.length + value.length + 8);
    const valueAt = at + Math.ceil(key.length / 8) * 8;
    memory.u8.set(key, at);
    memory.u8.set(value, valueAt);
    this.#maps[map]!.userUpdate(at, valueAt, 0);
  }

  #follow(run: Execution): Outcome {
    const path = this.#path;
    const { origin } = this.#program.xlated;
    const lookups: Lookup[] = [];
    const loaded: bigint[] = [];
    const reads = new Map<number, bigint>();
    const outcome = (
      more: Omit<Outcome, "lookups" | "loaded" | "reads" | "randoms">,
      randoms = this.#randoms,
    ): Outcome => ({
      ...{ ...more, lookups, loaded: loaded.slice(-MOST_LOADED), reads },
      randoms: Math.min(randoms, RANDOMS),
    });
    let last = -1;
    for (let step = 0; ; ) {
      const { pc, registers, exited } = run.state();
      const slot = origin[pc]!;
      // The instructions that one became are one step.
      if (pc === 0 || origin[pc - 1] !== slot || last !== pc - 1) {
        if (exited || slot !== path[step]) return outcome({ followed: step, branch: this.#lastBranch(run) });
        if (step === path.length - 1) {
          const randoms = this.#randoms;
          const fault = faultOf(run);
          return outcome({ followed: step, reached: { registers, fault, ...this.#packetByte(fault) } }, randoms);
        }
        step++;
      }
      last = pc;
      const { next } = run;
      const lookup = next.kind === "helper" && next.id === LOOKUP ? this.#key(registers) : undefined;
      try {
        run.step();
      } catch (error) {
        if (!(error instanceof ExecutionError)) throw error;
        return outcome({ followed: step });
      }
      if (lookup) lookups.push({ ...lookup, found: run.state().registers[0] !== 0n });
      else if (next.kind === "load") {
        const value = run.state().registers[next.dst]!;
        loaded.push(value);
        reads.set(slot, value);
      }
    }
  }

  /** The branch that has just been taken. */
  #lastBranch(run: Execution): Outcome["branch"] {
    if (!run.back()) return undefined;
    const { next } = run;
    if (next.kind !== "branch") return undefined;
    const { pc, registers } = run.state();
    const cut = (value: bigint): bigint => BigInt.asUintN(next.wide ? 64 : 32, value);
    const right = "register" in next.right ? registers[next.right.register]! : next.right.constant;
    const slot = this.#program.xlated.origin[pc]!;
    return { slot, left: cut(registers[next.left]!), right: cut(right), wide: next.wide };
  }

  #key(registers: readonly bigint[]): Omit<Lookup, "found"> | undefined {
    const map = this.#maps.findIndex(({ header }) => DIRECT_MAP + BigInt(header) === registers[1]);
    const at = this.#memory.offsetOf(registers[2]!);
    if (map < 0 || at === undefined) return undefined;
    return { map, key: this.#memory.u8.slice(at, at + this.#maps[map]!.spec.keySize) };
  }

  #host(): BpfHost {
    const number = (at: number): number => new DataView(this.#numbers().buffer).getUint32(at, true);
    const maps: (RuntimeMap | undefined)[] = [];
    return {
      memory: this.#memory,
      maps,
      callbacks: new Callbacks(),
      ktimeNs: () => number(NUMBERS.time) + 2 ** 32 * number(NUMBERS.time + 4),
      cpu: () => 0,
      task: (): CurrentTask => ({
        ...{ pid: number(NUMBERS.pid), tgid: number(NUMBERS.tgid) },
        ...{ uid: number(NUMBERS.uid), gid: number(NUMBERS.gid), comm: "witness" },
      }),
      random: () => number(4 * (this.#randoms++ % RANDOMS)),
      trace: () => undefined,
      stack: () => [],
      remember: () => {
        const randoms = this.#randoms;
        return () => {
          this.#randoms = randoms;
        };
      },
      standOn: () => undefined,
    };
  }

  #numbers(): Uint8Array {
    return this.#input?.numbers ?? new Uint8Array(NUMBERS.size);
  }
}

/** Memory of a scratch machine: a program with larger maps has no witness. */
const LIMIT = 64 << 20;
/** An access further than this from the packet has nothing to do with it. */
const NEAR = 0x1_0000;

/** The error of the next instruction, if it cannot be executed. */
function faultOf(run: Execution): ExecutionError | undefined {
  try {
    run.step();
    return undefined;
  } catch (error) {
    if (error instanceof ExecutionError) return error;
    throw error;
  }
}
