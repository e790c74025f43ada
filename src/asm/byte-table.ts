import { requireInstructions } from "../isa/argument.ts";
import {
  ALU,
  CLASS,
  CLASS_MASK,
  JMP,
  MODE,
  MODE_MASK,
  OP_MASK,
  SIZE,
  SIZE_MASK,
  SOURCE,
  SOURCE_MASK,
} from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { slotsOf } from "../isa/opcodes.ts";
import { checkReserved, type InstructionFault } from "../isa/reserved.ts";
import { type DisassembleOptions, instructionTexts } from "./disassemble.ts";
import { hexBytes } from "./xlated.ts";

/** One slot with each field of its eight bytes named. */
export interface SlotFields {
  readonly index: number;
  /** Eight bytes in the order of memory: `b7 00 00 00 01 00 00 00`. */
  readonly bytes: string;
  /** The opcode byte, and the three parts of it. In a second slot it is 0, and no opcode. */
  readonly code: number;
  /** `ALU64`, `LDX`. */
  readonly class: string;
  /** Operation or addressing mode: `MOV`, `MEM`. A number in hexadecimal where that has no meaning. */
  readonly operation: string;
  /** Where the operand comes from (`K`, the immediate; `X`, a register), or the access size (`DW`). */
  readonly source: string;
  readonly dst: number;
  readonly src: number;
  readonly offset: number;
  readonly imm: number;
  /** The instruction in assembler text; what is wrong, where the slot is none; empty in a second slot. */
  readonly text: string;
  readonly fault: InstructionFault | undefined;
}

const nameIn = (names: Readonly<Record<string, number>>, value: number): string =>
  Object.keys(names).find((name) => names[name] === value) ?? `0x${value.toString(16)}`;

/**
 * The bytes of a program as a table: what each bit field of each slot holds.
 *
 * @example
 * byteTable(decode(fromHex("b700000001000000")))[0].operation; // "MOV"
 */
export function byteTable(insns: readonly Instruction[], options: DisassembleOptions = {}): SlotFields[] {
  requireInstructions("insns", insns);
  const texts = instructionTexts(insns, options);
  const rows: SlotFields[] = [];
  for (let slot = 0; slot < insns.length; slot++) {
    const insn = insns[slot];
    const fault = checkReserved(insn, insns[slot + 1]);
    rows.push(fieldsOf(insn, slot, fault ? faultText(fault) : (texts.get(slot) ?? ""), fault));
    if (fault === undefined && slotsOf(insn) === 2) {
      slot += 1;
      rows.push({ ...fieldsOf(insns[slot], slot, "", undefined), class: "", operation: "", source: "" });
    }
  }
  return rows;
}

function fieldsOf(insn: Instruction, index: number, text: string, fault: InstructionFault | undefined): SlotFields {
  const { code } = insn;
  return { index, bytes: hexBytes([insn]), ...insn, ...partsOf(code), text, fault };
}

function partsOf(code: number): Pick<SlotFields, "class" | "operation" | "source"> {
  const kind = code & CLASS_MASK;
  const parts = (operation: string, source: string) => ({ class: nameIn(CLASS, kind), operation, source });
  const source = nameIn(SOURCE, code & SOURCE_MASK);
  switch (kind) {
    case CLASS.ALU:
    case CLASS.ALU64:
      return parts(nameIn(ALU, code & OP_MASK), source);
    case CLASS.JMP:
    case CLASS.JMP32:
      return parts(nameIn(JMP, code & OP_MASK), source);
    default:
      return parts(nameIn(MODE, code & MODE_MASK), nameIn(SIZE, code & SIZE_MASK));
  }
}

/** Why a slot is no instruction, in words. */
export function faultText(fault: InstructionFault): string {
  switch (fault.kind) {
    case "opcode":
      return `no instruction has the code 0x${fault.code.toString(16).padStart(2, "0")}`;
    case "second_slot":
      return "ld_imm64 needs a second slot that holds only a number";
    case "reserved":
      return `${fault.field} is ${fault.value}, but must be ${fault.allowed.join(" or ")}`;
    case "register":
      return `there is no register ${fault.value} (${fault.field})`;
  }
}

const HEADS = ["slot", "bytes", "class", "op/mode", "src/size", "dst", "src", "offset", "imm", "instruction"] as const;

/** The cells of the table's lines, heads first; all text, numbers in decimal. */
export function byteTableCells(rows: readonly SlotFields[]): readonly (readonly string[])[] {
  const cells = rows.map((row) =>
    [row.index, row.bytes, row.class, row.operation, row.source, row.dst, row.src, row.offset, row.imm, row.text].map(
      String,
    ),
  );
  return [HEADS, ...cells];
}

/** The table as text: columns aligned by blanks, one line a slot. */
export function byteTableText(rows: readonly SlotFields[]): string {
  const lines = byteTableCells(rows);
  const widths = HEADS.map((_, column) => lines.reduce((most, cells) => Math.max(most, cells[column].length), 0));
  return lines
    .map(
      (cells) =>
        `${cells
          .map((cell, column) => align(cell, column, widths[column]))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** Columns of numbers stand to the right. */
const align = (cell: string, column: number, width: number): string =>
  column === 0 || (column >= 5 && column <= 8) ? cell.padStart(width) : cell.padEnd(width);
