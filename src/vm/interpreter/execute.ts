import type { Passing } from "../../helpers/row.ts";
import type { ArenaMap } from "../../maps/arena.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import { DIRECT_MAP_HIGH, FIRST_OFFSET } from "../../memory/memory.ts";
import type { Environment } from "../environment.ts";
import { ExecutionError } from "../errors.ts";
import type { IndirectCall } from "../indirect-call.ts";
import type { Operation } from "../operation.ts";
import { originOfAddress, type Regions } from "../regions.ts";
import { FRAME_SIZE, MAX_CALL_FRAMES, MAX_TAIL_CALLS, type Xlated } from "../types.ts";
import { executeArena } from "./arena.ts";
import { type Code, FIRST_SAVED, SAVED } from "./code.ts";

/** The state of one run; everything else lies in linear memory. */
export interface RunState {
  /**
   * r0..r11, then what calls saved (r1..r10 of each caller, outermost first), then the constants of the program.
   * Signed, so a 64-bit value wraps by itself when it is stored.
   */
  readonly r: BigInt64Array;
  /** The same registers as 32-bit halves: the low half of register n is element 2n. */
  readonly halves: Int32Array;
  readonly unsigned: Uint32Array;
  /** The slots where callers go on, outermost first. */
  readonly returns: number[];
  /** Offset of the end of the main function's frame. */
  stackTop: number;
  /** What r1 and, for type `raw`, r2 were at the beginning. */
  context: number;
  length: number;
  pc: number;
  /** Instructions executed so far. */
  executed: number;
  exited: boolean;
  /** Slot of the program that a tail call goes on with, where `execute` stopped for one; 0 otherwise. */
  goesTo: number;
}

/** A helper call: takes its arguments from the halves of the registers. */
export interface LinkedCall {
  readonly passing: Passing;
  readonly invoke: (halves: Int32Array) => number;
}

/** What the instructions of a program refer to. */
export interface Linked {
  readonly xlated: Xlated;
  readonly code: Code;
  readonly operations: readonly Operation[];
  readonly calls: readonly (LinkedCall | undefined)[];
  readonly maps: readonly RuntimeMap[];
  /** The functions that the program passes to helpers: the first slot by the low half of the address. */
  readonly functions: ReadonlyMap<number, number>;
  /** States of runs that are over, to be used again. */
  readonly idle: RunState[];
  readonly indirect: IndirectCall;
  /** The instructions that the run under way may execute, and how many of them its callbacks have left. */
  readonly fuel: { readonly budget: number; left: number };
  /** The program calls helpers other than tail calls, inside which other programs may run. */
  readonly callsOut: boolean;
  readonly environment: Environment;
  readonly regions: Regions;
  readonly arena: ArenaMap | undefined;
}

const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);

/**
 * Executes until `exit`, until a tail call that goes somewhere (`state.goesTo`), or until `limit` instructions have been
 * executed in all: the meaning of eBPF, one case an operation. When it throws, `state.pc` is the instruction that could not be executed.
 */
