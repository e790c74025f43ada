import { type Field, OPERAND_FIELDS, type Operand } from "../isa/opcode-row.ts";
import type { Matched } from "./grammar.ts";
import { advice, OPERAND_RANGES } from "./operand-range.ts";
import type { Captured } from "./operand-reader.ts";
import type { Report } from "./report.ts";
import { suggest } from "./suggest.ts";
import type { Token } from "./tokenize.ts";

/** What names in operands stand for. */
export interface Names {
  /** Id of a helper. */
  helper(name: string): number | undefined;
  /** Index of a map. */
  map(name: string): number | undefined;
  /** Slot of a label. */
  label(name: string): number | undefined;
  /** Slot of the nearest numeric label of this name before or after slot `from`. */
  local(number: string, ahead: boolean, from: number): number | undefined;
  readonly helperNames: readonly string[];
  readonly mapNames: readonly string[];
  readonly labelNames: readonly string[];
}

/** A statement that is known to be an instruction, and where it goes. */
export interface Statement extends Matched {
  readonly tokens: readonly Token[];
  /** Its slot. */
  readonly slot: number;
}

export type Fields = Record<Field, number>;

/** The fields of an instruction's slots. Whatever does not fit is reported and left 0. */
export function fieldsOfStatement(statement: Statement, names: Names, report: Report): Fields {
  const fields: Fields = { dst: 0, src: 0, offset: 0, imm: 0, next: 0, ...statement.row.fixed };
  const set = new Map<string, number>();
  for (const captured of statement.captured) {
    const { operand } = captured;
    const value = resolve(captured, statement, names, report);
    if (value === undefined) continue;
    const [field] = OPERAND_FIELDS[operand];
    // The halves of an address space cast share a field but are not the same operand.
    const before = operand === "toSpace" || operand === "fromSpace" ? undefined : set.get(field);
    if (before !== undefined && BigInt(before) !== value) {
      const [first, last] = spanOf(captured, statement.tokens);
      report.add(first, last, `this must be the same register as before, ${operand[0]}${before}`);
      continue;
    }
    set.set(field, Number(value));
    write(fields, operand, value);
  }
  return fields;
}

function write(fields: Fields, operand: Operand, value: bigint): void {
  const [field] = OPERAND_FIELDS[operand];
  switch (operand) {
    case "imm64":
      fields.imm = Number(BigInt.asIntN(32, value));
      fields.next = Number(BigInt.asIntN(32, value >> 32n));
      return;
    case "toSpace":
      fields.imm = (fields.imm & 0xffff) | (Number(value) << 16);
      return;
    case "fromSpace":
      fields.imm = (fields.imm & ~0xffff) | Number(value);
      return;
    default:
      // A number of 32 bits may have been written without a sign.
      fields[field] = Number(BigInt.asIntN(32, value));
  }
}

function resolve(captured: Captured, statement: Statement, names: Names, report: Report): bigint | undefined {
  const { operand, written } = captured;
  const [first, last] = spanOf(captured, statement.tokens);
  switch (written.kind) {
    case "register":
      return BigInt(written.number);
    case "number":
    case "relative": {
      const { low, high, what } = OPERAND_RANGES[operand];
      if (written.value >= low && written.value <= high) return written.value;
      report.add(
        first,
        last,
        `${written.value} does not fit in ${what}${advice(statement.row, operand, written.value)}`,
      );
      return undefined;
    }
    case "name": {
      if (operand === "helper" || operand === "map" || operand === "mapSymbol") {
        const found = operand === "helper" ? names.helper(written.name) : names.map(written.name);
        if (found !== undefined) return BigInt(found);
        reportUnknown(operand === "helper" ? "helper" : "map", first, names, report);
        return undefined;
      }
      const slot = names.label(written.name);
      if (slot !== undefined) return distance(slot, captured, statement, report);
      reportUnknown(statement.row.name.startsWith("call") ? "helper" : "label", first, names, report);
      return undefined;
    }
    case "local": {
      const slot = names.local(written.number, written.ahead, statement.slot);
      if (slot !== undefined) return distance(slot, captured, statement, report);
      const where = written.ahead ? "after" : "before";
      report.add(first, last, `there is no label \`${written.number}:\` ${where} this line`);
      return undefined;
    }
  }
}

/** How far a jump goes, counted in slots from the next instruction. */
function distance(slot: number, captured: Captured, statement: Statement, report: Report): bigint | undefined {
  const slots = BigInt(slot - statement.slot - 1);
  const { low, high } = OPERAND_RANGES[captured.operand];
  if (slots >= low && slots <= high) return slots;
  const [first, last] = spanOf(captured, statement.tokens);
  const farther = advice(statement.row, captured.operand, slots);
  report.add(first, last, `the label is ${slots} instructions away, more than a jump can reach${farther}`);
  return undefined;
}

function reportUnknown(what: "helper" | "map" | "label", token: Token, names: Names, report: Report): void {
  switch (what) {
    case "helper": {
      const known = token.text.startsWith("bpf_")
        ? names.helperNames.map((name) => (name.startsWith("bpf_") ? name : `bpf_${name}`))
        : names.helperNames;
      const candidates = [...known, ...names.labelNames];
      report.add(token, token, `there is no helper or label \`${token.text}\``, { candidates });
      return;
    }
    case "map": {
      const candidates = names.mapNames;
      const others = suggest(token.text, candidates) === undefined ? listed(candidates) : "";
      report.add(token, token, `there is no map \`${token.text}\`${others}`, { candidates });
      return;
    }
    case "label":
      report.add(token, token, `there is no label \`${token.text}\``, { candidates: names.labelNames });
      return;
  }
}

function listed(names: readonly string[]): string {
  if (names.length === 0 || names.length > 8) return "";
  return `: there ${names.length === 1 ? "is" : "are"} ${names.map((name) => `\`${name}\``).join(", ")}`;
}

/** First and last token of what was written; the token before, where nothing was. */
function spanOf({ start, end }: Captured, tokens: readonly Token[]): [Token, Token] {
  const last = tokens[Math.max(0, end - 1)];
  return [tokens[Math.min(start, Math.max(0, end - 1))] ?? last, last];
}
