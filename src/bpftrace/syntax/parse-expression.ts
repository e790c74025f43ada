import type { BinaryOperator, Expression, Target, TypeName, UnaryOperator } from "../ast/expression.ts";
import { SyntaxFault } from "../diagnostics.ts";
import type { Cursor } from "./cursor.ts";
import { parseBlockBody } from "./parse-statement.ts";
import { parseType, parseTypeOrExpression, seesType } from "./parse-type.ts";
import { skipSpace, type Token } from "./token.ts";

/** How tightly each operator binds, as in C. */
const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  "||": 1,
  "&&": 2,
  "|": 3,
  "^": 4,
  "&": 5,
  "==": 6,
  "!=": 6,
  "<": 7,
  "<=": 7,
  ">": 7,
  ">=": 7,
  "<<": 8,
  ">>": 8,
  "+": 9,
  "-": 9,
  "*": 10,
  "/": 10,
  "%": 10,
};

/** How tightly an operator binds; 0 for what is none. */
export const precedenceOf = (sign: string): number =>
  Object.hasOwn(PRECEDENCE, sign) ? PRECEDENCE[sign as BinaryOperator] : 0;

const UNARY: ReadonlySet<string> = new Set<UnaryOperator>(["!", "~", "-", "+", "*", "&"]);

/** A whole expression. A `/` before `{` ends it: there a predicate ends. */
export function parseExpression(cursor: Cursor): Expression {
  return cursor.nested(() => {
    const condition = parseBinary(cursor, 1);
    if (!cursor.take("?")) return condition;
    const consequent = parseExpression(cursor);
    cursor.expect(":");
    const alternate = parseExpression(cursor);
    return { kind: "ternary", condition, consequent, alternate, span: cursor.span(condition.span.start) };
  });
}

/** Whether the next token is the `/` that ends a predicate. */
export function seesEndOfPredicate(cursor: Cursor): boolean {
  const token = cursor.peek();
  return (
    token.kind === "punctuation" && token.text === "/" && cursor.text[skipSpace(cursor.text, token.span.end)] === "{"
  );
}

function parseBinary(cursor: Cursor, least: number): Expression {
  let left = parseUnary(cursor);
  for (;;) {
    const token = cursor.peek();
    const precedence = token.kind === "punctuation" ? precedenceOf(token.text) : 0;
    if (precedence < least || seesEndOfPredicate(cursor)) return left;
    cursor.next();
    const right = parseBinary(cursor, precedence + 1);
    const operator = token.text as BinaryOperator;
    left = { kind: "binary", operator, operatorSpan: token.span, left, right, span: cursor.span(left.span.start) };
  }
}

function parseUnary(cursor: Cursor): Expression {
  return cursor.nested(() => {
    const token = cursor.peek();
    const { start } = token.span;
    if (token.kind === "punctuation") {
      if (token.text === "++" || token.text === "--") {
        cursor.next();
        const target = targetOf(parsePostfix(cursor), cursor);
        return { kind: "step", operator: token.text, prefix: true, target, span: cursor.span(start) };
      }
      if (UNARY.has(token.text)) {
        cursor.next();
        const operand = parseUnary(cursor);
        return { kind: "unary", operator: token.text as UnaryOperator, operand, span: cursor.span(start) };
      }
      if (token.text === "(") {
        const cast = parseCast(cursor);
        if (cast !== undefined) return cast;
      }
    }
    return parsePostfix(cursor);
  });
}

/** Tokens that an operand begins with and no operator: what stands before one in parentheses is a type. */
function beginsOperand({ kind, text }: Token): boolean {
  if (kind === "punctuation") return text === "(" || text === "!" || text === "~";
  return kind !== "end" && !(kind === "identifier" && (text === "else" || text === "if"));
}

/** `(type)operand`; undefined, and the cursor where it was, for an expression in parentheses. */
function parseCast(cursor: Cursor): Expression | undefined {
  const { at, end } = cursor;
  const { start } = cursor.next().span;
  const certain = seesType(cursor);
  const back = () => {
    cursor.at = at;
    cursor.end = end;
    return undefined;
  };
  if (!certain && cursor.peek().kind !== "identifier") return back();
  let type: TypeName;
  try {
    type = parseType(cursor);
  } catch (fault) {
    if (certain || !(fault instanceof SyntaxFault)) throw fault;
    return back();
  }
  if (!cursor.sees(")")) return certain ? cursor.unexpected(")") : back();
  cursor.next();
  if (!certain && !beginsOperand(cursor.peek())) return back();
  const operand = parseUnary(cursor);
  return { kind: "cast", type, operand, span: cursor.span(start) };
}

/** What may be assigned to. */
export function targetOf(expression: Expression, cursor: Cursor): Target {
  if (expression.kind === "variable" || expression.kind === "map" || expression.kind === "identifier")
    return expression;
  return cursor.unexpected();
}

function parsePostfix(cursor: Cursor): Expression {
  let object = parsePrimary(cursor);
  for (;;) {
    const { start } = object.span;
    if (cursor.sees("++") || cursor.sees("--")) {
      if (object.kind !== "variable" && object.kind !== "map" && object.kind !== "identifier") return object;
      const operator = cursor.next().text as "++" | "--";
      object = { kind: "step", operator, prefix: false, target: object, span: cursor.span(start) };
    } else if (cursor.take("[")) {
      const index = parseExpression(cursor);
      cursor.expect("]");
      object = { kind: "index", object, index, span: cursor.span(start) };
    } else if (cursor.sees(".") || cursor.sees("->")) {
      const arrow = cursor.next().text === "->";
      object = parseMember(cursor, object, arrow);
    } else return object;
  }
}