export function execute(linked: Linked, state: RunState, limit: number): void {
  const { op, dst, src, aux, access } = linked.code;
  const { r, halves, unsigned, returns } = state;
  let view = linked.environment.memory.view;
  let pc = state.pc;
  let left = limit - state.executed;
  let at = 0;
  try {
    for (; left > 0; left--) {
      const d = dst[pc]!;
      const s = src[pc]!;
      const d2 = d << 1;
      const s2 = s << 1;
      switch (op[pc]) {
        // 64-bit arithmetic.
        case 0: // add64
          r[d] = r[d]! + r[s]!;
          break;
        case 1: // sub64
          r[d] = r[d]! - r[s]!;
          break;
        case 2: // mul64
          r[d] = BigInt.asIntN(64, r[d]! * r[s]!);
          break;
        case 3: // div64: by zero gives 0
          r[d] = r[s] === 0n ? 0n : u64(r[d]!) / u64(r[s]!);
          break;
        case 4: // sdiv64
          r[d] = r[s] === 0n ? 0n : r[d]! / r[s]!;
          break;
        case 5: // or64
          r[d] = r[d]! | r[s]!;
          break;
        case 6: // and64
          r[d] = r[d]! & r[s]!;
          break;
        case 7: // lsh64
          r[d] = r[d]! << (r[s]! & 63n);
          break;
        case 8: // rsh64
          r[d] = u64(r[d]!) >> (r[s]! & 63n);
          break;
        case 9: // mod64: by zero leaves dst as it is
          if (r[s] !== 0n) r[d] = u64(r[d]!) % u64(r[s]!);
          break;
        case 10: // smod64
          if (r[s] !== 0n) r[d] = r[d]! % r[s]!;
          break;
        case 11: // xor64
          r[d] = r[d]! ^ r[s]!;
          break;
        case 12: // mov64
          r[d] = r[s]!;
          break;
        case 13: // arsh64
          r[d] = r[d]! >> (r[s]! & 63n);
          break;
        case 14: // neg64
          r[d] = -r[d]!;
          break;
        case 15: // extend64
          r[d] = BigInt.asIntN(aux[pc]!, r[s]!);
          break;

        // 32-bit arithmetic: the upper half becomes 0.
        case 16: // add32
          halves[d2] = halves[d2]! + halves[s2]!;
          halves[d2 + 1] = 0;
          break;
        case 17: // sub32
          halves[d2] = halves[d2]! - halves[s2]!;
          halves[d2 + 1] = 0;
          break;
        case 18: // mul32
          halves[d2] = Math.imul(halves[d2]!, halves[s2]!);
          halves[d2 + 1] = 0;
          break;
        case 19: // div32
          halves[d2] = halves[s2] === 0 ? 0 : unsigned[d2]! / unsigned[s2]!;
          halves[d2 + 1] = 0;
          break;
        case 20: // sdiv32
          halves[d2] = halves[s2] === 0 ? 0 : halves[d2]! / halves[s2]!;
          halves[d2 + 1] = 0;
          break;
        case 21: // or32
          halves[d2] = halves[d2]! | halves[s2]!;
          halves[d2 + 1] = 0;
          break;
        case 22: // and32
          halves[d2] = halves[d2]! & halves[s2]!;
          halves[d2 + 1] = 0;
          break;
        case 23: // lsh32 (JavaScript masks the count by 31, as eBPF does)
          halves[d2] = halves[d2]! << halves[s2]!;
          halves[d2 + 1] = 0;
          break;
        case 24: // rsh32
          halves[d2] = halves[d2]! >>> halves[s2]!;
          halves[d2 + 1] = 0;
          break;
        case 25: // mod32
          if (halves[s2] !== 0) halves[d2] = unsigned[d2]! % unsigned[s2]!;
          halves[d2 + 1] = 0;
          break;
        case 26: // smod32
          if (halves[s2] !== 0) halves[d2] = halves[d2]! % halves[s2]!;
          halves[d2 + 1] = 0;
          break;
        case 27: // xor32
          halves[d2] = halves[d2]! ^ halves[s2]!;
          halves[d2 + 1] = 0;
          break;
        case 28: // mov32
          halves[d2] = halves[s2]!;
          halves[d2 + 1] = 0;
          break;
        case 29: // arsh32
          halves[d2] = halves[d2]! >> halves[s2]!;
          halves[d2 + 1] = 0;
          break;
        case 30: // neg32
          halves[d2] = -halves[d2]!;
          halves[d2 + 1] = 0;
          break;
        case 31: // extend32
          halves[d2] = (halves[s2]! << (32 - aux[pc]!)) >> (32 - aux[pc]!);
          halves[d2 + 1] = 0;
          break;

        // Byte order.
        case 32: // keep: the low bits
          r[d] = BigInt.asUintN(aux[pc]!, r[d]!);
          break;
        case 33: // swap16
          halves[d2] = ((halves[d2]! & 0xff) << 8) | ((halves[d2]! >> 8) & 0xff);
          halves[d2 + 1] = 0;
          break;
        case 34: // swap32
          halves[d2] = swap32(halves[d2]!);
          halves[d2 + 1] = 0;
          break;
        case 35: {
          // swap64
          const low = halves[d2]!;
          halves[d2] = swap32(halves[d2 + 1]!);
          halves[d2 + 1] = swap32(low);
          break;
        }

        // Memory. The low 32 bits of a good address are the offset; -1 is a probed address that is not good.
        case 36: // load8
          at = access[pc] === 0 ? unsigned[s2]! + aux[pc]! : locate(linked, state, pc, s, 1);
          r[d] = at < 0 ? 0n : BigInt(view.getUint8(at));
          break;
        case 37: // load16
          at = access[pc] === 0 ? unsigned[s2]! + aux[pc]! : locate(linked, state, pc, s, 2);
          r[d] = at < 0 ? 0n : BigInt(view.getUint16(at, true));
          break;
        case 38: // load32
          at = access[pc] === 0 ? unsigned[s2]! + aux[pc]! : locate(linked, state, pc, s, 4);
          halves[d2] = at < 0 ? 0 : view.getInt32(at, true);
          halves[d2 + 1] = 0;
          break;
        case 39: // load64
          at = access[pc] === 0 ? unsigned[s2]! + aux[pc]! : locate(linked, state, pc, s, 8);
          r[d] = at < 0 ? 0n : view.getBigInt64(at, true);
          break;
        case 40: // loads8
          at = access[pc] === 0 ? unsigned[s2]! + aux[pc]! : locate(linked, state, pc, s, 1);
          r[d] = at < 0 ? 0n : BigInt(view.getInt8(at));
          break;
        case 41: // loads16
          at = access[pc] === 0 ? unsigned[s2]! + aux[pc]! : locate(linked, state, pc, s, 2);
          r[d] = at < 0 ? 0n : BigInt(view.getInt16(at, true));
          break;
        case 42: // loads32
          at = access[pc] === 0 ? unsigned[s2]! + aux[pc]! : locate(linked, state, pc, s, 4);
          r[d] = at < 0 ? 0n : BigInt(view.getInt32(at, true));
          break;
        case 43: // store8
          at = access[pc] === 0 ? unsigned[d2]! + aux[pc]! : locate(linked, state, pc, d, 1);
          view.setInt8(at, halves[s2]!);
          break;
        case 44: // store16
          at = access[pc] === 0 ? unsigned[d2]! + aux[pc]! : locate(linked, state, pc, d, 2);
          view.setInt16(at, halves[s2]!, true);
          break;
        case 45: // store32
          at = access[pc] === 0 ? unsigned[d2]! + aux[pc]! : locate(linked, state, pc, d, 4);
          view.setInt32(at, halves[s2]!, true);
          break;
        case 46: // store64
          at = access[pc] === 0 ? unsigned[d2]! + aux[pc]! : locate(linked, state, pc, d, 8);
          view.setBigInt64(at, r[s]!, true);
          break;
        case 47: // atomic
          executeAtomic(linked, state, pc);
          break;

        // Control. `pc + 1` below makes the target right.
        case 48: // jump
          pc = aux[pc]! - 1;
          break;
        case 49: // helper
          executeHelper(linked, state, pc);
          view = linked.environment.memory.view;
          break;
        case 50: // call
          if (returns.length + 1 >= MAX_CALL_FRAMES) {
            const message = `calls nest deeper than ${MAX_CALL_FRAMES} functions`;
            throw new ExecutionError("call-depth", linked.xlated.origin[pc]!, message);
          }
          // Programs may rely on r6..r10 only; r1..r5 are the caller's again too, so that every engine does the same.
          copy(halves, FIRST_SAVED + returns.length * SAVED, 1);
          returns.push(pc + 1);
          // The function's own r0 and r6..r9 begin at 0; only a program that nobody verified can see that.
          r[0] = 0n;
          for (let half = 12; half < 20; half++) halves[half] = 0;
          r[10] = r[10]! - BigInt(FRAME_SIZE);
          pc = aux[pc]! - 1;
          break;
        case 51: {
          // exit
          const returnTo = returns.pop();
          if (returnTo === undefined) {
            state.exited = true;
            left--;
            return;
          }
          copy(halves, 1, FIRST_SAVED + returns.length * SAVED);
          pc = returnTo - 1;
          break;
        }

        // 64-bit branches.
        case 52: // eq64
          if (r[d] === r[s]) pc = aux[pc]! - 1;
          break;
        case 53: // ne64
          if (r[d] !== r[s]) pc = aux[pc]! - 1;
          break;
        case 54: // gt64
          if (u64(r[d]!) > u64(r[s]!)) pc = aux[pc]! - 1;
          break;
        case 55: // ge64
          if (u64(r[d]!) >= u64(r[s]!)) pc = aux[pc]! - 1;
          break;
        case 56: // lt64
          if (u64(r[d]!) < u64(r[s]!)) pc = aux[pc]! - 1;
          break;
        case 57: // le64
          if (u64(r[d]!) <= u64(r[s]!)) pc = aux[pc]! - 1;
          break;
        case 58: // set64
          if ((r[d]! & r[s]!) !== 0n) pc = aux[pc]! - 1;
          break;
        case 59: // sgt64
          if (r[d]! > r[s]!) pc = aux[pc]! - 1;
          break;
        case 60: // sge64
          if (r[d]! >= r[s]!) pc = aux[pc]! - 1;
          break;
        case 61: // slt64
          if (r[d]! < r[s]!) pc = aux[pc]! - 1;
          break;
        case 62: // sle64
          if (r[d]! <= r[s]!) pc = aux[pc]! - 1;
          break;

        // 32-bit branches.
        case 63: // eq32
          if (halves[d2] === halves[s2]) pc = aux[pc]! - 1;
          break;
        case 64: // ne32
          if (halves[d2] !== halves[s2]) pc = aux[pc]! - 1;
          break;
        case 65: // gt32
          if (unsigned[d2]! > unsigned[s2]!) pc = aux[pc]! - 1;
          break;
        case 66: // ge32
          if (unsigned[d2]! >= unsigned[s2]!) pc = aux[pc]! - 1;
          break;
        case 67: // lt32
          if (unsigned[d2]! < unsigned[s2]!) pc = aux[pc]! - 1;
          break;
        case 68: // le32
          if (unsigned[d2]! <= unsigned[s2]!) pc = aux[pc]! - 1;
          break;
        case 69: // set32
          if ((halves[d2]! & halves[s2]!) !== 0) pc = aux[pc]! - 1;
          break;
        case 70: // sgt32
          if (halves[d2]! > halves[s2]!) pc = aux[pc]! - 1;
          break;
        case 71: // sge32
          if (halves[d2]! >= halves[s2]!) pc = aux[pc]! - 1;
          break;
        case 72: // slt32
          if (halves[d2]! < halves[s2]!) pc = aux[pc]! - 1;
          break;
        case 73: // sle32
          if (halves[d2]! <= halves[s2]!) pc = aux[pc]! - 1;
          break;

        case 74: // constant: ld_imm64, whose second slot is skipped
          r[d] = r[s]!;
          pc++;
          break;

        case 76: // tail: without a program there, or with too many tail calls made, it does nothing
          state.goesTo = findProgram(linked, state, pc);
          if (state.goesTo === 0) break;
          left--;
          return;
        case 77: // indirect
          executeIndirect(linked, state, pc);
          view = linked.environment.memory.view;
          break;

        case 78: // cast
          halves[d2] = halves[s2]!;
          halves[d2 + 1] = halves[d2] === 0 ? 0 : aux[pc]!;
          break;
        case 79: // arena
          executeArena(linked, state, pc);
          break;
        case 80: // rounds: a helper that wants a function called, when the run is stepped
          executeHelper(linked, state, pc);
          pc++;
          left--;
          return;
      }
      pc++;
    }
  } finally {
    state.pc = pc;
    state.executed = limit - left;
  }
}

