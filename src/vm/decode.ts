import {
  ADDR_SPACE_CAST,
  ALU,
  ATOMIC,
  accessBytes,
  CALL,
  CLASS,
  CLASS_MASK,
  JMP,
  LD_IMM64,
  LD_IMM64_CODE,
  MODE,
  MODE_MASK,
  OP_MASK,
  REG,
  SOURCE,
  SOURCE_MASK,
} from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { opcodeOf } from "../isa/opcodes.ts";
import { ProgramError } from "./errors.ts";
import type { AluOp, AtomicOp, Condition, Operand, Operation } from "./operation.ts";
import { SCRATCH_REGISTER } from "./types.ts";

/**
 * Interprets the fields of every slot once, for the interpreter, the JIT and the control-flow graph.
 * Throws `ProgramError` where a slot means nothing; jump targets are not checked here (see `checkShape`).
 *
 * @example
 * decode([{ code: 0xb7, dst: 0, src: 0, offset: 0, imm: 1 }]);
 * // [{ kind: "alu", op: "mov", wide: true, dst: 0, src: { constant: 1n } }]
 */
export function decode(insns: readonly Instruction[]): Operation[] {
  const operations: Operation[] = [];
  for (let at = 0; at < insns.length; at++) {
    const insn = insns[at]!;
    checkRegisters(insn, at);
    const operation = decodeOne(insns, at);
    operations.push(operation);
    if (insn.code === LD_IMM64_CODE) {
      operations.push({ kind: "second" });
      at++;
    }
  }
  return operations;
}

const ALU_OPS: Readonly<Record<number, AluOp>> = {
  [ALU.ADD]: "add",
  [ALU.SUB]: "sub",
  [ALU.MUL]: "mul",
  [ALU.DIV]: "div",
  [ALU.OR]: "or",
  [ALU.AND]: "and",
  [ALU.LSH]: "lsh",
  [ALU.RSH]: "rsh",
  [ALU.MOD]: "mod",
  [ALU.XOR]: "xor",
  [ALU.MOV]: "mov",
  [ALU.ARSH]: "arsh",
};

const CONDITIONS: Readonly<Record<number, Condition>> = {
  [JMP.JEQ]: "eq",
  [JMP.JGT]: "gt",
  [JMP.JGE]: "ge",
  [JMP.JSET]: "set",
  [JMP.JNE]: "ne",
  [JMP.JSGT]: "sgt",
  [JMP.JSGE]: "sge",
  [JMP.JLT]: "lt",
  [JMP.JLE]: "le",
  [JMP.JSLT]: "slt",
  [JMP.JSLE]: "sle",
};

const ATOMIC_OPS: Readonly<Record<number, AtomicOp>> = {
  [ATOMIC.ADD]: "add",
  [ATOMIC.OR]: "or",
  [ATOMIC.AND]: "and",
  [ATOMIC.XOR]: "xor",
  [ATOMIC.XCHG & ~ATOMIC.FETCH]: "xchg",
  [ATOMIC.CMPXCHG & ~ATOMIC.FETCH]: "cmpxchg",
};

function decodeOne(insns: readonly Instruction[], at: number): Operation {
  const insn = insns[at]!;
  switch (insn.code & CLASS_MASK) {
    case CLASS.ALU:
    case CLASS.ALU64:
      return decodeAlu(insn, at);
    case CLASS.JMP:
    case CLASS.JMP32:
      return decodeJump(insn, at);
    case CLASS.LD:
      return decodeWideImmediate(insns, at);
    default:
      return decodeMemory(insn, at);
  }
}

function decodeAlu(insn: Instruction, at: number): Operation {
  const { dst, src, offset, imm } = insn;
  const wide = (insn.code & CLASS_MASK) === CLASS.ALU64;
  const register = (insn.code & SOURCE_MASK) === SOURCE.X;
  const group = insn.code & OP_MASK;
  if (group === ALU.NEG && !register) return { kind: "neg", wide, dst };
  if (group === ALU.END) {
    // In class ALU the source bit is the byte order (0: little endian, nothing to swap); in ALU64 it is bswap.
    if ((imm === 16 || imm === 32 || imm === 64) && !(wide && register)) {
      return { kind: "end", bits: imm, swap: wide || register, dst };
    }
    throw badOpcode(insn, at);
  }
  const op = ALU_OPS[group];
  if (op === undefined) throw badOpcode(insn, at);
  if (op === "mov" && register && wide && offset === ADDR_SPACE_CAST) {
    // From the process's address to the program's, which is 32 bits wide.
    if (imm === 1) return { kind: "alu", op, wide: false, dst, src: { register: src } };
    if (imm === 1 << 16) return { kind: "cast", dst, src };
  }
  if (op === "mov" && register && offset !== 0) {
    if (offset !== 8 && offset !== 16 && !(offset === 32 && wide)) throw badOpcode(insn, at);
    return { kind: "extend", bits: offset, wide, dst, src };
  }
  if (offset === 0) return { kind: "alu", op, wide, dst, src: operand(insn) };
  if (offset !== 1 || (op !== "div" && op !== "mod")) throw badOpcode(insn, at);
  return { kind: "alu", op: op === "div" ? "sdiv" : "smod", wide, dst, src: operand(insn) };
}

