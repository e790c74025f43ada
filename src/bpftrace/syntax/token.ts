import type { Span } from "../ast/expression.ts";
import { SyntaxFault } from "../diagnostics.ts";
import { readInteger } from "./integer.ts";
import { readString } from "./string.ts";

export type TokenKind = "integer" | "string" | "identifier" | "variable" | "map" | "parameter" | "punctuation" | "end";

/** One word of a program. */
export interface Token {
  readonly kind: TokenKind;
  /** As written; a variable, map or parameter without its sign. */
  readonly text: string;
  /** Of an integer. */
  readonly value: bigint;
  readonly span: Span;
}

/** Longest first, so that `<<=` is one word. */
const PUNCTUATION = [
  ...["<<=", ">>="],
  ...["->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", ".."],
  ...["+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="],
  ...[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    ":",
    "?",
    ".",
    "=",
    "<",
    ">",
    "!",
    "~",
    "+",
    "-",
    "*",
    "/",
    "%",
    "&",
    "|",
    "^",
  ],
];

const WORD = /[A-Za-z_]\w*/y;
const SPACE = /(?:[ \t\r\n\f\v]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;

/** The offset of what follows blanks and comments. All comments end: `preprocess` has looked. */
export function skipSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  return SPACE.test(text) ? SPACE.lastIndex : at;
}

/** The word at an offset, if one begins there. */
export function wordAt(text: string, at: number): string {
  WORD.lastIndex = at;
  return WORD.exec(text)?.[0] ?? "";
}

function signed(kind: "variable" | "map", text: string, start: number): Token {
  const name = wordAt(text, start + 1);
  const digits = name === "" && kind === "map" ? "" : name;
  return { kind, text: digits, value: 0n, span: { start, end: start + 1 + digits.length } };
}

/** The word that begins at or after an offset. Throws `SyntaxFault` for what is none. */
export function scan(text: string, from: number): Token {
  const start = skipSpace(text, from);
  const first = text[start];
  if (first === undefined) return { kind: "end", text: "", value: 0n, span: { start, end: start } };
  const word = wordAt(text, start);
  if (word !== "") return { kind: "identifier", text: word, value: 0n, span: { start, end: start + word.length } };
  if (first >= "0" && first <= "9") {
    const { value, end } = readInteger(text, start);
    return { kind: "integer", text: text.slice(start, end), value, span: { start, end } };
  }
  if (first === '"') {
    const { value, end } = readString(text, start);
    return { kind: "string", text: value, value: 0n, span: { start, end } };
  }
  if (first === "@") return signed("map", text, start);
  if (first === "$") {
    const parameter = /\$(#|\d{1,9})/y;
    parameter.lastIndex = start;
    const found = parameter.exec(text);
    if (found) return { kind: "parameter", text: found[1]!, value: 0n, span: { start, end: start + found[0].length } };
    const token = signed("variable", text, start);
    if (token.text !== "") return token;
  }
  const sign = PUNCTUATION.find((candidate) => text.startsWith(candidate, start));
  if (sign !== undefined)
    return { kind: "punctuation", text: sign, value: 0n, span: { start, end: start + sign.length } };
  const character = String.fromCodePoint(text.codePointAt(start)!);
  throw new SyntaxFault(`invalid character '${character}'`, { start, end: start + character.length });
}

/** How messages name a token, as bpftrace's parser does. */
export function describeToken({ kind, text }: Token): string {
  switch (kind) {
    case "end":
      return "end of file";
    case "punctuation":
      return quote(text);
    case "parameter":
      return text === "#" ? "$#" : "positional parameter";
    case "identifier":
      return KEYWORDS.has(text) ? text : "identifier";
    default:
      return kind;
  }
}

/** Signs that would be lost in a sentence stand in quotes. */
export const quote = (sign: string): string => (sign === "," ? '","' : sign);

/** Words that no variable of C and no builtin is called. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...["if", "else", "while", "for", "unroll", "return", "break", "continue", "let", "macro", "config", "import", "fn"],
  ...["struct", "union", "enum", "sizeof", "offsetof", "typeof", "true", "false"],
]);
