import { requireInstructions } from "../isa/argument.ts";
import { encode, SLOT_BYTES } from "../isa/encode.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { Field, OpcodeRow } from "../isa/opcode-row.ts";
import { fieldsOf, opcodeOf, operandsOf, slotsOf } from "../isa/opcodes.ts";
import { checkReserved } from "../isa/reserved.ts";
import type { TextForm } from "./forms.ts";
import { imm64, type Placed, type Spelling, signed, spell } from "./spelling.ts";

export { formatInstruction, type LogNames } from "./format-instruction.ts";

/** The form of a disassembly, and what it calls things; numbers stand for what has no name. */
export interface DisassembleOptions {
  /** Default: LLVM's. */
  readonly form?: TextForm;
  readonly helperName?: (id: number) => string | undefined;
  readonly mapName?: (index: number) => string | undefined;
  /** A comment behind the instruction at a slot. */
  readonly note?: (slot: number) => string | undefined;
}

/** A note as a comment that both forms of text have. */
export const noteText = (note: string | undefined): string => (note === undefined ? "" : `  // ${note}`);

/**
 * Instructions as assembler text, one a line, with labels where jumps and calls go. Assembling the text
 * gives the same instructions (with a resolver that knows the names), whatever they are: slots that are no valid
 * instruction become `.quad`.
 *
 * @example
 * disassemble(decode(fromHex("b7000000010000009500000000000000"))); // "    r0 = 1\n    exit\n"
 */
export function disassemble(insns: readonly Instruction[], options: DisassembleOptions = {}): string {
  requireInstructions("insns", insns);
  const placed = place(insns);
  const labels = labelTargets(placed);
  const lines = textsOf(placed, labels, options).map(({ index, text }) => {
    const label = labels.get(index);
    return `${label === undefined ? "" : `${label}:\n`}    ${text}${noteText(options.note?.(index))}\n`;
  });
  return lines.join("");
}

/**
 * The same by slot, without labels: where a jump goes is told by how far that is (`goto +2`).
 *
 * @example
 * instructionTexts(decode(fromHex("b700000001000000"))).get(0); // "r0 = 1"
 */
export function instructionTexts(insns: readonly Instruction[], options: DisassembleOptions = {}): Map<number, string> {
  requireInstructions("insns", insns);
  return new Map(textsOf(place(insns), new Map(), options).map(({ index, text }) => [index, text]));
}

function textsOf(placed: readonly PlacedRow[], labels: ReadonlyMap<number, string>, options: DisassembleOptions) {
  const spelling = spellingOf(options, labels);
  const forms = ({ text, mnemonic }: OpcodeRow) => (options.form === "mnemonic" ? mnemonic : text);
  return placed.map((item) => ({
    index: item.index,
    text: item.row ? spell(fitting(forms(item.row), item), item, spelling) : raw(item.insn),
  }));
}

/** An instruction where it stands, with its row. */
export interface PlacedRow extends Placed {
  /** Undefined where the slot is no valid instruction. */
  readonly row?: OpcodeRow;
}

/** Instructions with their second slots, in order. */
export function place(insns: readonly Instruction[]): PlacedRow[] {
  const placed: PlacedRow[] = [];
  for (let index = 0; index < insns.length; ) {
    const insn = insns[index];
    const next = slotsOf(insn) === 2 ? insns[index + 1] : undefined;
    const row = checkReserved(insn, next) === undefined ? opcodeOf(insn) : undefined;
    placed.push({ insn, next: row && next, index, row });
    index += row && next ? 2 : 1;
  }
  return placed;
}

/** Slots that jumps and calls go to, with the names they get; none in the middle of `ld_imm64` or outside. */
export function labelTargets(placed: readonly PlacedRow[]): Map<number, string> {
  const starts = new Set(placed.map(({ index }) => index));
  const found = new Map<number, string>();
  for (const item of placed) {
    for (const operand of item.row ? operandsOf(item.row.text[0]) : []) {
      if (operand !== "near" && operand !== "far") continue;
      const target = item.index + 1 + (operand === "near" ? item.insn.offset : item.insn.imm);
      if (!starts.has(target)) continue;
      const isFunction = item.row?.name === "call_subprog" || item.row?.name === "ld_func";
      if (isFunction) found.set(target, `func_${target}`);
      else if (!found.has(target)) found.set(target, `L${target}`);
    }
  }
  // In the order of the program, as a reader meets them.
  return new Map([...found].sort(([a], [b]) => a - b));
}

/** The first form that can say all that the fields hold. */
function fitting(forms: OpcodeRow["text"], { insn, next }: Placed): string {
  const value = (field: Field) => (field === "next" ? (next?.imm ?? 0) : insn[field]);
  const all = new Set(forms.flatMap((text) => [...fieldsOf(text)]));
  const fits = (text: string) => {
    const fields = fieldsOf(text);
    return [...all].every((field) => fields.has(field) || value(field) === 0);
  };
  return forms.find(fits) ?? forms[0];
}

function raw(insn: Instruction): string {
  const bits = new DataView(encode([insn]).buffer).getBigUint64(0, true);
  return `.quad 0x${bits.toString(16).padStart(2 * SLOT_BYTES, "0")}`;
}

function spellingOf(
  { form = "llvm", helperName, mapName }: DisassembleOptions,
  labels: ReadonlyMap<number, string>,
): Spelling {
  const mnemonic = form === "mnemonic";
  const register = mnemonic ? "%r" : "r";
  // LLVM's form has blanks around the sign, and a sign where nothing is added.
  const displacement = (value: number) => {
    if (mnemonic) return value === 0 ? "" : signed(value);
    return value < 0 ? `- ${-value}` : `+ ${value}`;
  };
  const target = (index: number, distance: number) => labels.get(index + 1 + distance);
  return (operand, placed) => {
    const { insn, next, index } = placed;
    switch (operand) {
      case "rd":
        return `${register}${insn.dst}`;
      case "rs":
        return `${register}${insn.src}`;
      case "wd":
        return `w${insn.dst}`;
      case "ws":
        return `w${insn.src}`;
      case "imm":
      case "imm32":
      case "if64":
      case "if32":
      case "btfId":
      case "mapIdx":
      case "mapSymbol":
        return String(insn.imm);
      case "imm64":
        return `0x${imm64(placed).toString(16)}`;
      case "disp":
        return displacement(insn.offset);
      case "index":
        return displacement(insn.imm);
      case "near":
        return target(index, insn.offset) ?? signed(insn.offset);
      case "far":
        // After `call`, a bare number would be a helper's.
        return target(index, insn.imm) ?? (mnemonic ? signed(insn.imm) : `pc${signed(insn.imm)}`);
      case "helper":
        return helperName?.(insn.imm) ?? String(insn.imm >>> 0);
      case "map":
        return mapName?.(insn.imm) ?? String(insn.imm);
      case "value":
        return next && next.imm !== 0 ? signed(next.imm) : "";
      case "btfFd":
        return String(next?.imm ?? 0);
      case "btfIndex":
        return String(insn.offset);
      case "toSpace":
        return String(insn.imm >>> 16);
      case "fromSpace":
        return String(insn.imm & 0xffff);
    }
  };
}
