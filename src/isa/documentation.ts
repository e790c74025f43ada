/** The instruction set as a page for people, from the rows. */
import { CLASS, CLASS_MASK, MODE, MODE_MASK } from "./constants.ts";
import type { OpcodeRow, Operand } from "./opcode-row.ts";
import { OPCODES } from "./opcodes.ts";

/** How the page writes operands: D is the destination register, S the source register. */
const WORDS: Readonly<Record<Operand, string>> = {
  rd: "rD",
  rs: "rS",
  wd: "wD",
  ws: "wS",
  imm: "imm",
  imm32: "imm",
  if64: "imm",
  if32: "imm",
  imm64: "imm64",
  disp: "+ off",
  index: "+ imm",
  near: "label",
  far: "label",
  helper: "helper",
  btfId: "id",
  btfFd: "fd",
  btfIndex: "index",
  map: "map",
  mapSymbol: "map",
  mapIdx: "index",
  value: "+off",
  toSpace: "to",
  fromSpace: "from",
};

/** Text forms of a row with words for the operands. */
export interface DocumentedForms {
  /** LLVM's first form: `rD += imm`. */
  readonly llvm: string;
  /** The first mnemonic form: `add %rD, imm`. */
  readonly mnemonic: string;
}

/**
 * A row's forms as documentation writes them.
 *
 * @example documentedForms(opcodeOf(insn)).mnemonic; // "ldxw %rD, [%rS+off]"
 */
export function documentedForms({ text, mnemonic }: OpcodeRow): DocumentedForms {
  const write = (form: string, words: Partial<Record<Operand, string>>) =>
    form.replaceAll(/\{(\w+)\}/g, (_, operand: Operand) => words[operand] ?? WORDS[operand]);
  return { llvm: write(text[0], {}), mnemonic: write(mnemonic[0], { rd: "%rD", rs: "%rS", disp: "+off" }) };
}

/** Sections of the page with the classes of their instructions. */
const SECTIONS: readonly { readonly title: string; readonly classes: readonly number[] }[] = [
  { title: "Arithmetic on 64 bits", classes: [CLASS.ALU64] },
  { title: "Arithmetic on 32 bits and byte order", classes: [CLASS.ALU] },
  { title: "64-bit constants and packet loads", classes: [CLASS.LD] },
  { title: "Loads", classes: [CLASS.LDX] },
  { title: "Stores and atomic operations", classes: [CLASS.ST, CLASS.STX] },
  { title: "Jumps and calls", classes: [CLASS.JMP] },
  { title: "Comparisons of 32 bits, far jump", classes: [CLASS.JMP32] },
];

const INTRODUCTION = `# The instruction set

Every instruction of RFC 9669 and of Linux 6.18. This page is made from the rows of \`src/isa\`, from which the decoder,
the assembler and the disassembler are made too; a test compares it with them.

D is the destination register, S the source register, \`off\` the signed 16-bit offset, \`imm\` the signed 32-bit
immediate. \`rD\` is a whole register, \`wD\` its lower half. "Fields" are those that tell an instruction from others of
its code; all fields that are no operand must be 0. "Since" is the version of the instruction set that first had it
(LLVM's \`-mcpu\`), "group" the RFC's conformance group; \`extension\` is what the RFC does not define.
`;

/** The page `docs/isa.md`: Markdown, one table a section, one line a row. */
export function isaPage(): string {
  const sections = SECTIONS.map(({ title, classes }) => {
    const rows = OPCODES.filter(({ code }) => classes.includes(code & CLASS_MASK));
    return `## ${title}\n\n${table(rows)}`;
  });
  return [INTRODUCTION, ...sections].join("\n");
}

function table(rows: readonly OpcodeRow[]): string {
  const lines = rows.map((row) => {
    const { llvm, mnemonic } = documentedForms(row);
    const hex = (value: number) => `0x${value.toString(16).padStart(2, "0")}`;
    // Atomic operations are flags, the others numbers of bits and kinds.
    const isAtomic = (row.code & (MODE_MASK | CLASS_MASK)) === (MODE.ATOMIC | CLASS.STX);
    const fields = Object.entries(row.fixed).map(([field, value]) => `${field} ${isAtomic ? hex(value) : value}`);
    const code = hex(row.code);
    const cells = [code, row.name, verbatim(llvm), verbatim(mnemonic), verbatim(row.doc), fields.join(", ")];
    return `| ${[...cells, row.group, `v${row.since}`].join(" | ")} |\n`;
  });
  return `| code | name | LLVM's form | mnemonic form | meaning | fields | group | since |\n${"|---".repeat(8)}|\n${lines.join("")}`;
}

/** Code in a table: a bar would end the cell. */
const verbatim = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;
