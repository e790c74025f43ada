/** Loads, stores, atomic operations and constants. */
import { ATOMIC, accessBytes, CLASS, LD_IMM64, MODE, MODE_MASK, REG, SIZE, SIZE_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { dropContradiction } from "./contradiction.ts";
import { type Environment, registerAt } from "./environment.ts";
import { functionType } from "./functions.ts";
import { loadSymbol } from "./kernel-symbols.ts";
import { refuseLeak } from "./leaks.ts";
import { checkAccess, checkUnmodified } from "./memory.ts";
import { checkNothingHeld } from "./references.ts";
import { checkWritable, readRegister } from "./register-use.ts";
import {
  AUX,
  BASE_TYPE,
  markConstant,
  markNotInit,
  markPointer,
  markUnknown,
  OFF,
  RDONLY,
  TYPE,
  TYPES,
  typeName,
  UNTRUSTED,
} from "./registers.ts";
import { reject } from "./rejection.ts";
import { STORE_CONSTANT } from "./stack.ts";
import { subprogramOf } from "./structure.ts";

/** Accesses through these are rewritten for one kind of pointer, so an instruction may only ever see that one. */
function isRewritten(type: number): boolean {
  const base = type & BASE_TYPE;
  return base === TYPES.CTX || isSocket(base) || base === TYPES.BTF_ID || base === TYPES.ARENA;
}

const isStruct = (type: number): boolean => (type & BASE_TYPE) === TYPES.BTF_ID;

/** Loads through these can all be done with care, if one of them needs it. */
const isProbed = (type: number): boolean => isStruct(type) || (type & BASE_TYPE) === TYPES.MEM;

const isSocket = (type: number): boolean =>
  type === TYPES.SOCK_COMMON || type === TYPES.SOCKET || type === TYPES.TCP_SOCK || type === TYPES.XDP_SOCK;

/** Notes what the base register points to; the same instruction cannot serve the context and other memory. */
function notePointer(env: Environment, type: number, loads = false): void {
  const seen = env.pointerTypes[env.index];
  if (seen === TYPES.NOT_INIT) env.pointerTypes[env.index] = type;
  else if (seen !== type) {
    if (loads && isProbed(seen) && isProbed(type)) {
      const both = isStruct(seen) && isStruct(type);
      // No plain memory if one of them is a structure: whoever runs the program must look.
      const mixed = !both && (isStruct(seen) || isStruct(type)) ? UNTRUSTED : 0;
      env.pointerTypes[env.index] = (both ? TYPES.BTF_ID : TYPES.MEM) | mixed | ((seen | type) & (UNTRUSTED | RDONLY));
      return;
    }
    if (isRewritten(seen) || isRewritten(type)) reject("same_insn");
    // Several kinds of plain memory: nothing more is promised about it.
    env.pointerTypes[env.index] = TYPES.SCALAR;
  }
}

const base = (env: Environment, register: number): number => env.words[registerAt(register) + TYPE];

export function checkLoad(env: Environment, insn: Instruction, aligned = false): void {
  const mode = insn.code & MODE_MASK;
  readRegister(env, insn.src);
  checkWritable(env, insn.dst);
  const type = base(env, insn.src);
  checkAccess(env, {
    base: insn.src,
    offset: insn.offset,
    size: accessBytes(insn.code),
    way: "read",
    value: insn.dst,
    signed: mode === MODE.MEMSX,
    aligned,
  });
  notePointer(env, type, true);
  dropContradiction(env.log, env.words, registerAt(insn.dst), "ldx");
}

export function checkStore(env: Environment, insn: Instruction): void {
  const constant = (insn.code & 7) === CLASS.ST;
  const mode = insn.code & MODE_MASK;
  if (constant) {
    if (mode !== MODE.MEM || insn.src !== 0) reject("st_reserved");
  } else {
    if (mode === MODE.ATOMIC) {
      checkAtomic(env, insn);
      return;
    }
    if (mode !== MODE.MEM || insn.imm !== 0) reject("stx_reserved");
  }
  store(env, insn, constant, false);
}

function store(env: Environment, insn: Instruction, constant: boolean, aligned: boolean): void {
  if (!constant) readRegister(env, insn.src);
  readRegister(env, insn.dst);
  const type = base(env, insn.dst);
  checkAccess(env, {
    base: insn.dst,
    offset: insn.offset,
    size: accessBytes(insn.code),
    way: "write",
    value: constant ? STORE_CONSTANT : insn.src,
    signed: false,
    aligned,
  });
  notePointer(env, type);
}

const ATOMIC_OPERATIONS: ReadonlySet<number> = new Set([
  ...[ATOMIC.ADD, ATOMIC.AND, ATOMIC.OR, ATOMIC.XOR].flatMap((op) => [op, op | ATOMIC.FETCH]),
  ATOMIC.XCHG,
  ATOMIC.CMPXCHG,
]);

/** Memory on which atomic operations work. */
const isAtomicTarget = (type: number): boolean =>
  type !== TYPES.CTX &&
  type !== TYPES.PACKET &&
  type !== TYPES.PACKET_META &&
  type !== TYPES.FLOW_KEYS &&
  !isSocket(type);

/** Operations on an arena that Linux's JIT for x86 cannot do, as it would have to try again. */
const NOT_IN_ARENAS: ReadonlySet<number> = new Set([ATOMIC.AND, ATOMIC.OR, ATOMIC.XOR].map((op) => op | ATOMIC.FETCH));

/** A load that no later access may overtake, a store that overtakes none before it: of any size, always aligned. */
function checkOrdered(env: Environment, insn: Instruction): void {
  const loads = insn.imm === ATOMIC.LOAD_ACQ;
  if (loads) checkLoad(env, insn, true);
  else store(env, insn, false, true);
  // Linux looks at the register after the load, which may have replaced the pointer.
  const register = loads ? insn.src : insn.dst;
  const type = base(env, register);
  if (!isAtomicTarget(type)) reject(loads ? "atomic_source" : "atomic_target", register, typeName(type));
}

function checkAtomic(env: Environment, insn: Instruction): void {
  if (insn.imm === ATOMIC.LOAD_ACQ || insn.imm === ATOMIC.STORE_REL) {
    checkOrdered(env, insn);
    return;
  }
  if (!ATOMIC_OPERATIONS.has(insn.imm)) reject("atomic_opcode", insn.imm);
  const width = insn.code & SIZE_MASK;
  if (width !== SIZE.W && width !== SIZE.DW) reject("atomic_size");
  readRegister(env, insn.src);
  readRegister(env, insn.dst);
  if (insn.imm === ATOMIC.CMPXCHG) {
    readRegister(env, REG.R0);
    refuseLeak(env, REG.R0, "mem");
  }
  refuseLeak(env, insn.src, "mem");
  const type = base(env, insn.dst);
  if (!isAtomicTarget(type) || (type === TYPES.ARENA && NOT_IN_ARENAS.has(insn.imm)))
    reject("atomic_target", insn.dst, typeName(type));
  const fetched = insn.imm === ATOMIC.CMPXCHG ? REG.R0 : insn.imm & ATOMIC.FETCH ? insn.src : -1;
  const size = accessBytes(insn.code);
  const common = { base: insn.dst, offset: insn.offset, size, signed: false, aligned: true } as const;
  if (fetched >= 0) {
    checkWritable(env, fetched);
    markUnknown(env.words, registerAt(fetched));
  }
  checkAccess(env, { ...common, way: "read", value: -1 });
  if (fetched >= 0) checkAccess(env, { ...common, way: "read", value: fetched });
  checkAccess(env, { ...common, way: "write", value: -1 });
  notePointer(env, type);
}

/** `ld_imm64`, and the packet loads of classic BPF. */
export function checkLoadConstant(env: Environment, insn: Instruction): void {
  const mode = insn.code & MODE_MASK;
  if (mode === MODE.ABS || mode === MODE.IND) {
    checkPacketLoad(env, insn, mode === MODE.IND);
    return;
  }
  if (mode !== MODE.IMM) reject("ld_mode");
  if ((insn.code & SIZE_MASK) !== SIZE.DW) reject("ld_imm_size");
  if (insn.offset !== 0) reject("ld_imm64_reserved");
  checkWritable(env, insn.dst);
  const w = env.words;
  const r = registerAt(insn.dst);
  const upper = env.insns[env.index + 1].imm;
  switch (insn.src) {
    case LD_IMM64.IMM:
      markConstant(w, r, insn.imm, upper);
      return;
    case LD_IMM64.FUNC: {
      const subprogram = subprogramOf(env, env.index + 1 + insn.imm);
      const type = functionType(env, subprogram);
      if (type === undefined) reject("missing_func_info");
      else if (type.linkage !== "static") reject("callback_not_static");
      markPointer(w, r, TYPES.FUNC);
      w[r + AUX] = subprogram;
      return;
    }
    case LD_IMM64.BTF_ID:
      loadSymbol(env, insn);
      return;
    case LD_IMM64.MAP_FD:
      markPointer(w, r, TYPES.MAP_PTR);
      break;
    default:
      if (env.maps[insn.imm].type === "arena") {
        // The process's address of a byte: a number until it is cast.
        markUnknown(w, r);
        return;
      }
      markPointer(w, r, TYPES.MAP_VALUE);
      w[r + OFF] = upper;
  }
  w[r + AUX] = insn.imm;
}

const SKB_TYPES: ReadonlySet<string> = new Set(["socket_filter", "sched_cls", "sched_act"]);

function checkPacketLoad(env: Environment, insn: Instruction, indirect: boolean): void {
  if (!SKB_TYPES.has(env.type)) reject("ld_abs_type");
  const wide = (insn.code & SIZE_MASK) === SIZE.DW;
  if (insn.dst !== 0 || insn.offset !== 0 || wide || (!indirect && insn.src !== 0)) reject("ld_abs_reserved");
  readRegister(env, REG.R6);
  // Where there is no such byte, the program ends here.
  checkNothingHeld(env, "BPF_LD_[ABS|IND]", "program");
  const w = env.words;
  const context = registerAt(REG.R6);
  if (w[context + TYPE] !== TYPES.CTX) reject("ld_abs_context");
  if (indirect) readRegister(env, insn.src);
  checkUnmodified(w, context, REG.R6);
  for (let register = REG.R0; register <= REG.R5; register++) {
    env.touchRegister(register);
    markNotInit(w, registerAt(register));
  }
  markUnknown(w, registerAt(REG.R0));
}
