/** `local` is a reference to a numeric label: `1f`, `1b`. `unknown` is what no instruction can contain. */
export type TokenKind = "name" | "number" | "local" | "symbol" | "unknown";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** The tokens of each line, and the lines as written. */
export interface TokenizedText {
  readonly lines: readonly string[];
  /** Same length as `lines`. */
  readonly tokens: readonly (readonly Token[])[];
  /** Where a comment begins that never ends. */
  readonly openComment?: Token;
}

/** What a token can be, tried in this order at each place. */
const RULES: readonly { readonly kind: TokenKind; readonly pattern: RegExp }[] = [
  { kind: "local", pattern: /[0-9]+[bf](?![\w.$])/y },
  { kind: "number", pattern: /(?:0[xX][0-9a-fA-F][0-9a-fA-F_]*|0[bB][01][01_]*|[0-9][0-9_]*)(?![\w.$])/y },
  // Signed operators: one token, so that `r1 s> 5` cannot be read as a name and a sign.
  { kind: "symbol", pattern: /s(?:>>=|>=|<=|\/=|%=|>|<)/y },
  // A register as ubpf and GNU's assembler write it; `r0 %=r1` has no such token.
  { kind: "name", pattern: /%[rw][0-9]+(?![\w.$])/y },
  { kind: "name", pattern: /[A-Za-z_.$][\w.$]*/y },
  { kind: "symbol", pattern: /<<=|>>=|<<|>>|[-+*/|&%^=!<>]=|[-+*/%&|^~=<>()[\]:,;]/y },
  // A malformed number is one wrong token, not several.
  { kind: "unknown", pattern: /[0-9][\w.$]*|./suy },
];

const BLANK = /[ \t\r\f\v\u00a0]+/y;
const TO_COMMENT_END = /\*\//g;

/**
 * Splits assembler text into lines of tokens, without comments: `//` and `#` to the end of the line, `;` likewise when
 * nothing stands before it, and C's block comments, also over several lines (a line end still ends the statement).
 */
export function tokenize(text: string): TokenizedText {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  const tokens: Token[][] = [];
  let openComment: Token | undefined;

  lines.forEach((line, index) => {
    const found: Token[] = [];
    tokens.push(found);
    let at = 0;
    while (at < line.length) {
      if (openComment) {
        TO_COMMENT_END.lastIndex = at;
        if (!TO_COMMENT_END.test(line)) return;
        at = TO_COMMENT_END.lastIndex;
        openComment = undefined;
        continue;
      }
      BLANK.lastIndex = at;
      if (BLANK.test(line)) {
        at = BLANK.lastIndex;
        continue;
      }
      if (line[at] === "#" || line.startsWith("//", at) || (line[at] === ";" && found.length === 0)) return;
      const position = { line: index + 1, column: at + 1 };
      if (line.startsWith("/*", at)) {
        openComment = { kind: "unknown", text: "/*", ...position };
        at += 2;
        continue;
      }
      const token = scan(line, at);
      found.push({ ...token, ...position });
      at += token.text.length;
    }
  });
  return { lines, tokens, openComment };
}

function scan(line: string, at: number): Pick<Token, "kind" | "text"> {
  for (const { kind, pattern } of RULES) {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    if (match) return { kind, text: match[0] };
  }
  // The last rule takes any character but half of a surrogate pair.
  return { kind: "unknown", text: line[at] };
}
