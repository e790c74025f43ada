/** Where a command's output goes, or its input comes from. */
export interface Redirect {
  readonly kind: ">" | ">>" | "<" | "2>" | "2>>" | "2>&1" | "&>";
  /** The file; `""` for `2>&1`. */
  readonly target: Word;
}

/** A word as it was written: pieces that quotes protect from patterns, and others. */
export interface Word {
  readonly text: string;
  /** There is a `*`, `?` or `[` outside of quotes. */
  readonly pattern: boolean;
}

/** One command with its words. */
export interface SimpleCommand {
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
}

/** Commands of which each reads what the one before writes, and when the next line runs. */
export interface Pipeline {
  readonly commands: readonly SimpleCommand[];
  /** What stands before it: it runs always, after a success, after a failure. */
  readonly after: ";" | "&&" | "||";
}

/** A line that is no line of the shell. */
export class ShellSyntaxError extends Error {
  override readonly name = "ShellSyntaxError";
  readonly code = "SYNTAX";
}

type Token = { readonly kind: "word"; readonly word: Word } | { readonly kind: "operator"; readonly text: string };

/** Longest first. */
const OPERATORS = ["2>&1", "2>>", "&>", "2>", "&&", "||", ">>", ">", "<", "|", ";", "&", "\n"];

/** The value of a variable of the shell. */
export type Variables = (name: string) => string;

/** Tokens of a line; quotes and backslashes as sh has them, `$NAME`, `${NAME}` and `$?` outside of single quotes. */
function tokensOf(line: string, variables: Variables): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let [text, begun, pattern] = ["", false, false];
  const end = (): void => {
    if (begun) tokens.push({ kind: "word", word: { text, pattern } });
    [text, begun, pattern] = ["", false, false];
  };
  const expand = (): boolean => {
    const found = /^\$(?:\{(\w+|\?)\}|(\w+|\?))/.exec(line.slice(at));
    if (found === null) return false;
    text += variables(found[1] ?? found[2]!);
    begun = true;
    at += found[0].length;
    return true;
  };
  while (at < line.length) {
    const char = line[at]!;
    if (char === " " || char === "\t") {
      end();
      at++;
      continue;
    }
    if (char === "#" && !begun) {
      while (at < line.length && line[at] !== "\n") at++;
      continue;
    }
    const operator = OPERATORS.find((each) => line.startsWith(each, at) && (!/^2/.test(each) || !begun));
    if (operator !== undefined) {
      end();
      tokens.push({ kind: "operator", text: operator });
      at += operator.length;
      continue;
    }
    if (char === "$" && expand()) continue;
    begun = true;
    if (char === "'") {
      const close = line.indexOf("'", at + 1);
      if (close < 0) throw new ShellSyntaxError("unexpected EOF while looking for matching `''");
      text += line.slice(at + 1, close);
      at = close + 1;
    } else if (char === '"') {
      at++;
      while (line[at] !== '"') {
        if (at >= line.length) throw new ShellSyntaxError("unexpected EOF while looking for matching `\"'");
        if (line[at] === "$" && expand()) continue;
        if (line[at] === "\\" && /["\\$`]/.test(line[at + 1] ?? "")) at++;
        text += line[at++];
      }
      at++;
    } else if (char === "\\") {
      if (line[at + 1] !== "\n") text += line[at + 1] ?? "";
      at += 2;
    } else {
      if (/[*?[]/.test(char)) pattern = true;
      text += char;
      at++;
    }
  }
  end();
  return tokens;
}

const unexpected = (text: string): ShellSyntaxError =>
  new ShellSyntaxError(`syntax error near unexpected token \`${text === "\n" ? "newline" : text}'`);

/** A line of commands. Throws {@link ShellSyntaxError} in bash's words. */
export function parseLine(line: string, variables: Variables = () => ""): Pipeline[] {
  const pipelines: Pipeline[] = [];
  let commands: SimpleCommand[] = [];
  let [words, redirects]: [Word[], Redirect[]] = [[], []];
  let after: Pipeline["after"] = ";";
  const tokens = tokensOf(line, variables);
  const command = (operator: string): void => {
    if (words.length === 0 && redirects.length === 0) throw unexpected(operator);
    commands.push({ words, redirects });
    [words, redirects] = [[], []];
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.kind === "word") {
      words.push(token.word);
      continue;
    }
    const { text } = token;
    if (text === "|") command(text);
    else if (text === "&&" || text === "||" || text === ";" || text === "\n" || text === "&") {
      const empty = words.length === 0 && redirects.length === 0 && commands.length === 0;
      if (empty && text === "\n") continue;
      command(text);
      pipelines.push({ commands, after });
      commands = [];
      after = text === "&&" || text === "||" ? text : ";";
    } else if (text === "2>&1") redirects.push({ kind: text, target: { text: "", pattern: false } });
    else {
      const target = tokens[++at];
      if (target?.kind !== "word") throw unexpected(target?.text ?? "\n");
      redirects.push({ kind: text as Redirect["kind"], target: target.word });
    }
  }
  if (words.length > 0 || redirects.length > 0 || commands.length > 0) {
    command("\n");
    pipelines.push({ commands, after });
  } else if (after !== ";") throw unexpected("\n");
  return pipelines;
}
