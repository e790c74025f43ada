/** A pointer plus or minus a number: a fixed part that is known, and a variable part with range and known bits. */
import { ALU, CLASS, CLASS_MASK, OP_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { syncBounds } from "./bounds.ts";
import { type Environment, registerAt } from "./environment.ts";
import {
  add,
  equal,
  lessS,
  lessU,
  SIGNED_OVERFLOW,
  set,
  sub,
  toBigInt,
  toNumber,
  UNSIGNED_OVERFLOW,
  type Words,
} from "./int64.ts";
import {
  AUX,
  BASE_TYPE,
  copyRegister,
  FRAME,
  ID,
  isPacketPointer,
  MAYBE_NULL,
  markUnbounded32,
  markUnknown,
  OFF,
  REF,
  REGISTER_WORDS,
  SMAX,
  SMIN,
  TYPE,
  TYPES,
  typeName,
  UMAX,
  UMIN,
  UNTRUSTED,
  VALUE,
} from "./registers.ts";
import { reject } from "./rejection.ts";
import { checkSum, maskSum } from "./speculation.ts";
import { MAX_OFFSET } from "./stack.ts";
import { tnumAdd, tnumIsConst, tnumSub } from "./tnum.ts";

/** Linux's names of operations on pointers, by operation. */
export const OPERATOR_NAMES: Readonly<Record<number, string>> = {
  [ALU.ADD]: "+=",
  [ALU.SUB]: "-=",
  [ALU.MUL]: "*=",
  [ALU.DIV]: "/=",
  [ALU.OR]: "|=",
  [ALU.AND]: "&=",
  [ALU.LSH]: "<<=",
  [ALU.RSH]: ">>=",
  [ALU.NEG]: "neg",
  [ALU.MOD]: "%=",
  [ALU.XOR]: "^=",
  [ALU.MOV]: "=",
  [ALU.ARSH]: "s>>=",
  [ALU.END]: "endian",
};

/** Copies of the operands: the result replaces one of them. */
const POINTER = new Int32Array(REGISTER_WORDS);
const NUMBER = new Int32Array(REGISTER_WORDS);

/** Pointers that may be moved; a map may only be "moved" by 0, others not at all. */
function checkMovable(type: number, register: number, op: number, known: boolean, byZero: boolean): void {
  switch (type & BASE_TYPE) {
    case TYPES.CTX:
    case TYPES.MAP_KEY:
    case TYPES.MAP_VALUE:
    case TYPES.STACK:
    case TYPES.PACKET:
    case TYPES.PACKET_META:
    case TYPES.MEM:
    case TYPES.TP_BUFFER:
    case TYPES.BUF:
    case TYPES.BTF_ID:
    case TYPES.FUNC:
    case TYPES.DYNPTR:
      return;
    case TYPES.FLOW_KEYS:
      if (known) return;
      break;
    case TYPES.MAP_PTR:
      if (byZero && op === ALU.ADD) return;
  }
  reject("pointer_arithmetic", register, typeName(type));
}

/** Refuses offsets that could leave every object. */
function checkSaneOffset(w: Words, r: number, type: number): void {
  const name = typeName(type);
  const value = toNumber(w, r + VALUE);
  if (tnumIsConst(w, r + VALUE) && (value >= MAX_OFFSET || value <= -MAX_OFFSET))
    reject("offset_constant", name, `${toBigInt(w, r + VALUE)}`);
  const fixed = w[r + OFF];
  if (fixed >= MAX_OFFSET || fixed <= -MAX_OFFSET) reject("offset_fixed", name, fixed);
  if (w[r + SMIN] === 0 && w[r + SMIN + 1] === (0x8000_0000 | 0)) reject("offset_unbounded", name);
  const min = toNumber(w, r + SMIN);
  if (min >= MAX_OFFSET || min <= -MAX_OFFSET) reject("offset_far", `${toBigInt(w, r + SMIN)}`, name);
}

function isImpossible(w: Words, r: number): boolean {
  if (tnumIsConst(w, r + VALUE) && !(equal(w, r + SMIN, w, r + SMAX) && equal(w, r + UMIN, w, r + UMAX))) return true;
  return lessS(w, r + SMAX, w, r + SMIN) || lessU(w, r + UMAX, w, r + UMIN);
}

/**
 * `pointer op number` into the instruction's destination, which holds one of them (`number += pointer` is the same as
 * `pointer += number`).
 */
export function pointerAlu(env: Environment, insn: Instruction, pw: Words, p: number, nw: Words, n: number): void {
  const w = env.words;
  const d = registerAt(insn.dst);
  const op = insn.code & OP_MASK;
  copyRegister(POINTER, 0, pw, p);
  copyRegister(NUMBER, 0, nw, n);
  const type = POINTER[TYPE];
  const known = tnumIsConst(NUMBER, VALUE);
  // A number with contradicting ranges comes from a branch that is never taken.
  if (isImpossible(NUMBER, 0)) {
    markUnknown(w, d);
    return;
  }
  if ((insn.code & CLASS_MASK) !== CLASS.ALU64) {
    if (op === ALU.SUB && env.perfmon) {
      markUnknown(w, d);
      return;
    }
    reject("narrow_pointer", insn.dst);
  }
  if (type & MAYBE_NULL) reject("nullable_arithmetic", insn.dst, typeName(type));
  // Such memory is read with care wherever it is, so nothing is tracked: a pointer stays as it is, and so does a number.
  if ((type & BASE_TYPE) === TYPES.MEM && type & UNTRUSTED) return;
  const amount = toNumber(NUMBER, SMIN);
  checkMovable(type, insn.dst, op, known, known && amount === 0);
  const numberIsDestination = nw === w && n === d;
  if (numberIsDestination) {
    w[d + TYPE] = type;
    w[d + ID] = POINTER[ID];
  }
  checkSaneOffset(NUMBER, 0, type);
  checkSaneOffset(POINTER, 0, type);
  const mask = maskSum(env, insn, POINTER, NUMBER, numberIsDestination);

  switch (op) {
    case ALU.ADD:
      break;
    case ALU.SUB:
      if (numberIsDestination) reject("scalar_minus_pointer", insn.dst);
      if (type === TYPES.STACK) reject("stack_subtraction", insn.dst);
      break;
    case ALU.AND:
    case ALU.OR:
    case ALU.XOR:
      reject("bitwise_pointer", insn.dst, OPERATOR_NAMES[op]);
      break;
    default:
      reject("operator_pointer", insn.dst, OPERATOR_NAMES[op]);
  }

  // What belongs to a pointer and is not computed below.
  copyRegister(w, d, POINTER, 0);
  if (numberIsDestination) {
    // Linux 6.18 forgets these where the number stood on the left: then a pointer to the stack is one to the outermost
    // function's, and an object is not known to be given back.
    w[d + FRAME] = 0;
    w[d + REF] = 0;
  }
  markUnbounded32(w, d);
  const fixed = POINTER[OFF] + (op === ALU.ADD ? amount : -amount);
  if (known && fixed === (fixed | 0)) w[d + OFF] = fixed;
  else if (op === ALU.ADD) addVariable(env, w, d, type);
  else subtractVariable(env, w, d, type);
  checkSaneOffset(w, d, type);
  syncBounds(w, d);
  checkSum(env, insn, mask);
}

function unbound(w: Words, min: number, max: number, signed: boolean): void {
  const top = 0x8000_0000 | 0;
  set(w, min, 0, signed ? top : 0);
  set(w, max, -1, signed ? ~top : -1);
}

/** A packet pointer moved by an unknown amount begins a family of its own. */
function startFamily(env: Environment, w: Words, d: number, type: number, rangeLost: boolean): void {
  if (!isPacketPointer(type)) return;
  w[d + ID] = env.newId();
  if (rangeLost) w[d + AUX] = 0;
}

function addVariable(env: Environment, w: Words, d: number, type: number): void {
  const low = add(w, d + SMIN, POINTER, SMIN, NUMBER, SMIN);
  const high = add(w, d + SMAX, POINTER, SMAX, NUMBER, SMAX);
  if ((low | high) & SIGNED_OVERFLOW) unbound(w, d + SMIN, d + SMAX, true);
  const least = add(w, d + UMIN, POINTER, UMIN, NUMBER, UMIN);
  const greatest = add(w, d + UMAX, POINTER, UMAX, NUMBER, UMAX);
  if ((least | greatest) & UNSIGNED_OVERFLOW) unbound(w, d + UMIN, d + UMAX, false);
  tnumAdd(w, d + VALUE, POINTER, VALUE, NUMBER, VALUE);
  startFamily(env, w, d, type, true);
}

function subtractVariable(env: Environment, w: Words, d: number, type: number): void {
  const low = sub(w, d + SMIN, POINTER, SMIN, NUMBER, SMAX);
  const high = sub(w, d + SMAX, POINTER, SMAX, NUMBER, SMIN);
  if ((low | high) & SIGNED_OVERFLOW) unbound(w, d + SMIN, d + SMAX, true);
  if (lessU(POINTER, UMIN, NUMBER, UMAX)) unbound(w, d + UMIN, d + UMAX, false);
  else {
    sub(w, d + UMIN, POINTER, UMIN, NUMBER, UMAX);
    sub(w, d + UMAX, POINTER, UMAX, NUMBER, UMIN);
  }
  tnumSub(w, d + VALUE, POINTER, VALUE, NUMBER, VALUE);
  // Moved back, what was known to be there still is.
  startFamily(env, w, d, type, toNumber(NUMBER, SMIN) < 0);
}
