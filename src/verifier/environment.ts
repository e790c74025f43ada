/** Everything one verification keeps: the program, what is known about its instructions, the current path, the log. */

import { formatInstruction, type LogNames } from "../asm/format-instruction.ts";
import type { Btf } from "../btf/btf.ts";
import type { LineInfo } from "../btf/ext.ts";
import { helperName } from "../helpers/names.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { MapSpec } from "../maps/spec.ts";
import type { AttachType } from "../programs/attach-types.ts";
import { ruledBy } from "../programs/effective.ts";
import { OBSERVING } from "../programs/helper-sets.ts";
import type { ProgramRow } from "../programs/row.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { PROGRAMS, programRow } from "../programs/table.ts";
import type { ProgramType } from "../programs/types.ts";
import { type AttachTarget, DUMMY_OPERATIONS } from "./attach-target.ts";
import type { Explorer } from "./explorer.ts";
import { formatFrame } from "./format-state.ts";
import { FLAGS, LINKED, type Places } from "./history.ts";
import type { Words } from "./int64.ts";
import { findKfunc } from "./kfunc.ts";
import { StackLiveness } from "./live-stack.ts";
import { Log } from "./log.ts";
import { Checkpoints } from "./pruning.ts";
import type { Recorder } from "./record.ts";
import { REGISTER_WORDS } from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import { printSourceLine } from "./source-lines.ts";
import { Speculation } from "./speculation-notes.ts";
import { type Frame, State } from "./state.ts";

/** Flags of an instruction that the control-flow check sets. */
export const PRUNE_POINT = 1;
export const JUMP_POINT = 2;
/** Some path has reached it. */
export const SEEN = 4;
/** A checkpoint is made whenever a path comes by: loops converge here. */
export const FORCE_CHECKPOINT = 8;
/** The instruction calls a function of the program over and over: a loop that no jump shows. */
export const CALLS_CALLBACK = 16;
export const MAY_GOTO = 32;
/** The instruction moves an iterator on. */
export const ITERATES = 64;

/** One function: where it begins, and how many bytes of stack some path in it has touched. */
export interface Subprogram {
  readonly start: number;
  stackDepth: number;
  /** It has an LD_ABS or LD_IND. */
  loadsPacket: boolean;
  callsTail: boolean;
  /** Linux calls it later, on a stack of its own. */
  isAsync?: true;
  /** Linux or a helper calls it: it must not throw. */
  isCallback?: true;
  /** Linux calls it when the program throws. */
  isException?: true;
}

interface EnvironmentOptions {
  readonly logLevel: number;
  readonly cpus: number;
  readonly kernel: Btf | (() => Btf) | undefined;
  readonly recorder: Recorder | undefined;
  readonly explorer: Explorer | undefined;
  readonly prunes: boolean;
  readonly limit: number;
  readonly perfmon: boolean;
}

/** A branch that waits to be followed. */
interface Pending {
  readonly state: State;
  readonly index: number;
  readonly previous: number;
  readonly logPosition: number;
  readonly recorded: Recorder["last"];
  /** The step at which it parted, if explorations are recorded. */
  readonly fork: number;
}

export const MAX_INSNS = 1_000_000;
export const MAX_PENDING = 8192;
const NO_MAP = -1;
const NO_HELPERS: ReadonlySet<string> = new Set();

export class Environment {
  readonly spec: ProgramSpec;
  /** Rules of its type; of an extension those of the program that it is for. */
  readonly program: ProgramRow;
  /** The type of which `program` is. */
  readonly type: ProgramType;
  readonly attachType: AttachType | undefined;
  readonly insns: readonly Instruction[];
  /** The program's maps, then those that maps of them hold: of these Linux keeps no names. */
  readonly maps: readonly MapSpec[];
  /** Where a map of maps is: the index in `maps` of what it holds. */
  readonly innerMaps: (number | undefined)[] = [];
  readonly #sleepable: boolean;
  readonly gpl: boolean;
  readonly cpus: number;
  readonly #kernel: Btf | (() => Btf) | undefined;
  /** BTFs whose objects the program has met. */
  readonly #btfs: Btf[] = [];
  /** What a tracing program is attached to. */
  attach: AttachTarget | undefined;
  /** Of an extension: the first instruction of the function that it replaces. */
  replaces: number | undefined;
  readonly log: Log;
  readonly recorder: Recorder | undefined;
  readonly explorer: Explorer | undefined;
  /** Whether a path ends where an older one covers it. */
  readonly prunes: boolean;
  /** Instructions that may be followed. */
  readonly limit: number;
  /** The user has CAP_PERFMON: may learn addresses, and is not suspected of using mispredicted branches. */
  readonly perfmon: boolean;
  readonly speculation = new Speculation();
  readonly names: LogNames;
  /** When the verification began, for the log's statistics. */
  readonly began: number = performance.now();