function parseMember(cursor: Cursor, object: Expression, arrow: boolean): Expression {
  const token = cursor.peek();
  if (token.kind === "integer" && !arrow) {
    // `t.0.1`: the lexer of integers takes no point, so each element is a token of its own.
    cursor.next();
    return { kind: "element", object, index: Number(token.value), span: cursor.span(object.span.start) };
  }
  if (token.kind !== "identifier") return cursor.unexpected();
  cursor.next();
  return { kind: "member", object, name: token.text, arrow, span: cursor.span(object.span.start) };
}

function parsePrimary(cursor: Cursor): Expression {
  const token = cursor.peek();
  const { span } = token;
  switch (token.kind) {
    case "integer":
      cursor.next();
      return { kind: "integer", value: token.value, span };
    case "string": {
      cursor.next();
      return { kind: "string", value: token.text, span };
    }
    case "parameter":
      cursor.next();
      return { kind: "parameter", index: token.text === "#" ? "count" : Number(token.text), span };
    case "variable":
      cursor.next();
      return { kind: "variable", name: token.text, span };
    case "map":
      return parseMap(cursor);
    case "identifier":
      return parseWord(cursor);
    case "punctuation":
      if (token.text === "(") return parseParenthesized(cursor);
      if (token.text === "{") return parseBlock(cursor);
      return cursor.unexpected();
    case "end":
      return cursor.unexpected();
  }
}

/** `@m` and `@m[k1, k2]`. */
export function parseMap(cursor: Cursor): Expression & { kind: "map" } {
  const { text: name, span } = cursor.next();
  // A blank before the bracket changes nothing.
  if (!cursor.take("[")) return { kind: "map", name, key: undefined, span };
  const key: Expression[] = [];
  do key.push(parseExpression(cursor));
  while (cursor.take(","));
  cursor.expect("]", ",");
  return { kind: "map", name, key, span: cursor.span(span.start) };
}

function parseWord(cursor: Cursor): Expression {
  const word = cursor.peek();
  const { span, text } = word;
  const { start } = span;
  if (text === "true" || text === "false") {
    cursor.next();
    return { kind: "boolean", value: text === "true", span };
  }
  if (STATEMENT_WORDS.has(text)) return cursor.unexpected();
  cursor.next();
  if (text === "sizeof" || text === "offsetof") {
    cursor.expect("(");
    const of = parseTypeOrExpression(cursor);
    if (text === "sizeof") {
      cursor.expect(")");
      return { kind: "sizeof", of, span: cursor.span(start) };
    }
    cursor.expect(",");
    const path = [cursor.identifier().text];
    while (cursor.take(".")) path.push(cursor.identifier().text);
    cursor.expect(")");
    return { kind: "offsetof", of, path, span: cursor.span(start) };
  }
  if (!cursor.sees("(")) return { kind: "identifier", name: text, span };
  cursor.next();
  const args: (Expression | TypeName)[] = [];
  if (!cursor.sees(")")) {
    do args.push(parseTypeOrExpression(cursor));
    while (cursor.take(","));
  }
  cursor.expect(")", ",");
  return { kind: "call", name: text, nameSpan: span, args, span: cursor.span(start) };
}

const STATEMENT_WORDS: ReadonlySet<string> = new Set([
  ...["if", "else", "while", "for", "unroll", "return", "break", "continue", "let", "struct", "union", "enum"],
]);

/** `(e)`, a tuple `(e, e)`, `(e,)` and `()`, or a record `(name=e, ...)`. */
function parseParenthesized(cursor: Cursor): Expression {
  const { start } = cursor.next().span;
  if (cursor.take(")")) return { kind: "tuple", elements: [], span: cursor.span(start) };
  const { at } = cursor;
  if (cursor.peek().kind === "identifier") {
    const name = cursor.next();
    if (cursor.sees("=")) {
      cursor.at = at;
      return parseRecord(cursor, start);
    }
    cursor.at = name.span.start;
  }
  const first = parseExpression(cursor);
  if (cursor.take(")")) return first;
  const elements = [first];
  if (!cursor.sees(",")) cursor.unexpected(")", ",");
  while (cursor.take(",") && !cursor.sees(")")) elements.push(parseExpression(cursor));
  cursor.expect(")", ",");
  return { kind: "tuple", elements, span: cursor.span(start) };
}

function parseRecord(cursor: Cursor, start: number): Expression {
  const fields: { name: string; value: Expression }[] = [];
  do {
    const { text: name } = cursor.identifier();
    cursor.expect("=");
    fields.push({ name, value: parseExpression(cursor) });
  } while (cursor.take(","));
  cursor.expect(")", ",");
  return { kind: "record", fields, span: cursor.span(start) };
}

/** `{ statements; value }`. */
function parseBlock(cursor: Cursor): Expression {
  const { start } = cursor.next().span;
  const { statements, value } = parseBlockBody(cursor);
  if (value === undefined) return cursor.unexpected();
  return { kind: "block", statements, value, span: cursor.span(start) };
}