/** Offset of an access that is not proved: -1 for a probe that fails; throws `ExecutionError` for a checked one. */
export function locate(linked: Linked, state: RunState, pc: number, base: number, bytes: number): number {
  const { code, environment, regions, xlated } = linked;
  const address = state.r[base]! + BigInt(code.aux[pc]!);
  const low = Number(BigInt.asIntN(32, address));
  const high = Number(BigInt.asIntN(32, address >> 32n));
  if (code.access[pc] !== 1) {
    return regions.offset(low, high, bytes, xlated.origin[pc]!, originOfAddress(linked.operations[pc]!));
  }
  const start = low >>> 0;
  const good = high === DIRECT_MAP_HIGH && start >= FIRST_OFFSET && start + bytes <= environment.memory.view.byteLength;
  return good ? start : -1;
}

/** Simulated CPUs interleave between programs, so an atomic is a load, an operation and a store. */
function executeAtomic(linked: Linked, state: RunState, pc: number): void {
  const o = linked.operations[pc]!;
  if (o.kind !== "atomic") return;
  const proved = linked.code.access[pc] === 0;
  const at = proved ? state.unsigned[2 * o.base]! + o.offset : locate(linked, state, pc, o.base, o.bytes);
  executeAtomicAt(state, linked.environment.memory.view, o, at);
}