  /** Opcodes, by instruction: what looks at all instructions for few of them looks here. */
  readonly codes: Uint8Array;
  /** By instruction. */
  readonly flags: Uint8Array;
  /** Registers that some path from here reads before writing them, one bit each. */
  readonly live: Uint16Array;
  /** Where control goes from each instruction: two indexes, -1 for none. Known once jumps have been checked. */
  edges: Int32Array = new Int32Array(0);
  /** Number of the loop that an instruction is in, 0 for none. */
  loops: Int32Array = new Int32Array(0);
  /** See `relevanceOf`. */
  readonly relevance: Uint16Array;
  /** Some jump leads backwards. */
  goesBack = false;
  /** How far the jump goes that goes furthest. */
  longestJump = 0;
  /** Some instruction is in a loop. */
  hasLoops = false;
  /** Type of the base register of loads and stores, 0 before any path came by. */
  readonly pointerTypes: Int32Array;
  /** Map of a helper call + 1; 0: none seen, -1: differs between paths. */
  readonly callMaps: Int32Array;
  /** Constant key of a lookup + 1; 0: none seen, -1: unknown on some path. */
  readonly callKeys: Int32Array;

  /** By call of `bpf_loop`: the function that it could be inlined with; null if it cannot. */
  readonly inlinedLoops = new Map<number, number | null>();

  /** Calls of no function that some path has come by. */
  readonly unresolvedCalls = new Set<number>();

  /** Global functions that some path calls. */
  readonly calledFunctions = new Set<number>();
  /** Functions that were called with what does not fit their types. */
  readonly mismatched = new Set<number>();
  /** The arena that the program's address casts are about. */
  arena: MapSpec | undefined;
  /** By instruction: some path does 64-bit arithmetic on an arena's address there, which is 32 bits wide. */
  readonly narrowed = new Set<number>();
  subprograms: Subprogram[] = [];
  /** The program has a function of its own for what it throws. */
  catches = false;
  state!: State;
  readonly pending: Pending[] = [];
  readonly stacks: StackLiveness;
  readonly checkpoints: Checkpoints;
  index = 0;
  previous = -1;
  nextId = 0;
  processed = 0;
  jumps = 0;

  /** The source line that the log printed last. */
  #line: LineInfo | undefined;
  /** What the next print of the state shows: registers and slots that were touched since the last one. */
  scratchedRegisters = 0;
  readonly scratchedSlots = new Int32Array(2);
  #printedAt = 0;
  #printedLength = 0;
  /** Where the history entry of the instruction in progress begins; -1: it has none. */
  #entry = -1;

  constructor(spec: ProgramSpec, options: EnvironmentOptions) {
    const count = spec.insns.length;
    this.spec = spec;
    const { type, expectedAttachType } = ruledBy(spec);
    this.type = type;
    this.attachType = expectedAttachType;
    this.program = programRow(type, expectedAttachType) ?? PROGRAMS[type];
    this.insns = spec.insns;
    const holders = spec.maps.flatMap(({ inner }, index) => (inner ? [{ inner, index }] : []));
    this.maps = [...spec.maps, ...holders.map(({ inner }) => ({ ...inner, name: "" }))];
    holders.forEach(({ index }, place) => {
      this.innerMaps[index] = spec.maps.length + place;
    });
    this.#sleepable = spec.sleepable === true || spec.type === "syscall";
    this.gpl = isGplCompatible(spec.license);
    this.cpus = options.cpus;
    this.#kernel = options.kernel;
    this.log = new Log(options.logLevel);
    this.recorder = options.recorder;
    this.explorer = options.explorer;
    this.prunes = options.prunes;
    this.limit = options.limit;
    this.perfmon = options.perfmon;
    this.stacks = new StackLiveness(this);
    this.checkpoints = new Checkpoints(count);
    this.names = {
      helperName,
      kfuncName: (id) => (id === 0 ? "" : findKfunc(this, id)?.name),
      mapAddress: (index, offset) => this.#arenaAddress(index, offset),
    };
    this.codes = new Uint8Array(count);
    for (let index = 0; index < count; index++) this.codes[index] = spec.insns[index].code;
    this.flags = new Uint8Array(count);
    this.live = new Uint16Array(count);
    this.relevance = new Uint16Array(count);
    this.pointerTypes = new Int32Array(count);
    this.callMaps = new Int32Array(count);
    this.callKeys = new Int32Array(count);
  }

