import { LD_IMM64_CODE } from "../isa/constants.ts";
import { decode } from "../isa/encode.ts";
import type { Instruction } from "../isa/instruction.ts";
import { slotsOf } from "../isa/opcodes.ts";
import { AsmError, type SourceLine } from "./diagnostics.ts";
import { type DeclaredMap, isDirective, readDirectives } from "./directives.ts";
import { readConstant } from "./expression.ts";
import { fieldsOfStatement, type Names, type Statement } from "./fields.ts";
import { FORM_NAMES, formOf, GRAMMARS, type TextForm } from "./forms.ts";
import { match } from "./grammar.ts";
import { reportMismatch } from "./mismatch.ts";
import type { Surroundings } from "./operand-reader.ts";
import { type ListingGap, pastedListing } from "./pasted-listing.ts";
import { Reader } from "./reader.ts";
import { Report } from "./report.ts";
import { Labels, splitStatements } from "./statements.ts";
import { suggest } from "./suggest.ts";
import { type Token, tokenize } from "./tokenize.ts";

/** What the assembler does not know by itself: the names of helpers and maps. */
export interface AsmResolver {
  /** A helper's id; takes names with and without `bpf_`. */
  helper(name: string): number | undefined;
  /** A map's index in the program's list of maps; `declared` is what the text says of it, if it declares one. */
  map(name: string, declared?: DeclaredMap): number | undefined;
  /** All names, for suggestions. */
  readonly helperNames?: readonly string[];
  readonly mapNames?: readonly string[];
  /** Types that `.map` may name; any, where they are not given. */
  readonly mapTypes?: readonly string[];
}

/** A text as instructions. */
export interface Assembled {
  readonly insns: readonly Instruction[];
  /** By slot: where it was written. */
  readonly lines: readonly SourceLine[];
  /** By name: the slot that a label stands before. */
  readonly labels: ReadonlyMap<string, number>;
  /** By name: the maps that the text declares, in its order. */
  readonly declaredMaps: ReadonlyMap<string, DeclaredMap>;
  /** The form that the text is written in; undefined where every line of it is the same in both. */
  readonly form: TextForm | undefined;
}

/**
 * Assembles text in LLVM's form (`r0 += 1`) or the mnemonic one (`add %r0, 1`): a text is in the form in which its first
 * line is that both do not share, and a line of the other form is an error.
 *
 * Labels (`name:`, `1:` with `1f` and `1b`), comments (`//`, `#`, `;`, C's), constants (`.equ NAME, 5`, `NAME = 5`),
 * maps (`.map counts, array, key 4, value 8, entries 16`), `map[name]`, `call name`, constant expressions. Throws
 * `AsmError` with all errors of the text; lines and columns count from the start of `text`. Listings of llvm-objdump, bpftool
 * and the verifier's log are taken too (`pasted-listing.ts`).
 *
 * @example
 * assemble("r0 = 1\nexit", { helper: () => undefined, map: () => undefined }).insns.length; // 2
 */
