import { LD_IMM64_CODE } from "../isa/constants.ts";
import { decode } from "../isa/encode.ts";
import type { Instruction } from "../isa/instruction.ts";
import { OPCODES, slotsOf } from "../isa/opcodes.ts";
import { AsmError, type SourceLine } from "./diagnostics.ts";
import { readConstant } from "./expression.ts";
import { fieldsOfStatement, type Names, type Statement } from "./fields.ts";
import { compileGrammar, match } from "./grammar.ts";
import { reportMismatch } from "./mismatch.ts";
import { Reader } from "./reader.ts";
import { Report } from "./report.ts";
import { Labels, splitStatements } from "./statements.ts";
import { type Token, tokenize } from "./tokenize.ts";

/** What the assembler does not know by itself: the names of helpers and maps. */
export interface AsmResolver {
  /** A helper's id; takes names with and without `bpf_`. */
  helper(name: string): number | undefined;
  /** A map's index in the program's list of maps. */
  map(name: string): number | undefined;
  /** All names, for suggestions. */
  readonly helperNames?: readonly string[];
  readonly mapNames?: readonly string[];
}

/** A text as instructions. */
export interface Assembled {
  readonly insns: readonly Instruction[];
  /** By slot: where it was written. */
  readonly lines: readonly SourceLine[];
  /** By name: the slot that a label stands before. */
  readonly labels: ReadonlyMap<string, number>;
}

const LLVM = compileGrammar(OPCODES, (row) => row.text);

const NO_LABELS = { isLabel: () => false };

/**
 * Assembles text in LLVM's form: what `llvm-objdump -d`, inline assembly in C and Linux's verifier log use.
 *
 * Labels (`name:`, `1:` with `1f` and `1b`), comments (`//`, `#`, `;`, C's), `map[name]`, `call name`, constant
 * expressions. Throws `AsmError` with all errors of the text.
 *
 * @example
 * assemble("r0 = 1\nexit", { helper: () => undefined, map: () => undefined }).insns.length; // 2
 */
export function assemble(text: string, resolver: AsmResolver): Assembled {
  const tokenized = tokenize(text);
  const report = new Report(tokenized.lines);
  const pieces = splitStatements(tokenized, beginsInstruction);

  // Names of labels come first: they decide what `call name` means. Their slots follow from the statements' sizes.
  const labelNames = new Set(pieces.flatMap(({ labels }) => labels.map(({ text: name }) => name)));
  const surroundings = { isLabel: (name: string) => labelNames.has(name) };
  const labels = new Labels();
  const statements: (Statement | RawSlot)[] = [];
  let slot = 0;
  for (const piece of pieces) {
    for (const token of piece.labels) labels.define(token, slot, report);
    if (piece.tokens.length === 0) continue;
    const statement = readStatement(piece.tokens, slot, surroundings, report);
    if (statement === undefined) continue;
    statements.push(statement);
    slot += "raw" in statement ? 1 : slotsOf(statement.row);
  }
  if (tokenized.openComment) report.add(tokenized.openComment, tokenized.openComment, "this comment has no end `*/`");

  const names: Names = {
    helper: (name) => resolver.helper(name),
    map: (name) => resolver.map(name),
    label: (name) => labels.named.get(name),
    local: (number, ahead, from) => labels.local(number, ahead, from),
    helperNames: resolver.helperNames ?? [],
    mapNames: resolver.mapNames ?? [],
    labelNames: [...labels.named.keys()],
  };
  const insns: Instruction[] = [];
  const lines: SourceLine[] = [];
  for (const statement of statements) {
    insns.push(...("raw" in statement ? statement.raw : slots(statement, names, report)));
    const { line, column } = statement.tokens[0];
    while (lines.length < insns.length) lines.push({ line, column, text: tokenized.lines[line - 1] });
  }

  if (report.diagnostics.length > 0) throw new AsmError(sorted(report));
  return { insns, lines, labels: labels.named };
}

/** `.quad NUMBER`: one slot as it lies in memory, for what is no instruction. */
interface RawSlot {
  readonly tokens: readonly Token[];
  readonly raw: readonly Instruction[];
}

function readStatement(
  tokens: readonly Token[],
  slot: number,
  surroundings: { isLabel(name: string): boolean },
  report: Report,
): Statement | RawSlot | undefined {
  const reader = new Reader(tokens);
  if (reader.is(0, ".quad")) {
    const number = readConstant(reader, 1);
    if (number?.end === tokens.length) return { tokens, raw: decode(littleEndian(number.value)) };
    if (number) reader.expect(number.end, "the end of the line");
  } else {
    const matched = match(LLVM, reader, surroundings);
    if (matched) return { ...matched, tokens, slot };
  }
  reportMismatch(reader, report);
  return undefined;
}

function littleEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes;
}

/** Text after `;` is code when two tokens of it fit some instruction: `; call it` may be refused, `; the end` is not. */
function beginsInstruction(tokens: readonly Token[]): boolean {
  const reader = new Reader(tokens);
  return match(LLVM, reader, NO_LABELS) !== undefined || reader.furthest >= 2;
}

function slots(statement: Statement, names: Names, report: Report): Instruction[] {
  const { code } = statement.row;
  const { dst, src, offset, imm, next } = fieldsOfStatement(statement, names, report);
  const first = { code, dst, src, offset, imm };
  return code === LD_IMM64_CODE ? [first, { code: 0, dst: 0, src: 0, offset: 0, imm: next }] : [first];
}

/** In the order of the text: mismatches are found before names are looked up. */
function sorted({ diagnostics }: Report) {
  return diagnostics.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
