/** Arithmetic instructions: moves, byte order, numbers with numbers, numbers with pointers. */
import { ADDR_SPACE_CAST, ALU, CLASS, CLASS_MASK, OP_MASK, SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { coerceToSizeSigned, coerceToSizeSigned32, syncBounds, zeroExtend32 } from "./bounds.ts";
import { dropContradiction } from "./contradiction.ts";
import { type Environment, registerAt } from "./environment.ts";
import { forkScalar } from "./fork-scalars.ts";
import type { Words } from "./int64.ts";
import { isSecret } from "./leaks.ts";
import { linkBeforeCopy } from "./linked.ts";
import { OPERATOR_NAMES, pointerAlu } from "./pointer-alu.ts";
import { markPrecise } from "./precision.ts";
import { checkWritable, readRegister, writeUnknown } from "./register-use.ts";
import {
  ADD_CONST,
  ADD_CONST32,
  ADD_CONST64,
  copyRegister,
  ID,
  isConstant,
  isPointer,
  markConstant,
  markUnknown,
  OFF,
  PRECISE,
  REGISTER_WORDS,
  TYPE,
  TYPES,
  VALUE,
  widthOf,
} from "./registers.ts";
import { reject } from "./rejection.ts";
import { scalarAlu } from "./scalar-alu.ts";
import { maskNumbers } from "./speculation.ts";

const CONSTANT = new Int32Array(REGISTER_WORDS);

export function checkAlu(env: Environment, insn: Instruction): void {
  const op = insn.code & OP_MASK;
  if (op === ALU.END || op === ALU.NEG) checkUnary(env, insn, op);
  else if (op === ALU.MOV) checkMove(env, insn);
  else if (op > ALU.END) reject("alu_opcode", op);
  else checkBinary(env, insn, op);
  dropContradiction(env.log, env.words, registerAt(insn.dst), "alu");
}

function checkUnary(env: Environment, insn: Instruction, op: number): void {
  const wide = (insn.code & CLASS_MASK) === CLASS.ALU64;
  const register = (insn.code & SOURCE_MASK) === SOURCE.X;
  if (op === ALU.NEG) {
    if (register || insn.src !== 0 || insn.offset !== 0 || insn.imm !== 0) reject("neg_reserved");
  } else {
    const bits = insn.imm === 16 || insn.imm === 32 || insn.imm === 64;
    if (insn.src !== 0 || insn.offset !== 0 || !bits || (wide && register)) reject("end_reserved");
  }
  readRegister(env, insn.dst);
  if (isSecret(env, insn.dst)) reject("pointer_unary", insn.dst);
  const w = env.words;
  const d = registerAt(insn.dst);
  if (w[d + TYPE] === TYPES.SCALAR) {
    checkWritable(env, insn.dst);
    scalarAlu(insn, w, d, w, d);
    // `le64` changes nothing on this little-endian machine; everything else breaks the link.
    if (op === ALU.NEG || wide || register || insn.imm !== 64) w[d + ID] = 0;
  } else writeUnknown(env, insn.dst);
}

function checkMove(env: Environment, insn: Instruction): void {
  const wide = (insn.code & CLASS_MASK) === CLASS.ALU64;
  const { offset } = insn;
  if ((insn.code & SOURCE_MASK) === SOURCE.K) {
    if (insn.src !== 0 || offset !== 0) reject("mov_reserved");
    checkWritable(env, insn.dst);
    markConstant(env.words, registerAt(insn.dst), insn.imm, wide ? insn.imm >> 31 : 0);
    return;
  }
  if (wide && offset === ADDR_SPACE_CAST) {
    if (insn.imm !== 1 && insn.imm !== 1 << 16) reject("cast_spaces");
    if (env.arena === undefined) reject("cast_arena");
    castArena(env, insn);
    return;
  }
  const extension = offset === 0 || offset === 8 || offset === 16 || (wide && offset === 32);
  if (!extension || insn.imm !== 0) reject("mov_reserved");
  readRegister(env, insn.src);
  checkWritable(env, insn.dst);
  const w = env.words;
  const d = registerAt(insn.dst);
  const s = registerAt(insn.src);
  const scalar = w[s + TYPE] === TYPES.SCALAR;

  if (wide && offset === 0) {
    linkBeforeCopy(env, w, s);
    copyRegister(w, d, w, s);
    return;
  }
  // Anything else makes a number of a pointer.
  if (!scalar) {
    if (!env.perfmon) reject(wide ? "partial_sign" : "partial_copy", insn.src);
    markUnknown(w, d);
    if (!wide) {
      zeroExtend32(w, d);
      syncBounds(w, d);
    }
    return;
  }
  if (offset === 0) {
    const narrow = widthOf(w, s) <= 32;
    if (narrow) linkBeforeCopy(env, w, s);
    copyRegister(w, d, w, s);
    if (!narrow) w[d + ID] = 0;
  } else {
    // Where the sign bit cannot be set, extending changes nothing.
    const unchanged = widthOf(w, s) < offset;
    if (unchanged) linkBeforeCopy(env, w, s);
    copyRegister(w, d, w, s);
    if (!unchanged) w[d + ID] = 0;
    if (wide) coerceToSizeSigned(w, d, offset >> 3);
    else coerceToSizeSigned32(w, d, offset >> 3);
  }
  if (!wide) {
    zeroExtend32(w, d);
    syncBounds(w, d);
  }
}

/** An address of the process becomes one of 32 bits that the program may follow; the other way round it is a number. */
function castArena(env: Environment, insn: Instruction): void {
  readRegister(env, insn.src);
  checkWritable(env, insn.dst);
  const d = registerAt(insn.dst);
  markUnknown(env.words, d);
  if (insn.imm === 1) env.words[d + TYPE] = TYPES.ARENA;
}

function checkBinary(env: Environment, insn: Instruction, op: number): void {
  const wide = (insn.code & CLASS_MASK) === CLASS.ALU64;
  const withRegister = (insn.code & SOURCE_MASK) === SOURCE.X;
  const divides = op === ALU.DIV || op === ALU.MOD;
  const badOffset = insn.offset !== 0 && !(insn.offset === 1 && divides);
  if (badOffset || (withRegister ? insn.imm !== 0 : insn.src !== 0)) reject("alu_reserved");
  if (withRegister) readRegister(env, insn.src);
  readRegister(env, insn.dst);
  if (!withRegister) {
    if (divides && insn.imm === 0) reject("div_by_zero");
    const shifts = op === ALU.LSH || op === ALU.RSH || op === ALU.ARSH;
    if (shifts && (insn.imm < 0 || insn.imm >= (wide ? 64 : 32))) reject("invalid_shift", insn.imm);
  }
  checkWritable(env, insn.dst);

  const w = env.words;
  const d = registerAt(insn.dst);
  // Anything may be done with such an address, and is one again: it is looked at when it is used.
  const other = withRegister && w[registerAt(insn.src) + TYPE] === TYPES.ARENA;
  if (other || w[d + TYPE] === TYPES.ARENA) {
    if (other) copyRegister(w, d, w, registerAt(insn.src));
    if (wide) env.narrowed.add(env.index);
    return;
  }
  const pointer = isPointer(w[d + TYPE]);
  if (!withRegister) {
    markConstant(CONSTANT, 0, insn.imm, insn.imm >> 31);
    if (pointer) {
      pointerAlu(env, insn, w, d, CONSTANT, 0);
      return;
    }
    combineNumbers(env, insn, w, d, CONSTANT, 0);
    return;
  }
  const s = registerAt(insn.src);
  if (isPointer(w[s + TYPE])) {
    if (pointer) {
      // The distance of two pointers is a number; nothing else can be made of two.
      if (op === ALU.SUB && env.perfmon) {
        markUnknown(w, d);
        return;
      }
      reject("pointer_pointer", insn.dst, OPERATOR_NAMES[op]);
      return;
    }
    markPrecise(env, insn.dst);
    pointerAlu(env, insn, w, s, w, d);
    return;
  }
  if (pointer) {
    markPrecise(env, insn.src);
    pointerAlu(env, insn, w, d, w, s);
    return;
  }
  if (w[d + PRECISE] !== 0) markPrecise(env, insn.src);
  maskNumbers(env, insn);
  combineNumbers(env, insn, w, d, w, s);
}

/** Two numbers; after `r1 = r2; r1 += k` (or `-=`, or in 32 bits) the link is kept with its distance. */
function combineNumbers(env: Environment, insn: Instruction, w: Words, d: number, v: Words, s: number): void {
  const op = insn.code & OP_MASK;
  const narrow = (insn.code & CLASS_MASK) === CLASS.ALU;
  if ((op === ALU.AND || op === ALU.OR) && isConstant(v, s, false)) forkScalar(env, insn.dst);
  // In 32 bits the distance holds only if nothing is cut off.
  const cut = narrow && widthOf(w, d) > 32;
  scalarAlu(insn, w, d, v, s);
  const id = w[d + ID];
  if ((op !== ALU.ADD && op !== ALU.SUB) || cut || id === 0 || !isConstant(v, s, narrow)) {
    w[d + ID] = 0;
    w[d + OFF] = 0;
    return;
  }
  const low = v[s + VALUE];
  // Distances that int32 does not hold, or a second one, cannot be expressed.
  const fits = (narrow || v[s + VALUE + 1] === low >> 31) && !(op === ALU.SUB && low === (0x8000_0000 | 0));
  if (id & ADD_CONST || !fits) {
    w[d + OFF] = 0;
    w[d + ID] = 0;
  } else {
    w[d + ID] = id | (narrow ? ADD_CONST32 : ADD_CONST64);
    w[d + OFF] = op === ALU.SUB ? -low : low;
  }
}