export function assemble(text: string, resolver: AsmResolver): Assembled {
  const pasted = pastedListing(text);
  // Errors and the debugger show the lines as they were written.
  const tokenized = { ...tokenize(pasted.text), lines: text.split("\n").map((line) => line.replace(/\r$/, "")) };
  const report = new Report(tokenized.lines);
  if (pasted.gap) reportGap(pasted.gap, report);
  const { constants, maps, rest } = readDirectives(splitStatements(tokenized, isCode), report, resolver.mapTypes);

  // Names of labels come first: they decide what `call name` means. Their slots follow from the statements' sizes.
  const labelNames = new Set(rest.flatMap(({ labels }) => labels.map(({ text: name }) => name)));
  const surroundings = { isLabel: (name: string) => labelNames.has(name) };
  const { form, mixed } = formOfText(
    rest.flatMap(({ tokens }) => (tokens.length > 0 ? [tokens] : [])),
    surroundings,
    report,
  );
  const labels = new Labels();
  const statements: (Statement | RawSlot)[] = [];
  let slot = 0;
  for (const piece of rest) {
    for (const token of piece.labels) labels.define(token, slot, report);
    if (piece.tokens.length === 0) continue;
    const reader = new Reader(piece.tokens, constants);
    const own = mixed ? (formOf(piece.tokens, surroundings) ?? form) : form;
    const statement = readStatement(reader, slot, own, surroundings, report, piece.joined);
    if (statement === undefined) continue;
    statements.push(statement);
    slot += "raw" in statement ? 1 : slotsOf(statement.row);
  }
  if (tokenized.openComment) report.add(tokenized.openComment, tokenized.openComment, "this comment has no end `*/`");

  // In texts of bpf_conformance and ubpf's tests, `exit` as a target is the first such instruction.
  const firstExit =
    form === "mnemonic" ? statements.find((item) => "row" in item && item.row.name === "exit") : undefined;
  const names: Names = {
    helper: (name) => resolver.helper(name),
    map: (name) => resolver.map(name, maps.get(name)),
    label: (name) => labels.named.get(name) ?? (name === "exit" ? firstExit?.slot : undefined),
    local: (number, ahead, from) => labels.local(number, ahead, from),
    helperNames: resolver.helperNames ?? [],
    mapNames: [...maps.keys(), ...(resolver.mapNames ?? [])],
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
  return { insns, lines, labels: labels.named, declaredMaps: maps, form };
}

/** A log has only what was followed, and in that order. */
function reportGap({ line, number, wanted }: ListingGap, report: Report): void {
  const advice = "take a whole listing, such as `bpftool prog dump xlated` or `llvm-objdump -d` prints";
  report.addAt(line, 1, 1, `instruction ${number} stands where ${wanted} should: ${advice}`);
}

/** The form of the first statement that has one; the first of the other form is reported. */
function formOfText(
  statements: readonly (readonly Token[])[],
  surroundings: Surroundings,
  report: Report,
): { readonly form: TextForm | undefined; readonly mixed: boolean } {
  let first: Token | undefined;
  let form: TextForm | undefined;
  for (const tokens of statements) {
    const own = formOf(tokens, surroundings);
    if (own === undefined || own === form) continue;
    if (form === undefined) {
      form = own;
      first = tokens[0];
      continue;
    }
    const where = `line ${first?.line} is in ${FORM_NAMES[form]}`;
    const message = `this is ${FORM_NAMES[own]}, but ${where}: a text is in one of them`;
    report.add(tokens[0], tokens[0], message);
    return { form, mixed: true };
  }
  return { form, mixed: false };
}

/** `.quad NUMBER`: one slot as it lies in memory, for what is no instruction. */
interface RawSlot {
  readonly tokens: readonly Token[];
  readonly slot: number;
  readonly raw: readonly Instruction[];
}

function readStatement(
  reader: Reader,
  slot: number,
  form: TextForm | undefined,
  surroundings: Surroundings,
  report: Report,
  joined = false,
): Statement | RawSlot | undefined {
  const { tokens } = reader;
  if (reader.is(0, ".quad")) {
    const number = readConstant(reader, 1);
    if (number?.end === tokens.length) return { tokens, slot, raw: decode(littleEndian(number.value)) };
    if (number) reader.expect(number.end, "the end of the line");
  } else {
    const matched = match(GRAMMARS[form ?? "llvm"], reader, surroundings);
    if (matched) return { ...matched, tokens, slot };
  }
  reportMismatch(reader, report, form, joined);
  return undefined;
}

function littleEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes;
}

const NO_LABELS = { isLabel: () => false };

/** `ro = 1`, `R12 += 2`: an instruction with a slip in its first word. */
const isSlip = ([first, second]: readonly Token[]): boolean =>
  (/^[rw][\do]{1,2}$/i.test(first.text) && second?.text.endsWith("=") === true) ||
  ((second === undefined || second.text === "(") &&
    (first.text === "exit" || suggest(first.text, ["exit"]) !== undefined));

/** Text after `;` is code when two tokens of it fit some instruction: `; call it` may be refused, `; the end` is not. */
function isCode(tokens: readonly Token[]): boolean {
  if (isDirective(tokens) || isSlip(tokens)) return true;
  return Object.values(GRAMMARS).some((grammar) => {
    const reader = new Reader(tokens);
    return match(grammar, reader, NO_LABELS) !== undefined || reader.furthest >= 2;
  });
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
