/** Stores to and loads from the stack: registers are spilled and filled whole, other bytes are known as data or zero. */
import { CLASS, CLASS_MASK } from "../isa/constants.ts";
import { overwriteDynptr } from "./dynptrs.ts";
import { type Environment, registerAt } from "./environment.ts";
import { formatBits } from "./format-state.ts";
import { stackAccess } from "./history.ts";
import { isZero, toNumber, type Words } from "./int64.ts";
import { linkBeforeCopy } from "./linked.ts";
import { markPrecise } from "./precision.ts";
import {
  BASE_TYPE,
  copyRegister,
  FRAME,
  ID,
  isNull,
  isPointer,
  markConstant,
  markUnknown,
  OFF,
  REGISTER_WORDS,
  SMAX,
  SMIN,
  TYPE,
  TYPES,
  VALUE,
  widthOf,
} from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import {
  BYTE,
  byteType,
  type Frame,
  isSpecial,
  isSpilled,
  isSpilledScalar,
  MAX_STACK,
  setByteType,
  slotAt,
} from "./state.ts";
import { tnumIsConst } from "./tnum.ts";

/** Offsets further than this are not tracked. */
export const MAX_OFFSET = 1 << 29;

/** `value` of a store: a register, or the constant of a `ST` instruction, or nothing known (atomics, helpers). */
export const STORE_CONSTANT = -1;

/** The stack that a pointer points to. */
export const stackOf = (env: Environment, w: Words, r: number): Frame => env.state.frames[w[r + FRAME]];

/** Makes a stack large enough for an access, and notes how much of it the function uses. */
function growStack(env: Environment, frame: Frame, lowest: number): void {
  const slots = Math.ceil(-lowest / 8);
  frame.grow(slots);
  const subprogram = env.subprograms[frame.subprogram];
  if (slots * 8 > subprogram.stackDepth) subprogram.stackDepth = slots * 8;
}

/** The access must lie within the 512 bytes; makes the stack large enough for it. */
export function checkStackBounds(
  env: Environment,
  register: number,
  offset: number,
  size: number,
  way: "read" | "write",
): void {
  const { words: w } = env;
  const r = registerAt(register);
  const fixed = tnumIsConst(w, r + VALUE);
  const extra = way === "read" ? " read from" : " write to";
  let min: number;
  let max: number;
  if (fixed) {
    min = toNumber(w, r + VALUE) + offset;
    max = min + size;
  } else {
    if (toNumber(w, r + SMAX) >= MAX_OFFSET || toNumber(w, r + SMIN) <= -MAX_OFFSET)
      reject("stack_unbounded", extra, register);
    min = toNumber(w, r + SMIN) + offset;
    max = toNumber(w, r + SMAX) + offset + size;
  }
  // Without CAP_PERFMON only what has been written may be read.
  const deepest = way === "read" && !env.perfmon ? 8 * stackOf(env, w, r).slots : MAX_STACK;
  if (min < -deepest || min > -1) rejectBounds(env, "EACCES");
  if (max > 0) rejectBounds(env, "EINVAL");
  growStack(env, stackOf(env, w, r), min);

  function rejectBounds({ words }: Environment, errno: "EACCES" | "EINVAL"): never {
    if (fixed) throw new Rejection("stack_range", [extra.trim(), register, min, size], errno);
    const bits = formatBits(words, r + VALUE);
    throw new Rejection("stack_range_variable", [extra.trim(), register, bits, offset, size], errno);
  }
}

/** Pointers that Linux does not know again when they are loaded from the stack. */
const UNKEPT: ReadonlySet<number> = new Set([TYPES.TP_BUFFER, TYPES.DYNPTR]);

/** Copies a register into a slot; bytes above a narrow one keep what they are known as. */
function spill(w: Words, slot: number, from: Words, r: number, size: number): void {
  copyRegister(w, slot, from, r);
  for (let byte = 7; byte >= 8 - size; byte--) setByteType(w, slot, byte, BYTE.SPILL);
  for (let byte = 7 - size; byte >= 0; byte--) {
    const type = byteType(w, slot, byte);
    if (type !== BYTE.ZERO && type !== BYTE.INVALID) setByteType(w, slot, byte, BYTE.MISC);
  }
}

