import {
  type Branch,
  call,
  exit,
  jump,
  label,
  type Part,
  type Register,
  r0,
  r1,
  r2,
  r3,
  r4,
  r6,
  r9,
  r10,
  store,
} from "../../asm/builder.ts";
import { helperId } from "../../helpers/names.ts";
import type { EventRow, TypedProbe, Variable } from "../analyse/typed.ts";
import type { Span } from "../ast/expression.ts";
import { isScalar, sizeOfType, type Type } from "../types/type.ts";
import { CompileFault } from "./error.ts";
import { EVENTS, MOST_SCRATCH, SCRATCH } from "./maps.ts";

/** A place in memory that the program may write: on the stack (r10), or in the CPU's scratch memory (r9). */
export interface Place {
  readonly base: Register<64>;
  readonly offset: number;
}

/** The place some bytes behind another. */
export const behind = ({ base, offset }: Place, bytes: number): Place => ({ base, offset: offset + bytes });

/** Values larger than this lie in scratch memory, as with bpftrace's `on_stack_limit`. */
const ON_STACK = 32;

/** Bytes of the stack that all functions of a program use together; Linux gives 512. */
const STACK = 480;

/** Bytes of a function's stack behind those that are allocated: the key of the scratch memory. */
const ALIGNED = 32;

const FIT_IMM = (value: bigint): boolean => value >= -0x8000_0000n && value <= 0x7fff_ffffn;

/** What the machine and the moment add to a program. */
export interface Surroundings {
  readonly cpus: number;
  /** When the program began: `elapsed` counts from there. */
  readonly startNs: bigint;
}

const words = (bytes: number): number => Math.max(8, Math.ceil(bytes / 8) * 8);

/** Members of actions and values that lead to none of either. */
const NO_ACTIONS: ReadonlySet<string> = new Set(["type", "map", "variable", "event", "from", "field"]);

/** How deep loops over maps lie in each other; `len()` is such a loop. */
export function mapLoops(node: unknown): number {
  if (typeof node !== "object" || node === null) return 0;
  if (Array.isArray(node)) return Math.max(0, ...node.map(mapLoops));
  const within = Object.entries(node).map(([name, value]) => (NO_ACTIONS.has(name) ? 0 : mapLoops(value)));
  const own = ("do" in node && node.do === "for-map") || ("op" in node && node.op === "map-size") ? 1 : 0;
  return own + Math.max(0, ...within);
}

/** Instructions of one probe while they are made, and the memory that they use. */
export class Emitter {
  /** Of the function that is being made: the program itself, or one that a helper calls. */
  parts: Part[] = [];
  readonly probe: TypedProbe;
  readonly surroundings: Surroundings;
  /** Bytes of scratch memory that the program uses. */
  scratch = 0;
  #labels = 0;
  #stackTop = 0;
  #scratchTop = 0;
  readonly #variables = new Map<Variable, Place>();
  /** Bytes of each function's stack: a loop over a map is a function of its own. */
  readonly #stack: number;
  /** Functions that helpers call, each beginning with its label. */
  readonly #functions: Part[][] = [];
  /** Where `return` goes. */
  leave = "exit";
  /** Where `break` and `continue` of the innermost loop go. */
  loops: { readonly end: string; readonly next: string }[] = [];

  constructor(probe: TypedProbe, surroundings: Surroundings) {
    this.probe = probe;
    this.surroundings = surroundings;
    const depth = mapLoops(probe.actions);
    this.#stack = depth === 0 ? STACK : Math.floor(STACK / (depth + 1) / ALIGNED) * ALIGNED - ALIGNED;
    // Loops over maps are functions, which share no stack: what they share lies in scratch memory.
    for (const variable of probe.variables) {
      if (variable.type.kind === "none") continue;
      const size = sizeOfType(variable.type);
      this.#variables.set(variable, depth === 0 ? this.allocate(size) : this.allocateScratch(size));
    }
  }

  emit(...parts: readonly (Part | readonly Part[])[]): void {
    for (const part of parts) {
      if (Array.isArray(part)) this.parts.push(...part);
      else this.parts.push(part as Part);
    }
  }

  label(name: string): void {
    this.emit(label(name));
  }

  newLabel(): string {
    return `L${++this.#labels}`;
  }

  jump(to: string): void {
    this.emit(jump(to));
  }

  branch(branch: Branch): void {
    this.emit(branch);
  }

  helper(name: string): void {
    const id = helperId(name);
    if (id === undefined) throw this.fault(`Linux has no helper ${name}`);
    this.emit(call(id));
  }

  fault(message: string, span: Span = this.probe.span, hint?: string): CompileFault {
    return new CompileFault(message, span, hint);
  }

  /** `register = value`, in one instruction where it fits. */
  constant(register: Register<64>, value: bigint): void {
    const signed = BigInt.asIntN(64, value);
    this.emit(FIT_IMM(signed) ? register.mov(Number(signed)) : register.loadImm64(value));
  }

