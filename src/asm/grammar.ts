import type { OpcodeRow, Operand } from "../isa/opcode-row.ts";
import { type Captured, readOperand, type Surroundings } from "./operand-reader.ts";
import type { Reader } from "./reader.ts";
import { type Token, tokenize } from "./tokenize.ts";

/**
 * A text form of instructions as a tree of tokens: each path from the root spells the beginning of some row's form.
 * Reading a statement is walking down; where no branch fits, the branches are what was expected.
 */
export interface Grammar {
  readonly root: Node;
}

interface Node {
  readonly literals: Map<string, Node>;
  readonly operands: Map<Operand, Node>;
  /** Set where a form ends here. */
  row?: OpcodeRow;
}

/** A statement that is an instruction. */
export interface Matched {
  readonly row: OpcodeRow;
  readonly captured: readonly Captured[];
}

const PART = /\{(\w+)\}|([^{}]+)/g;

/** Builds the grammar of one text form; `forms` gives a row's templates in it. Two rows with the same form are a bug. */
export function compileGrammar(rows: readonly OpcodeRow[], forms: (row: OpcodeRow) => readonly string[]): Grammar {
  const root = newNode();
  for (const row of rows) for (const form of forms(row)) add(root, form, row);
  return { root };
}

function newNode(): Node {
  return { literals: new Map(), operands: new Map() };
}

function add(root: Node, form: string, row: OpcodeRow): void {
  let node = root;
  for (const [, operand, literal] of form.matchAll(PART)) {
    if (operand !== undefined) node = branch(node.operands, operand as Operand);
    else for (const { text } of tokenize(literal).tokens[0]) node = branch(node.literals, text);
  }
  node.row = row;
}

function branch<Key>(branches: Map<Key, Node>, key: Key): Node {
  let next = branches.get(key);
  if (next === undefined) branches.set(key, (next = newNode()));
  return next;
}

/** A token as the forms spell it: the sign before a register (`%r0`) may be left out. */
export function spelled({ kind, text }: Token): string {
  return kind === "name" && text.startsWith("%") ? text.slice(1) : text;
}

/** Reads all tokens of a statement as one instruction, or undefined; then `reader` knows how far it went. */
export function match(grammar: Grammar, reader: Reader, surroundings: Surroundings): Matched | undefined {
  const captured: Captured[] = [];
  const walk = (node: Node, at: number): OpcodeRow | undefined => {
    const token = reader.tokens[at];
    if (node.row) {
      if (token === undefined) return node.row;
      reader.expect(at, "the end of the line");
    }
    const literal = token && node.literals.get(spelled(token));
    const row = literal && walk(literal, at + 1);
    if (row) return row;
    for (const [operand, next] of node.operands) {
      const found = readOperand(operand, reader, at, surroundings);
      if (found === undefined) continue;
      captured.push(found);
      const matched = walk(next, found.end);
      if (matched) return matched;
      captured.pop();
    }
    for (const text of node.literals.keys()) reader.expect(at, `\`${text}\``);
    return undefined;
  };
  const row = walk(grammar.root, 0);
  return row && { row, captured };
}