/** A spilled register is no register any more, only data. */
function scrub(w: Words, slot: number): void {
  for (let byte = 0; byte < 8; byte++)
    if (byteType(w, slot, byte) !== BYTE.INVALID) setByteType(w, slot, byte, BYTE.MISC);
}

const CONSTANT = new Int32Array(REGISTER_WORDS);

/** An address on the stack may only be replaced whole; where one may lie, a store must not be overtaken by a load. */
function checkSecretStore(env: Environment, w: Words, slot: number, size: number, pointer: boolean): void {
  if (isSpilled(w, slot) && !isSpilledScalar(w, slot) && size !== 8) reject("spilled_part");
  let overtaken = pointer;
  for (let byte = 0; byte < size; byte++) {
    const type = byteType(w, slot, byte);
    if (type !== BYTE.MISC && type !== BYTE.ZERO) overtaken = true;
  }
  if (overtaken) env.speculation.barriersBehind.add(env.index);
}

/** A store of `size` bytes at a known offset. */
function storeFixed(env: Environment, frame: Frame, offset: number, size: number, value: number): void {
  const place = -offset - 1;
  const index = place >> 3;
  const slot = slotAt(index);
  const insn = env.insns[env.index];
  const isConstantStore = value < 0 && (insn.code & CLASS_MASK) === CLASS.ST;
  const aligned = (offset & 7) === 0;
  const { words: w } = frame;
  const vw = env.words;
  const v = value >= 0 ? registerAt(value) : -1;
  const type = value >= 0 ? vw[v + TYPE] : TYPES.NOT_INIT;
  if (!env.perfmon)
    checkSecretStore(env, w, slot, size, value >= 0 && isPointer(type) && !UNKEPT.has(type & BASE_TYPE));
  overwriteDynptr(env, frame, index);
  env.touchSlot(index);

  if (type === TYPES.SCALAR && aligned) {
    const fits = widthOf(vw, v) <= 8 * size;
    if (fits) linkBeforeCopy(env, vw, v);
    spill(w, slot, vw, v, size);
    if (!fits) w[slot + ID] = 0;
  } else if (isConstantStore && aligned) {
    markConstant(CONSTANT, 0, insn.imm, insn.imm >> 31);
    spill(w, slot, CONSTANT, 0, size);
  } else if (value >= 0 && isPointer(type) && !UNKEPT.has(type & BASE_TYPE)) {
    if (size !== 8) reject("spill_size");
    if (frame !== env.frame && type === TYPES.STACK) reject("spill_to_caller");
    spill(w, slot, vw, v, size);
  } else {
    w[slot + TYPE] = TYPES.NOT_INIT;
    if (isSpecial(w, slot)) scrub(w, slot);
    let byte: number = BYTE.MISC;
    if ((value >= 0 && isNull(vw, v)) || (isConstantStore && insn.imm === 0)) {
      // The zero is remembered without the register it came from, so that one must not be taken for another number.
      if (value >= 0) markPrecise(env, value);
      byte = BYTE.ZERO;
    }
    for (let k = 0; k < size; k++) setByteType(w, slot, (place - k) & 7, byte);
    return;
  }
  env.recordHistory(stackAccess(frame.index, index));
}

/** A store somewhere in a range of offsets: every byte that it may hit is data afterwards. */
function storeVariable(env: Environment, frame: Frame, min: number, max: number, value: number): void {
  const insn = env.insns[env.index];
  const isConstantStore = value < 0 && (insn.code & CLASS_MASK) === CLASS.ST;
  const zero = value >= 0 ? isNull(env.words, registerAt(value)) : isConstantStore && insn.imm === 0;
  let keptZero = false;
  const { words: w } = frame;
  for (let at = min; at < max; at++) overwriteDynptr(env, frame, (-at - 1) >> 3);
  for (let at = min; at < max; at++) {
    const place = -at - 1;
    const slot = slotAt(place >> 3);
    const type = byteType(w, slot, place & 7);
    env.touchSlot(place >> 3);
    if (zero && type === BYTE.SPILL && isSpilledScalar(w, slot) && isNull(w, slot)) {
      keptZero = true;
      continue;
    }
    // Of a register that is no longer whole nothing is left but data.
    if (isSpilled(w, slot)) scrub(w, slot);
    w[slot + TYPE] = TYPES.NOT_INIT;
    const staysZero = zero && type === BYTE.ZERO;
    keptZero ||= staysZero;
    setByteType(w, slot, place & 7, staysZero ? BYTE.ZERO : BYTE.MISC);
  }
  if (keptZero && value >= 0) markPrecise(env, value);
}

