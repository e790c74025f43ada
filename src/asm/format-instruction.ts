import {
  ALU,
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
  SIZE,
  SIZE_MASK,
  SOURCE,
} from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { OPCODE_TABLE, opcodeOf } from "../isa/opcodes.ts";
import { imm64, type Placed, type Spelling, signed, spell } from "./spelling.ts";

/** What a listing in Linux's form calls things. Whatever is left out is shown as Linux shows the unknown. */
export interface LogNames {
  /** A helper's name, with or without `bpf_`. */
  readonly helperName?: (id: number) => string | undefined;
  /** A kfunc's name by BTF id and BTF index. */
  readonly kfuncName?: (btfId: number, btfIndex: number) => string | undefined;
  /**
   * The address that Linux put in place of a map (or of an `offset` in its value). Without it the two raw halves are
   * shown, as before Linux has looked the map up.
   */
  readonly mapAddress?: (index: number, offset: number | undefined) => bigint | undefined;
}

const NOSPEC = 0xc2;
const MAY_GOTO = CLASS.JMP | JMP.JCOND;
const MOV64 = CLASS.ALU64 | ALU.MOV | SOURCE.X;

/** A move that Linux writes itself: an address for one CPU becomes that of the current one. */
export const isPercpuMove = ({ code, offset }: Instruction): boolean => code === MOV64 && offset === -1;

const CLASS_NAMES = ["ld", "ldx", "st", "stx", "alu", "jmp", "jmp32", "alu64"] as const;

/**
 * One instruction as Linux's verifier log prints it, without the index in front: opcode byte in parentheses, jumps
 * relative to `pc`, comparisons with hexadecimal constants, 64-bit names of registers but for 32-bit arithmetic.
 *
 * @example
 * formatInstruction(insns, 3, { helperName: () => "map_lookup_elem" }); // "(85) call bpf_map_lookup_elem#1"
 */
export function formatInstruction(insns: readonly Instruction[], index: number, names: LogNames = {}): string {
  const insn = insns[index];
  const next = insn.code === LD_IMM64_CODE ? insns[index + 1] : undefined;
  const row = insn.code === MAY_GOTO && insn.src !== 0 ? undefined : opcodeOf(insn);
  const template = row ? (row.log ?? row.text[0]) : unusual(insn);
  const code = insn.code.toString(16).padStart(2, "0");
  const text = spell(template, { insn, next, index }, logSpelling(names));
  return text.startsWith("BUG") ? text : `(${code}) ${text}`;
}

/** What Linux prints for an instruction that it is about to refuse. */
function unusual(insn: Instruction): string {
  const { code, imm } = insn;
  const hex = code.toString(16).padStart(2, "0");
  const kind = code & CLASS_MASK;
  const mode = code & MODE_MASK;
  switch (kind) {
    case CLASS.LD:
      return `BUG_ld_${hex}`;
    case CLASS.LDX:
      return `BUG_ldx_${hex}`;
    case CLASS.ST:
      // Linux's own barrier against speculation, which only dumps of rewritten programs hold.
      return code === NOSPEC ? "nospec" : `BUG_st_${hex}`;
    case CLASS.STX:
      return mode === MODE.ATOMIC ? (narrowAtomic(code, imm) ?? `BUG_${hex}`) : `BUG_stx_${hex}`;
    case CLASS.ALU:
    case CLASS.ALU64: {
      if (isPercpuMove(insn)) return "{rd} = &(void __percpu *)({rs})";
      const row = OPCODE_TABLE[code][0];
      if (row === undefined) return CLASS_NAMES[kind];
      // Byte order with an odd number of bits is printed with that number.
      return (code & OP_MASK) === ALU.END ? row.text[0].replace("16", String(imm)) : row.text[0];
    }
    default:
      // With a source register it would be another jump, for which Linux has no word.
      if (code === MAY_GOTO) return "if {rd} (null) {if64} goto {near}";
      return OPCODE_TABLE[code][0]?.text[0] ?? CLASS_NAMES[kind];
  }
}

/** Arithmetic on 8 or 16 bits is printed like that on 32. */
function narrowAtomic(code: number, imm: number): string | undefined {
  const word = OPCODE_TABLE[(code & ~SIZE_MASK) | SIZE.W].find(({ fixed }) => fixed.imm === imm);
  return (word?.log ?? word?.text[0])?.replace("u32", `u${8 * accessBytes(code)}`);
}

function logSpelling(names: LogNames): Spelling {
  return (operand, placed) => {
    const { insn } = placed;
    switch (operand) {
      case "rd":
        return `r${insn.dst}`;
      case "rs":
        return `r${insn.src}`;
      case "wd":
        return `w${insn.dst}`;
      case "ws":
        return `w${insn.src}`;
      case "imm":
      case "imm32":
      case "btfId":
      case "map":
      case "mapIdx":
      case "mapSymbol":
        return String(insn.imm);
      case "if64":
      case "if32":
        return `0x${(insn.imm >>> 0).toString(16)}`;
      case "imm64":
        return `0x${wide(placed, names).toString(16)}`;
      case "disp":
        return signed(insn.offset);
      case "index":
        return `+ ${insn.imm}`;
      case "near":
        return `pc${signed(insn.offset)}`;
      case "far":
        return `pc${signed(insn.imm)}`;
      case "helper":
        return `${calledName(insn, names)}#${insn.imm}`;
      case "btfFd":
      case "value":
        return String(placed.next?.imm ?? 0);
      case "btfIndex":
        return String(insn.offset);
      case "toSpace":
        return String(insn.imm >>> 16);
      case "fromSpace":
        return String(insn.imm & 0xffff);
    }
  };
}

function wide(placed: Placed, { mapAddress }: LogNames): bigint {
  const { insn, next } = placed;
  const isMap = insn.src === LD_IMM64.MAP_FD || insn.src === LD_IMM64.MAP_IDX;
  const isValue = insn.src === LD_IMM64.MAP_VALUE || insn.src === LD_IMM64.MAP_IDX_VALUE;
  const address = isMap || isValue ? mapAddress?.(insn.imm, isValue ? (next?.imm ?? 0) : undefined) : undefined;
  return address ?? imm64(placed);
}

function calledName({ src, imm, offset }: Instruction, { helperName, kfuncName }: LogNames): string {
  if (src === CALL.KFUNC) return kfuncName?.(imm, offset) ?? "kernel-function";
  // Linux's own name of id 0, which is no helper.
  if (src === CALL.HELPER && imm === 0) return "bpf_unspec";
  const name = src === CALL.HELPER ? helperName?.(imm) : undefined;
  if (name === undefined) return "unknown";
  return name.startsWith("bpf_") ? name : `bpf_${name}`;
}
