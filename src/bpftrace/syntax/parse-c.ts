import type { CDeclaration, CMember, CType } from "../ast/program.ts";
import { SyntaxFault } from "../diagnostics.ts";
import type { Cursor } from "./cursor.ts";

/** Whether a word begins a C declaration at the top of a program. */
export const seesCDeclaration = (word: string): boolean =>
  word === "struct" || word === "union" || word === "enum" || word === "typedef";

/** `struct T { ... };`, a forward `struct T;`, `enum E { ... };`, `typedef T name;`. */
export function parseCDeclaration(cursor: Cursor): CDeclaration {
  const { start } = cursor.peek().span;
  if (!cursor.take("typedef")) {
    const type = specifier(cursor);
    cursor.take(";");
    return { kind: "c-declaration", type, alias: undefined, span: cursor.span(start) };
  }
  const base = specifier(cursor);
  const { name, type } = declarator(cursor, base);
  cursor.expect(";");
  return { kind: "c-declaration", type, alias: name, span: cursor.span(start) };
}

const QUALIFIERS: ReadonlySet<string> = new Set(["const", "volatile", "restrict", "__user", "__kernel", "__rcu"]);
const PARTS: ReadonlySet<string> = new Set(["unsigned", "signed", "long", "short", "int", "char", "double"]);

/** What stands before the names of a declaration. */
function specifier(cursor: Cursor): CType {
  return cursor.nested(() => {
    while (QUALIFIERS.has(cursor.peek().text)) cursor.next();
    const word = cursor.identifier();
    if (word.text === "struct" || word.text === "union") return composite(cursor, word.text);
    if (word.text === "enum") return enumeration(cursor);
    const words = [word.text];
    while (PARTS.has(words.at(-1)!) && (PARTS.has(cursor.peek().text) || QUALIFIERS.has(cursor.peek().text)))
      words.push(cursor.next().text);
    while (QUALIFIERS.has(cursor.peek().text)) cursor.next();
    return { kind: "name", name: words.filter((part) => !QUALIFIERS.has(part)).join(" ") };
  });
}

/** Steps over `__attribute__((...))`; whether it says `packed`. */
function attributes(cursor: Cursor): boolean {
  let packed = false;
  while (cursor.take("__attribute__")) {
    cursor.expect("(");
    for (let depth = 1; depth > 0; ) {
      const { text, kind } = cursor.next();
      if (kind === "end") cursor.unexpected(")");
      if (text === "(") depth++;
      else if (text === ")") depth--;
      else if (text === "packed" || text === "__packed__") packed = true;
    }
  }
  if (cursor.take("__packed")) packed = true;
  return packed;
}

function composite(cursor: Cursor, tag: "struct" | "union"): CType {
  let packed = attributes(cursor);
  const name = cursor.peek().kind === "identifier" ? cursor.next().text : "";
  if (!cursor.take("{")) return { kind: "tagged", tag, name };
  const members: CMember[] = [];
  while (!cursor.take("}")) {
    const base = specifier(cursor);
    if (cursor.take(";")) {
      members.push({ name: "", type: base, bits: 0 });
      continue;
    }
    do {
      const { name: member, type } = cursor.sees(":") ? { name: "", type: base } : declarator(cursor, base);
      const bits = cursor.take(":") ? integer(cursor) : 0;
      attributes(cursor);
      members.push({ name: member, type, bits });
    } while (cursor.take(","));
    cursor.expect(";");
  }
  packed = attributes(cursor) || packed;
  return { kind: "composite", tag, name, members, packed };
}

function enumeration(cursor: Cursor): CType {
  const name = cursor.peek().kind === "identifier" ? cursor.next().text : "";
  if (!cursor.take("{")) return { kind: "tagged", tag: "enum", name };
  const values: { name: string; value: bigint }[] = [];
  let next = 0n;
  while (!cursor.take("}")) {
    const { text } = cursor.identifier();
    if (cursor.take("=")) next = constant(cursor, values);
    values.push({ name: text, value: next });
    next++;
    if (!cursor.take(",")) {
      cursor.expect("}", ",");
      break;
    }
  }
  return { kind: "enumeration", name, values };
}

/** A constant of an enumeration: a number with signs and shifts, or an earlier name. */
function constant(cursor: Cursor, known: readonly { readonly name: string; readonly value: bigint }[]): bigint {
  return cursor.nested(() => {
    const term = (): bigint => {
      if (cursor.take("-")) return -term();
      if (cursor.take("~")) return ~term();
      if (cursor.take("(")) {
        const inner = constant(cursor, known);
        cursor.expect(")");
        return inner;
      }
      const token = cursor.peek();
      if (token.kind === "integer") return cursor.next().value;
      const found = known.find(({ name }) => name === token.text);
      if (found === undefined) return cursor.unexpected("integer");
      cursor.next();
      return found.value;
    };
    let value = term();
    for (;;) {
      if (cursor.take("<<")) value <<= BigInt.asUintN(6, term());
      else if (cursor.take("|")) value |= term();
      else if (cursor.take("+")) value += term();
      else if (cursor.take("-")) value -= term();
      else return value;
    }
  });
}

const integer = (cursor: Cursor): number => {
  const token = cursor.peek();
  if (token.kind !== "integer") return cursor.unexpected("integer");
  if (token.value > 1n << 30n) throw new SyntaxFault("array is too large", token.span);
  return Number(cursor.next().value);
};

/** `*name[4]`, `(*name)(...)`: the declared name and its type around a base. */
function declarator(cursor: Cursor, base: CType): { name: string; type: CType } {
  let type = base;
  while (cursor.take("*")) {
    type = { kind: "pointer", to: type };
    while (QUALIFIERS.has(cursor.peek().text)) cursor.next();
  }
  if (cursor.take("(")) {
    cursor.expect("*");
    const name = cursor.peek().kind === "identifier" ? cursor.next().text : "";
    cursor.expect(")");
    cursor.expect("(");
    for (let depth = 1; depth > 0; ) {
      const { text, kind } = cursor.next();
      if (kind === "end") cursor.unexpected(")");
      if (text === "(") depth++;
      else if (text === ")") depth--;
    }
    return { name, type: { kind: "pointer", to: { kind: "function" } } };
  }
  const { text: name } = cursor.identifier();
  const lengths: number[] = [];
  while (cursor.take("[")) {
    lengths.push(cursor.sees("]") ? 0 : integer(cursor));
    cursor.expect("]");
  }
  for (const length of lengths.reverse()) type = { kind: "array", of: type, length };
  return { name, type };
}