  /** A place for bytes that is free until the action ends. */
  allocate(bytes: number): Place {
    const size = words(bytes);
    if (bytes > ON_STACK || this.#stackTop + size > this.#stack) return this.allocateScratch(bytes);
    this.#stackTop += size;
    return { base: r10, offset: -this.#stackTop };
  }

  /** A place that functions called by helpers reach, too. */
  allocateScratch(bytes: number): Place {
    const size = words(bytes);
    const offset = this.#scratchTop;
    this.#scratchTop += size;
    this.scratch = Math.max(this.scratch, this.#scratchTop);
    if (this.scratch > MOST_SCRATCH)
      throw this.fault(
        "this probe needs more memory than Linux gives it",
        undefined,
        "smaller strings take less: config = { max_strlen = 64 }",
      );
    return { base: r9, offset };
  }

  /** What was allocated since is free again after `body`. */
  temporarily<T>(body: () => T): T {
    const [stack, scratch] = [this.#stackTop, this.#scratchTop];
    const result = body();
    this.#stackTop = stack;
    this.#scratchTop = scratch;
    return result;
  }

  /** The place of a variable, made when it is first asked for. */
  variable(variable: Variable): Place {
    const known = this.#variables.get(variable);
    if (known !== undefined) return known;
    const place = this.allocate(sizeOfType(variable.type));
    this.#variables.set(variable, place);
    return place;
  }

  /** Makes a function that a helper calls. Its stack is its own; r6 and r9 are the program's once it has loaded them. */
  callback(name: string, body: () => void): void {
    const { parts, loops, leave } = this;
    const stackTop = this.#stackTop;
    [this.parts, this.loops, this.#stackTop] = [[label(name)], [], 0];
    body();
    this.#functions.push(this.parts);
    [this.parts, this.loops, this.leave, this.#stackTop] = [parts, loops, leave, stackTop];
  }

  /** `register = address of place` */
  address(register: Register<64>, { base, offset }: Place): void {
    this.emit(register.mov(base));
    if (offset !== 0) this.emit(register.add(offset));
  }

  /** `register = *(type *)place`, extended to 64 bits as the type says. */
  load(register: Register<64>, place: Place, type: Type): void {
    this.emit(register.load(memoryType(type), place.base, place.offset));
  }

  /** `*(type *)place = register` */
  store(place: Place, register: Register<64>, type: Type): void {
    const bits = (sizeOfType(type) * 8) as 8 | 16 | 32 | 64;
    this.emit(store(`u${bits}`, place.base, place.offset, register));
  }

  /** Fills bytes with zeros. */
  zero(place: Place, bytes: number): void {
    if (bytes > 128) {
      // A read from address 0 fails, and Linux then fills with zeros.
      this.address(r1, place);
      this.emit(r2.mov(bytes), r3.mov(0));
      this.helper("probe_read_kernel");
      return;
    }
    let at = 0;
    for (const width of [8, 4, 2, 1] as const) {
      while (bytes - at >= width && (place.offset + at) % width === 0) {
        this.emit(store(`u${(width * 8) as 8 | 16 | 32 | 64}`, place.base, place.offset + at, 0));
        at += width;
      }
    }
    while (at < bytes) {
      this.emit(store("u8", place.base, place.offset + at, 0));
      at++;
    }
  }

  /** Copies bytes between places that the program may read directly. Uses r1 to r5 and r0 where there are many. */
  copy(to: Place, from: Place, bytes: number): void {
    if (bytes > 128) {
      this.address(r3, from);
      this.address(r1, to);
      this.emit(r2.mov(bytes));
      this.helper("probe_read_kernel");
      return;
    }
    for (let at = 0; at < bytes; ) {
      const left = bytes - at;
      const width =
        ([8, 4, 2] as const).find(
          (size) => size <= left && (to.offset + at) % size === 0 && (from.offset + at) % size === 0,
        ) ?? 1;
      const type = `u${(width * 8) as 8 | 16 | 32 | 64}` as const;
      this.emit(r2.load(type, from.base, from.offset + at), store(type, to.base, to.offset + at, r2));
      at += width;
    }
  }

  /** Writes a record for the reader. */
  output(record: Place, bytes: number): void {
    this.emit(r1.loadMap(EVENTS));
    this.address(r2, record);
    this.emit(r3.mov(bytes), r4.mov(0));
    this.helper("ringbuf_output");
  }

  /** The whole program: what comes before the body is known only after it. */
  finish(): Part[] {
    const before: Part[] = [r6.mov(r1)];
    if (this.scratch > 0) {
      before.push(
        store("u32", r10, -4 - this.#stack, 0),
        r2.mov(r10),
        r2.add(-4 - this.#stack),
        ...r1.loadMap(SCRATCH),
        call(1),
      );
      before.push(r0.jeq(0, "exit"), r9.mov(r0));
    }
    return [...before, ...this.parts, label("exit"), r0.mov(0), exit(), ...this.#functions.flat()];
  }
}

/** What a load of a scalar is called. */
export function memoryType(type: Type): "u8" | "u16" | "u32" | "u64" | "s8" | "s16" | "s32" {
  const size = isScalar(type) ? sizeOfType(type) : 8;
  const signed = type.kind === "integer" && type.signed && size < 8;
  return `${signed ? "s" : "u"}${size * 8}` as "u8";
}

/** Bytes of an event's record: its number, then the values. */
export const recordType = ({ types }: Pick<EventRow, "types">): Type => ({
  kind: "tuple",
  elements: [{ kind: "integer", size: 8, signed: false }, ...types],
});