/** The same where the place is known. */
export function executeAtomicAt(
  { r, unsigned }: RunState,
  view: DataView,
  o: Operation & { kind: "atomic" },
  at: number,
): void {
  const wide = o.bytes === 8;
  const old = wide ? view.getBigInt64(at, true) : BigInt(view.getUint32(at, true));
  const operand = wide ? r[o.src]! : BigInt(unsigned[2 * o.src]!);
  const expected = wide ? r[0]! : BigInt(unsigned[0]!);
  let value: bigint;
  switch (o.op) {
    case "add":
      value = old + operand;
      break;
    case "or":
      value = old | operand;
      break;
    case "and":
      value = old & operand;
      break;
    case "xor":
      value = old ^ operand;
      break;
    case "xchg":
      value = operand;
      break;
    case "cmpxchg":
      value = old === expected ? operand : old;
      break;
  }
  if (wide) view.setBigInt64(at, value, true);
  else view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
  if (o.op === "cmpxchg") r[0] = old;
  else if (o.fetch) r[o.src] = old;
}

/** Calls a helper: its arguments are halves of registers, its result goes to r0. */
function executeHelper(linked: Linked, { halves, r }: RunState, pc: number): void {
  const { invoke, passing } = linked.calls[pc]!;
  const result = invoke(halves);
  switch (passing) {
    case "i32":
      r[0] = BigInt(result);
      break;
    case "u32":
      halves[0] = result;
      halves[1] = 0;
      break;
    case "u64":
      halves[0] = result;
      halves[1] = linked.environment.memory.returnHigh;
      break;
    case "pointer":
      halves[0] = result;
      halves[1] = result === 0 ? 0 : DIRECT_MAP_HIGH;
      break;
    case "void":
      break;
  }
}