  /** Linux's own types: what kfuncs are declared with and their pointers point to. Read when first asked for. */
  get kernel(): Btf | undefined {
    return typeof this.#kernel === "function" ? this.#kernel() : this.#kernel;
  }

  /** What runs may wait: the program, or a function that Linux calls later where it may. */
  get sleepable(): boolean {
    return this.#sleepable || this.state?.frames[0].sleepable === true;
  }

  get #helpers(): ReadonlySet<string> {
    return this.attach?.struct === DUMMY_OPERATIONS ? NO_HELPERS : this.program.helpers;
  }

  /** Programs of this type, and this user, may call the helper. */
  mayCall(helper: string): boolean {
    return this.#helpers.has(helper) && (this.perfmon || !OBSERVING.has(helper));
  }

  /** The types that `EXTRA` of a pointer to a structure names: 0 Linux's, others those of the program and its maps. */
  btfAt(index: number): Btf {
    return index === 0 ? this.kernel! : this.#btfs[index - 1];
  }

  /** The number of a BTF of the program or of a map. */
  btfIndex(btf: Btf): number {
    const at = this.#btfs.indexOf(btf);
    return at < 0 ? this.#btfs.push(btf) : at + 1;
  }

  /** The process's address of a byte of an arena: the only address that Linux's log says as it is here. */
  #arenaAddress(index: number, offset: number | undefined): bigint | undefined {
    const map = this.maps[index];
    return map?.type === "arena" && offset !== undefined ? (map.mapExtra ?? 0n) + BigInt(offset) : undefined;
  }

  get frame(): Frame {
    const { frames } = this.state;
    return frames[frames.length - 1];
  }

  /** Words of the current frame. Growing its stack replaces them. */
  get words(): Words {
    return this.frame.words;
  }

  newId(): number {
    return ++this.nextId;
  }

  // --- branches that wait -------------------------------------------------------------------------------------------

  /**
   * Remembers a branch to follow later, starting from a copy of the current state, which is returned. Linux has an errno
   * of its own for jumps that are too many. `fork` is the recorded step at which it parts, by default the current one;
   * `mispredicted`: no run goes there.
   */
  push(index: number, tooMany: "EFAULT" | "ENOMEM", fork?: number, mispredicted = false): State {
    const state = this.state.copy();
    if (mispredicted) state.speculative = true;
    this.#wait(state, index, fork);
    if (state.parent) state.parent.branches++;
    if (this.pending.length > MAX_PENDING) throw new Rejection("too_many_jumps", [this.pending.length], tooMany);
    return state;
  }

  /** Remembers a function to follow later, of which Linux says only that the program starts it here. */
  pushAsync(index: number, frame: Frame): void {
    this.#wait(new State([frame]), index);
    if (this.pending.length > MAX_PENDING) reject("too_many_async", this.pending.length);
  }

  #wait(state: State, index: number, fork = this.explorer?.step ?? -1): void {
    this.pending.push({
      state,
      index,
      previous: this.index,
      logPosition: this.log.position,
      recorded: this.recorder?.last,
      fork,
    });
  }

  /** Goes on with the branch that was pushed last; false when none is left. */
  pop(): boolean {
    const next = this.pending.pop();
    if (next === undefined) return false;
    this.state.release();
    this.state = next.state;
    this.index = next.index;
    this.previous = next.previous;
    if (!this.log.full) this.log.reset(next.logPosition);
    if (this.recorder) this.recorder.last = next.recorded;
    this.explorer?.begin(next.state, next.index, next.fork);
    return true;
  }

  // --- history ------------------------------------------------------------------------------------------------------

  /** A new instruction begins: nothing is recorded of it. */
  beginInstruction(): void {
    this.#entry = -1;
  }

  /** Notes how the current instruction was reached and what it did, for tracking precision back. */
  recordHistory(flags: number, linked?: Places): void {
    const { history } = this.state;
    const low = linked ? linked.packed(0) : 0;
    const high = linked ? linked.packed(1) : 0;
    if (this.#entry < 0) {
      this.#entry = history.length;
      history.push(this.index, this.previous, flags, low, high);
      return;
    }
    history[this.#entry + FLAGS] |= flags;
    history[this.#entry + LINKED] = low;
    history[this.#entry + LINKED + 1] = high;
  }

  // --- facts --------------------------------------------------------------------------------------------------------

  /** Notes the map that the call at the current instruction works on. */
  noteMap(map: number | undefined): void {
    const seen = this.callMaps[this.index];
    const now = map === undefined ? NO_MAP : map + 1;
    this.callMaps[this.index] = seen === 0 || seen === now ? now : -1;
  }

  /** Notes the constant key of the lookup at the current instruction. */
  noteKey(key: number | undefined): void {
    const seen = this.callKeys[this.index];
    const now = key === undefined ? -1 : key + 1;
    this.callKeys[this.index] = seen === 0 || seen === now ? now : -1;
  }

  // --- log ----------------------------------------------------------------------------------------------------------

  touchRegister(register: number): void {
    this.scratchedRegisters |= 1 << register;
  }

  touchSlot(slot: number): void {
    this.scratchedSlots[slot >> 5] |= 1 << (slot & 31);
  }

  touchAll(): void {
    this.scratchedRegisters = -1;
    this.scratchedSlots.fill(-1);
  }

  touchNothing(): void {
    this.scratchedRegisters = 0;
    this.scratchedSlots.fill(0);
  }

  get touched(): boolean {
    return (this.scratchedRegisters | this.scratchedSlots[0] | this.scratchedSlots[1]) !== 0;
  }

  /** Another function is followed: its first line is printed whatever was printed before. */
  forgetLine(): void {
    this.#line = undefined;
  }

  /** Prints a whole frame of a state. */
  printState(state: State, frame: number): void {
    this.log.write(`${formatFrame(state, frame, this)}\n`);
  }

  /** Prints what has changed: behind the instruction if that was printed last, else on a line of its own. */
  printChanges(): void {
    const { log } = this;
    if (this.#printedAt !== 0 && this.#printedAt === log.position) {
      log.reset(this.#printedAt - 1);
      log.write(`${" ".repeat(alignment(this.#printedLength))};`);
    } else log.write(`${this.index}:`);
    const { scratchedRegisters, scratchedSlots } = this;
    const text = formatFrame(this.state, this.frame.index, this, {
      register: (register) => ((scratchedRegisters >>> register) & 1) !== 0,
      slot: (slot) => ((scratchedSlots[slot >> 5] >>> (slot & 31)) & 1) !== 0,
    });
    log.write(`${text}\n`);
    this.touchNothing();
  }

  /** Prints the instruction that is about to be followed. */
  printInstruction(): void {
    const { log } = this;
    const text = this.instructionText(this.index);
    this.#line = printSourceLine(this, this.#line);
    log.write(`${this.index}: `);
    log.write(`${text}\n`);
    this.#printedLength = text.length + `${this.index}: `.length + 1;
    this.#printedAt = log.position;
  }

  instructionText(index: number): string {
    return formatInstruction(this.insns, index, this.names);
  }
}

const LOG_ALIGNMENT = 40;
const LOG_MIN_ALIGNMENT = 8;

/** Spaces between an instruction of `length` characters (its newline included) and the state behind it. */
function alignment(length: number): number {
  const wanted = Math.max(length + LOG_MIN_ALIGNMENT / 2, LOG_ALIGNMENT);
  return Math.ceil(wanted / LOG_MIN_ALIGNMENT) * LOG_MIN_ALIGNMENT - length - 1;
}

const GPL_LICENSES = new Set([
  "GPL",
  "GPL v2",
  "GPL and additional rights",
  "Dual BSD/GPL",
  "Dual MIT/GPL",
  "Dual MPL/GPL",
]);

const isGplCompatible = (license: string): boolean => GPL_LICENSES.has(license);

/** First word of a register in a frame. */
export const registerAt = (register: number): number => register * REGISTER_WORDS;