function decodeJump(insn: Instruction, at: number): Operation {
  const wide = (insn.code & CLASS_MASK) === CLASS.JMP;
  const register = (insn.code & SOURCE_MASK) === SOURCE.X;
  const group = insn.code & OP_MASK;
  const condition = CONDITIONS[group];
  if (condition !== undefined) {
    return { kind: "branch", condition, wide, left: insn.dst, right: operand(insn), to: at + 1 + insn.offset };
  }
  if (group === JMP.JA && !register) return { kind: "jump", to: at + 1 + (wide ? insn.offset : insn.imm) };
  if (group === JMP.EXIT && wide && !register) return { kind: "exit" };
  if (group === JMP.CALL && wide && !register) {
    if (insn.src === CALL.HELPER) return { kind: "helper", id: insn.imm };
    if (insn.src === CALL.SUBPROG) return { kind: "call", to: at + 1 + insn.imm };
    if (insn.src === CALL.KFUNC) return { kind: "kfunc", id: insn.imm, module: insn.offset };
  }
  if (group === JMP.CALL && wide && register) return { kind: "indirect", register: insn.dst };
  throw badOpcode(insn, at);
}

function decodeWideImmediate(insns: readonly Instruction[], at: number): Operation {
  const insn = insns[at]!;
  const second = insns[at + 1];
  if (insn.code !== LD_IMM64_CODE) throw badOpcode(insn, at);
  if (second === undefined || second.code !== 0) {
    throw new ProgramError("bad-opcode", at, "ld_imm64 takes two slots; the second is missing");
  }
  const { dst, src, imm } = insn;
  switch (src) {
    case LD_IMM64.IMM:
      return { kind: "constant", dst, value: (BigInt(second.imm) << 32n) | BigInt(imm >>> 0) };
    case LD_IMM64.MAP_FD:
    case LD_IMM64.MAP_IDX:
      return { kind: "map", dst, map: imm, valueOffset: undefined };
    case LD_IMM64.MAP_VALUE:
    case LD_IMM64.MAP_IDX_VALUE:
      return { kind: "map", dst, map: imm, valueOffset: second.imm };
    case LD_IMM64.FUNC:
      return { kind: "function", dst, to: at + 1 + imm };
    case LD_IMM64.BTF_ID:
      return { kind: "symbol", dst, id: imm, module: second.imm };
    default:
      throw badOpcode(insn, at);
  }
}

function decodeMemory(insn: Instruction, at: number): Operation {
  const { code, dst, src, offset } = insn;
  const bytes = accessBytes(code);
  const mode = code & MODE_MASK;
  switch (code & CLASS_MASK) {
    case CLASS.LDX:
      if (mode === MODE.MEM) return { kind: "load", bytes, signed: false, dst, base: src, offset };
      if (mode === MODE.MEMSX && bytes !== 8) return { kind: "load", bytes, signed: true, dst, base: src, offset };
      break;
    case CLASS.ST:
      if (mode === MODE.MEM) return { kind: "store", bytes, base: dst, offset, src: { constant: BigInt(insn.imm) } };
      break;
    case CLASS.STX:
      if (mode === MODE.MEM) return { kind: "store", bytes, base: dst, offset, src: { register: src } };
      if (mode === MODE.ATOMIC) return decodeAtomic(insn, at);
      break;
  }
  throw badOpcode(insn, at);
}

function decodeAtomic(insn: Instruction, at: number): Operation {
  const { dst, src, offset, imm } = insn;
  const bytes = accessBytes(insn.code);
  // One thread runs every simulated CPU, so acquire and release order nothing: they are a load and a store.
  if (imm === ATOMIC.LOAD_ACQ) return { kind: "load", bytes, signed: false, dst, base: src, offset, acquire: true };
  if (imm === ATOMIC.STORE_REL) return { kind: "store", bytes, base: dst, offset, src: { register: src } };
  const op = ATOMIC_OPS[imm & ~ATOMIC.FETCH];
  const fetch = (imm & ATOMIC.FETCH) !== 0;
  const needsFetch = op === "xchg" || op === "cmpxchg";
  if (op === undefined || (bytes !== 4 && bytes !== 8) || (needsFetch && !fetch)) throw badOpcode(insn, at);
  return { kind: "atomic", op, fetch, bytes, base: dst, offset, src };
}

function operand(insn: Instruction): Operand {
  return (insn.code & SOURCE_MASK) === SOURCE.X ? { register: insn.src } : { constant: BigInt(insn.imm) };
}

/** r10 can be read, never written; r11 is only rewriting's own (Linux's BPF_REG_AX); r12..r15 do not exist. Some instructions use `src` as a number, not a register. */
function checkRegisters(insn: Instruction, at: number): void {
  const kind = insn.code & CLASS_MASK;
  if (insn.dst > SCRATCH_REGISTER || insn.src > SCRATCH_REGISTER) {
    throw new ProgramError("bad-register", at, `there is no register r${Math.max(insn.dst, insn.src)}`);
  }
  const writesDst = kind === CLASS.ALU || kind === CLASS.ALU64 || kind === CLASS.LDX || kind === CLASS.LD;
  const fetches =
    kind === CLASS.STX && (insn.code & MODE_MASK) === MODE.ATOMIC && (insn.imm & ATOMIC.FETCH) !== 0 ? insn.src : -1;
  const acquires = kind === CLASS.STX && (insn.code & MODE_MASK) === MODE.ATOMIC && insn.imm === ATOMIC.LOAD_ACQ;
  if (((writesDst || acquires) && insn.dst === REG.R10) || fetches === REG.R10) {
    throw new ProgramError("bad-register", at, "the frame pointer r10 is read-only");
  }
}

/** The error for what is no operation here: not an instruction at all, or one that the engines do not execute. */
function badOpcode(insn: Instruction, at: number): ProgramError {
  const row = opcodeOf(insn);
  if (row !== undefined) return new ProgramError("unsupported", at, `${row.name} cannot be executed here: ${row.doc}`);
  const { code, src, offset, imm } = insn;
  const text = `0x${code.toString(16).padStart(2, "0")} with src ${src}, offset ${offset}, imm ${imm}`;
  return new ProgramError("bad-opcode", at, `no instruction has code ${text}`);
}