/** The slot of the program that a tail call goes on with, which is counted; 0 where there is none or too many were made. */
function findProgram(linked: Linked, { halves }: RunState, pc: number): number {
  const { memory } = linked.environment;
  const slot = linked.calls[pc]!.invoke(halves);
  if (slot === 0 || memory.tailCalls >= MAX_TAIL_CALLS) return 0;
  memory.tailCalls++;
  return slot;
}

/**
 * Ends the function that runs with a result, as `exit` does; for one whose place another program took. False where nobody
 * waits for it: then the run is over.
 */
export function leaveFunction(state: RunState, low: number, high: number): boolean {
  const { halves, returns } = state;
  state.goesTo = 0;
  halves[0] = low;
  halves[1] = high;
  const returnTo = returns.pop();
  if (returnTo === undefined) {
    state.exited = true;
    return false;
  }
  copy(halves, 1, FIRST_SAVED + returns.length * SAVED);
  state.pc = returnTo;
  return true;
}

/** `callx`: to a function of this program, or to the helper whose number is in the register. */
function executeIndirect(linked: Linked, { halves }: RunState, pc: number): void {
  const o = linked.operations[pc]!;
  if (o.kind !== "indirect") return;
  const at = 2 * o.register;
  halves[0] = linked.indirect(pc, halves[at]!, halves[at + 1]!, ...halves.subarray(2, 12));
  halves[1] = linked.environment.memory.returnHigh;
}

/** Copies as many registers as a call saves. For so few a loop is several times faster than `copyWithin`. */
function copy(halves: Int32Array, to: number, from: number): void {
  for (let i = 0; i < 2 * SAVED; i++) halves[2 * to + i] = halves[2 * from + i]!;
}

function swap32(x: number): number {
  return (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);
}