/** Stores a register (or `STORE_CONSTANT`) through stack pointer `register`; bounds have been checked. */
export function storeToStack(env: Environment, register: number, offset: number, size: number, value: number): void {
  const { words: w } = env;
  const r = registerAt(register);
  const frame = stackOf(env, w, r);
  if (tnumIsConst(w, r + VALUE)) {
    const at = offset + toNumber(w, r + VALUE);
    env.stacks.wrote(frame, at, size);
    storeFixed(env, frame, at, size, value);
    return;
  }
  storeVariable(env, frame, toNumber(w, r + SMIN) + offset, toNumber(w, r + SMAX) + offset + size, value);
}

/** Objects of Linux on the stack are not the program's to read; without CAP_PERFMON neither is what was there before. */
function checkPlain(env: Environment, frame: Frame, min: number, max: number): void {
  for (let at = min; at < max; at++) {
    const place = -at - 1;
    const type = byteType(frame.words, slotAt(place >> 3), place & 7);
    if (type > BYTE.ZERO) reject("special_slot", min, at - min, max - min);
    if (type === BYTE.INVALID && !env.perfmon) reject("unset_stack", min, at - min, max - min);
  }
}

/** Bytes that hold no register: all zero, or data of which nothing is known. */
function fillBytes(env: Environment, frame: Frame, min: number, max: number, dst: number): void {
  const { words: w } = frame;
  let zeros = 0;
  for (let at = min; at < max; at++) {
    const place = -at - 1;
    env.touchSlot(place >> 3);
    if (byteType(w, slotAt(place >> 3), place & 7) !== BYTE.ZERO) break;
    zeros++;
  }
  const r = registerAt(dst);
  if (zeros === max - min) markConstant(env.words, r, 0, 0);
  else markUnknown(env.words, r);
}

/** A load of part of a spilled number, or across its end. */
function fillPart(env: Environment, frame: Frame, offset: number, size: number, spilled: number, dst: number): void {
  const place = -offset - 1;
  const index = place >> 3;
  const slot = slotAt(index);
  const { words: w } = frame;
  const r = registerAt(dst);
  if (size <= spilled && (offset & 7) === 0) {
    const narrow = widthOf(w, slot);
    if (size === 4 && spilled === 4 && narrow <= 32) linkBeforeCopy(env, w, slot);
    copyRegister(env.words, r, w, slot);
    if (narrow > 8 * size) env.words[r + ID] = 0;
    env.recordHistory(stackAccess(frame.index, index));
    return;
  }
  let spills = 0;
  let zeros = 0;
  for (let k = 0; k < size; k++) {
    const type = byteType(w, slot, (place - k) & 7);
    if (type === BYTE.SPILL) spills++;
    else if (type === BYTE.ZERO) zeros++;
    else if (type === BYTE.INVALID && !env.perfmon) reject("unset_stack", offset, k, size);
  }
  if (spills === size && tnumIsConst(w, slot + VALUE) && isZero(w, slot + VALUE)) {
    markConstant(env.words, r, 0, 0);
    env.recordHistory(stackAccess(frame.index, index));
  } else if (zeros === size) markConstant(env.words, r, 0, 0);
  else markUnknown(env.words, r);
}

function loadFixed(env: Environment, frame: Frame, offset: number, size: number, dst: number): void {
  const place = -offset - 1;
  const index = place >> 3;
  const slot = slotAt(index);
  const { words: w } = frame;
  env.touchSlot(index);
  env.stacks.read(frame, index);
  if (!isSpilled(w, slot)) {
    checkPlain(env, frame, offset, offset + size);
    if (dst >= 0) fillBytes(env, frame, offset, offset + size, dst);
    return;
  }
  let spilled = 1;
  for (let byte = 7; byte > 0 && byteType(w, slot, byte - 1) === BYTE.SPILL; byte--) spilled++;
  if (size !== 8 || spilled !== 8) {
    if (w[slot + TYPE] !== TYPES.SCALAR) reject("fill_size");
    if (dst >= 0) fillPart(env, frame, offset, size, spilled, dst);
    return;
  }
  if (dst >= 0) copyRegister(env.words, registerAt(dst), w, slot);
  else if (!env.perfmon && w[slot + TYPE] !== TYPES.SCALAR) reject("leak_stack", offset);
  env.recordHistory(stackAccess(frame.index, index));
}

