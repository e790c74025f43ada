import type { Expression } from "../ast/expression.ts";
import type { AssignStatement, Iterable, Statement } from "../ast/statement.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression, parseMap, targetOf } from "./parse-expression.ts";
import { parseType } from "./parse-type.ts";

const ASSIGNMENTS: ReadonlyMap<string, AssignStatement["operator"]> = new Map(
  (["+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^"] as const).map((operator) => [`${operator}=`, operator]),
);

/** Words that begin a statement which ends with a block and so needs no semicolon. */
const WITH_BLOCK: ReadonlySet<Statement["kind"]> = new Set(["if", "while", "for", "unroll", "scope"]);

/** The statements up to the closing brace, which is taken; the opening one has been. */
export function parseStatements(cursor: Cursor): Statement[] {
  const { statements, value } = parseBlockBody(cursor);
  // The last statement of a block needs no semicolon, so it may look like the value of one.
  return value === undefined
    ? statements
    : [...statements, { kind: "expression", expression: value, span: value.span }];
}

/** The same, where an expression without semicolon at the end is the block's value. */
export function parseBlockBody(cursor: Cursor): { statements: Statement[]; value: Expression | undefined } {
  const statements: Statement[] = [];
  for (;;) {
    if (cursor.take("}")) return { statements, value: undefined };
    if (cursor.take(";")) continue;
    const statement = cursor.nested(() => parseStatement(cursor));
    if (cursor.take("}")) {
      if (statement.kind === "expression") return { statements, value: statement.expression };
      return { statements: [...statements, statement], value: undefined };
    }
    statements.push(statement);
    if (!cursor.take(";") && !WITH_BLOCK.has(statement.kind)) cursor.unexpected("}");
  }
}

function parseBody(cursor: Cursor): Statement[] {
  cursor.expect("{");
  return parseStatements(cursor);
}

function parseStatement(cursor: Cursor): Statement {
  const token = cursor.peek();
  const { start } = token.span;
  if (token.kind === "punctuation" && token.text === "{") {
    cursor.next();
    const { statements, value } = parseBlockBody(cursor);
    if (value === undefined) return { kind: "scope", body: statements, span: cursor.span(start) };
    const last: Statement = { kind: "expression", expression: value, span: value.span };
    return { kind: "scope", body: [...statements, last], span: cursor.span(start) };
  }
  if (token.kind === "identifier") {
    switch (token.text) {
      case "if":
        return parseIf(cursor);
      case "while": {
        cursor.next();
        const condition = parenthesized(cursor);
        return { kind: "while", condition, body: parseBody(cursor), span: cursor.span(start) };
      }
      case "unroll": {
        cursor.next();
        const count = parenthesized(cursor);
        return { kind: "unroll", count, body: parseBody(cursor), span: cursor.span(start) };
      }
      case "for":
        return parseFor(cursor);
      case "let":
        return parseLet(cursor);
      case "break":
      case "continue":
        cursor.next();
        return { kind: "jump", jump: token.text, value: undefined, span: token.span };
      case "return": {
        cursor.next();
        const value = cursor.sees(";") || cursor.sees("}") ? undefined : parseExpression(cursor);
        return { kind: "jump", jump: "return", value, span: cursor.span(start) };
      }
    }
  }
  return parseSimple(cursor, start);
}

function parenthesized(cursor: Cursor): Expression {
  cursor.expect("(");
  const expression = parseExpression(cursor);
  cursor.expect(")");
  return expression;
}

function parseIf(cursor: Cursor): Statement {
  return cursor.nested(() => {
    const { start } = cursor.next().span;
    // 0.17 wants the parentheses, today's bpftrace does not.
    const condition = parseExpression(cursor);
    const consequent = parseBody(cursor);
    let alternate: Statement[] | undefined;
    if (cursor.take("else")) alternate = cursor.sees("if") ? [parseIf(cursor)] : parseBody(cursor);
    return { kind: "if", condition, consequent, alternate, span: cursor.span(start) };
  });
}

/** `for ($kv : @map)`, `for ($i : 0..10)`; the parentheses may be left out. */
function parseFor(cursor: Cursor): Statement {
  const { start } = cursor.next().span;
  const open = cursor.take("(");
  const token = cursor.peek();
  if (token.kind !== "variable") return cursor.unexpected("variable");
  cursor.next();
  const variable = { kind: "variable", name: token.text, span: token.span } as const;
  if (!cursor.take(":")) {
    if (cursor.peek().text !== "in") return cursor.unexpected(":");
    cursor.next();
  }
  const over = parseIterable(cursor);
  if (open) cursor.expect(")");
  return { kind: "for", variable, over, body: parseBody(cursor), span: cursor.span(start) };
}

function parseIterable(cursor: Cursor): Iterable {
  const start = parseExpression(cursor);
  if (cursor.take("..")) return { kind: "range", start, end: parseExpression(cursor) };
  if (start.kind === "map") return { kind: "map", map: start };
  return cursor.unexpected("..");
}

function parseLet(cursor: Cursor): Statement {
  const { start } = cursor.next().span;
  const token = cursor.peek();
  if (token.kind !== "variable") return cursor.unexpected("variable");
  cursor.next();
  const variable = { kind: "variable", name: token.text, span: token.span } as const;
  const type = cursor.take(":") ? parseType(cursor) : undefined;
  const value = cursor.take("=") ? parseExpression(cursor) : undefined;
  return { kind: "let", variable, type, value, span: cursor.span(start) };
}

function parseSimple(cursor: Cursor, start: number): Statement {
  const expression = cursor.peek().kind === "map" ? startsWithMap(cursor) : parseExpression(cursor);
  const sign = cursor.peek();
  const assigns = sign.kind === "punctuation" && (sign.text === "=" || ASSIGNMENTS.has(sign.text));
  if (!assigns) return { kind: "expression", expression, span: cursor.span(start) };
  const target = targetOf(expression, cursor);
  cursor.next();
  const value = parseExpression(cursor);
  return { kind: "assign", target, operator: ASSIGNMENTS.get(sign.text), value, span: cursor.span(start) };
}

/** After a map at the start of a statement nothing but its own operators can stand: `@a = 1 @b` is a fault at `@b`. */
function startsWithMap(cursor: Cursor): Expression {
  const { at } = cursor;
  const map = parseMap(cursor);
  const { text, kind } = cursor.peek();
  if (kind === "punctuation" && (text === "=" || ASSIGNMENTS.has(text))) return map;
  cursor.at = at;
  return parseExpression(cursor);
}
