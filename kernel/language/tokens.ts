/** A piece of TypeScript text. `text` holds a keyword as well as a name; a template is split around its `${}`. */
export interface Token {
  readonly kind: "word" | "number" | "string" | "template" | "regex" | "punctuation";
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** How many brackets are open around the token; those of a pair have the depth of what is outside. */
  readonly depth: number;
  /** Whether a line ends between the token before it and this one. */
  readonly newLine: boolean;
}

/** The tokens of a cell, and what is left open at its end. */
export interface TokenList {
  readonly tokens: readonly Token[];
  /** Text that never ends: an incomplete cell, or for a string (which ends at the line) an invalid one. */
  readonly unfinished?: "string" | "template" | "comment" | "regex";
  /** The brackets still open, outermost first; `${` in a template is one. */
  readonly open: readonly string[];
  /** A closing bracket that closes nothing. */
  readonly mismatched: boolean;
}

const WORD = /[\p{ID_Start}$_#@][\p{ID_Continue}$]*/uy;
const NUMBER = /(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]+)?|\.\d[\d_]*(?:[eE][+-]?[\d_]+)?)n?/y;
const STRING = /"(?:[^"\\\r\n]|\\(?:\r\n|[\s\S]))*"|'(?:[^'\\\r\n]|\\(?:\r\n|[\s\S]))*'/y;
const REGEX = /\/(?![*/])(?:[^\\/[\r\n]|\\[^\r\n]|\[(?:[^\]\\\r\n]|\\[^\r\n])*\])+\/[a-z]*/y;
const TEMPLATE = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y;
const SPACE = /(?:[\s\ufeff]+|\/\/[^\r\n\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/y;
/** Longest first; `>` stays single, as it may close type arguments. */
const PUNCTUATION =
  /\.\.\.|=>|===|!==|==|!=|<=|>=|&&=|\|\|=|\?\?=|\*\*=|&&|\|\||\?\?|\?\.(?!\d)|\*\*|\+\+|--|[-+*/%&|^]=|<<=?|[\s\S]/y;

const CLOSES: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
/** After these words a `/` starts a regular expression; after other words it divides. */
const OPERATORS = new Set("return typeof instanceof in of new delete void throw case do else yield await".split(" "));

/** The spaces and comments before the first token. */
export function leadingSpace(code: string): string {
  SPACE.lastIndex = 0;
  return SPACE.exec(code)![0];
}

/** Splits a cell, finished or not, into tokens. Never throws: text that nothing matches is punctuation. */
export function tokenize(code: string): TokenList {
  const tokens: Token[] = [];
  const open: string[] = [];
  let mismatched = false;
  let at = 0;
  let newLine = true;

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(code)?.[0];
  };
  const push = (kind: Token["kind"], text: string): void => {
    tokens.push({ kind, text, start: at, end: at + text.length, depth: open.length, newLine });
    at += text.length;
    newLine = false;
  };
  /** The text of a template up to its end or the next `${`; false if it never ends. */
  const template = (opening: string): boolean => {
    at += opening.length;
    const text = match(TEMPLATE)!;
    at -= opening.length;
    const end = at + opening.length + text.length;
    const closing = code[end] === "`" ? "`" : code.startsWith("${", end) ? "${" : "";
    push("template", opening + text + closing);
    if (closing === "${") open.push("${");
    return closing !== "";
  };
  const end = (unfinished?: TokenList["unfinished"]): TokenList => ({ tokens, unfinished, open, mismatched });

  for (;;) {
    const space = match(SPACE)!;
    newLine ||= /[\r\n\u2028\u2029]/.test(space);
    at += space.length;
    if (at >= code.length) return end();
    if (code.startsWith("/*", at)) return end("comment");

    const character = code[at]!;
    const fixed = match(NUMBER) ?? undefined;
    if (fixed !== undefined) push("number", fixed);
    else if (character === '"' || character === "'") {
      const text = match(STRING);
      if (text === undefined) return end("string");
      push("string", text);
    } else if (character === "`") {
      if (!template("`")) return end("template");
    } else if (character === "}" && open.at(-1) === "${") {
      open.pop();
      if (!template("}")) return end("template");
    } else if (character === "/" && startsRegex(tokens.at(-1))) {
      const text = match(REGEX);
      if (text === undefined) return end("regex");
      push("regex", text);
    } else {
      const word = match(WORD);
      if (word !== undefined) {
        push("word", word);
        continue;
      }
      const text = match(PUNCTUATION)!;
      const opener = CLOSES[text];
      if (opener !== undefined && open.at(-1) === opener) open.pop();
      else if (opener !== undefined) mismatched = true;
      push("punctuation", text);
      if (text === "(" || text === "[" || text === "{") open.push(text);
    }
  }
}

function startsRegex(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === "word") return OPERATORS.has(before.text);
  return before.kind === "punctuation" && ![")", "]", "}", "++", "--"].includes(before.text);
}