/** Loads through stack pointer `register` into `dst` (-1: only checks); bounds have been checked. */
export function loadFromStack(env: Environment, register: number, offset: number, size: number, dst: number): void {
  const { words: w } = env;
  const r = registerAt(register);
  const frame = stackOf(env, w, r);
  if (tnumIsConst(w, r + VALUE)) {
    loadFixed(env, frame, offset + toNumber(w, r + VALUE), size, dst);
    return;
  }
  if (dst < 0) reject("stack_variable_helper", formatBits(w, r + VALUE), offset, size);
  const min = toNumber(w, r + SMIN) + offset;
  const max = toNumber(w, r + SMAX) + offset;
  checkReadable(env, frame, register, min, max + size, size, false);
  fillBytes(env, frame, min, max + size, dst);
}

/** A byte of an address, or one that nobody has written. */
const isHidden = (w: Words, slot: number, type: number): boolean =>
  isSpilled(w, slot)
    ? w[slot + TYPE] !== TYPES.SCALAR && (type === BYTE.SPILL || type === BYTE.INVALID)
    : type === BYTE.INVALID;

/** A helper reads (or, `clobber`, also writes) all bytes of a range; spilled pointers that it overwrites are lost. */
function checkReadable(
  env: Environment,
  frame: Frame,
  register: number,
  min: number,
  max: number,
  size: number,
  clobber: boolean,
): void {
  const { words: w } = frame;
  for (let at = min; at < max; at++) {
    const place = -at - 1;
    const index = place >> 3;
    const slot = slotAt(index);
    const type = byteType(w, slot, place & 7);
    if (type > BYTE.ZERO) rejectSpecial(env, register, min, at, size);
    if (!env.perfmon && isHidden(w, slot, type)) reject("unset_stack_helper", register, min, at - min, size);
    env.stacks.read(frame, index);
    if (!clobber) continue;
    if (isSpilled(w, slot)) {
      markUnknown(w, slot);
      scrub(w, slot);
    } else if (type !== BYTE.MISC) setByteType(w, slot, place & 7, BYTE.MISC);
  }
}

function rejectSpecial({ words: w }: Environment, register: number, min: number, at: number, size: number): never {
  const r = registerAt(register);
  if (tnumIsConst(w, r + VALUE)) return reject("special_slot_helper", register, min, at - min, size);
  return reject("special_slot_variable", register, formatBits(w, r + VALUE), at - min, size);
}

/** What a helper will fill: `raw` memory need not be set before, and its bytes are data afterwards. */
export interface RawMemory {
  readonly register: number;
  readonly size: number;
}

/**
 * Memory on the stack that a helper gets. With `raw` (a helper that fills all of it) returns what the caller has to mark as
 * written after all arguments have been checked.
 */
export function checkStackArgument(
  env: Environment,
  register: number,
  size: number,
  zeroAllowed: boolean,
  way: "read" | "write",
  raw: boolean,
): RawMemory | undefined {
  if (size === 0 && !zeroAllowed) reject("zero_sized");
  const r = registerAt(register);
  const offset = env.words[r + OFF];
  checkStackBounds(env, register, offset, size, way);
  // By now the frame may have grown, and its words have moved.
  const { words: w } = env;
  const frame = stackOf(env, w, r);
  const fixed = tnumIsConst(w, r + VALUE);
  const min = (fixed ? toNumber(w, r + VALUE) : toNumber(w, r + SMIN)) + offset;
  const max = (fixed ? toNumber(w, r + VALUE) : toNumber(w, r + SMAX)) + offset + size;
  if (fixed && raw) {
    for (let at = min; at < max; at++)
      if (byteType(frame.words, slotAt((-at - 1) >> 3), (-at - 1) & 7) === BYTE.DYNPTR) reject("dynptr_raw", at);
    return { register, size };
  }
  checkReadable(env, frame, register, min, max, size, way === "write");
  return undefined;
}
