import type { Define, Include } from "../ast/program.ts";
import { SyntaxFault } from "../diagnostics.ts";

/** A program without its directives: each became blanks, and so did what `#if` leaves out; offsets stay. */
export interface Preprocessed {
  readonly text: string;
  readonly items: readonly (Include | Define)[];
}

/** One level of `#if`. */
interface Condition {
  active: boolean;
  /** Some branch of it was taken. */
  taken: boolean;
  readonly start: number;
}

/** Text in quotes or comments, where no directive begins; or a directive with its continued lines. */
const TOKENS = /"(?:\\.|[^"\\\n])*"?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|(?![\s\S]))|^[ \t]*#(?:\\\r?\n|[^\n])*/gm;

/**
 * Obeys `#include`, `#define`, `#undef`, `#if` and its relatives. `defined` are names that have a value from outside, as
 * `BPFTRACE_HAVE_BTF`. Throws `SyntaxFault`.
 */
export function preprocess(text: string, defined: ReadonlyMap<string, string>): Preprocessed {
  const names = new Map(defined);
  const items: (Include | Define)[] = [];
  const conditions: Condition[] = [];
  let out = "";
  let from = 0;
  const active = () => conditions.every((condition) => condition.active);
  const copy = (end: number) => {
    const part = text.slice(from, end);
    out += active() ? part : blank(part);
    from = end;
  };
  for (const match of text.matchAll(TOKENS)) {
    const start = match.index;
    const line = match[0];
    if (line.startsWith("/*") && (line.length < 4 || !line.endsWith("*/")))
      throw new SyntaxFault("end of file during comment", { start, end: text.length });
    if (!line.trimStart().startsWith("#")) continue;
    copy(start);
    const span = { start: start + line.indexOf("#"), end: start + line.length };
    const item = directive({ line: line.trim().replace(/\\\r?\n/g, " "), span, names, conditions, active: active() });
    if (item !== undefined) items.push(item);
    out += blank(line);
    from = start + line.length;
  }
  copy(text.length);
  const open = conditions[0];
  if (open !== undefined)
    throw new SyntaxFault("unterminated conditional directive", { start: open.start, end: open.start + 1 });
  return { text: out, items };
}

const blank = (text: string): string => text.replace(/[^\n]/g, " ");

interface Context {
  readonly line: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly names: Map<string, string>;
  readonly conditions: Condition[];
  readonly active: boolean;
}

function directive({ line, span, names, conditions, active }: Context): Include | Define | undefined {
  if (line.startsWith("#!")) return undefined;
  const [, word = "", rest = ""] = /^#\s*(\w*)\s*([\s\S]*)$/.exec(line) ?? [];
  const argument = rest.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/g, " ").trim();
  const open = (value: boolean) => void conditions.push({ active: value, taken: value, start: span.start });
  const last = (): Condition => {
    const condition = conditions.at(-1);
    if (condition === undefined) throw new SyntaxFault(`#${word} without #if`, span);
    return condition;
  };
  switch (word) {
    case "ifdef":
      return open(names.has(argument));
    case "ifndef":
      return open(!names.has(argument));
    case "if":
      return open(!active || condition(argument, names, span));
    case "elif": {
      const at = last();
      at.active = !at.taken && condition(argument, names, span);
      at.taken ||= at.active;
      return undefined;
    }
    case "else": {
      const at = last();
      at.active = !at.taken;
      at.taken = true;
      return undefined;
    }
    case "endif":
      last();
      conditions.pop();
      return undefined;
  }
  if (!active) return undefined;
  switch (word) {
    case "include": {
      const found = /^(?:<([^>]+)>|"([^"]+)")$/.exec(argument);
      if (!found) throw new SyntaxFault('expected "FILENAME" or <FILENAME>', span);
      return { kind: "include", span, path: (found[1] ?? found[2])!, system: found[1] !== undefined };
    }
    case "define": {
      const found = /^([A-Za-z_]\w*)(?:\(([^)]*)\))?\s*([\s\S]*)$/.exec(argument);
      if (!found) throw new SyntaxFault("macro name must be an identifier", span);
      names.set(found[1]!, found[3]!);
      const parameters = found[2]?.split(",").map((name) => name.trim());
      return { kind: "define", span, name: found[1]!, parameters, text: found[3]!.trim() };
    }
    case "undef":
      names.delete(argument);
      return undefined;
    case "pragma":
    case "line":
    case "":
      return undefined;
    default:
      throw new SyntaxFault(`invalid preprocessing directive #${word}`, span);
  }
}

/** The value of an expression of `#if`: integers, `defined(X)`, names that were defined; others are 0. */
function condition(text: string, names: ReadonlyMap<string, string>, span: Context["span"]): boolean {
  const words = text.match(/defined\s*\(\s*\w+\s*\)|defined\s+\w+|\w+|&&|\|\||[=!<>]=|[-+!<>()*/%]|\S/g) ?? [];
  let at = 0;
  const fail = (): never => {
    throw new SyntaxFault("invalid expression in #if", span);
  };
  const unary = (depth: number): number => {
    const word = words[at++];
    if (word === undefined || depth > 100) return fail();
    if (word === "!") return unary(depth + 1) === 0 ? 1 : 0;
    if (word === "-") return -unary(depth + 1);
    if (word === "(") {
      const value = binary(0, depth + 1);
      return words[at++] === ")" ? value : fail();
    }
    const asked = /^defined\W+(\w+)/.exec(word)?.[1];
    if (asked !== undefined) return names.has(asked) ? 1 : 0;
    const number = Number(names.get(word) ?? word);
    if (/^\d/.test(word)) return number;
    return /^\w+$/.test(word) ? (Number.isNaN(number) ? 0 : number) : fail();
  };
  const LEVELS: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
    { "||": (a, b) => Number(a !== 0 || b !== 0) },
    { "&&": (a, b) => Number(a !== 0 && b !== 0) },
    { "==": (a, b) => Number(a === b), "!=": (a, b) => Number(a !== b) },
    {
      "<": (a, b) => Number(a < b),
      ">": (a, b) => Number(a > b),
      "<=": (a, b) => Number(a <= b),
      ">=": (a, b) => Number(a >= b),
    },
    { "+": (a, b) => a + b, "-": (a, b) => a - b },
    {
      "*": (a, b) => a * b,
      "/": (a, b) => (b === 0 ? fail() : Math.trunc(a / b)),
      "%": (a, b) => (b === 0 ? fail() : a % b),
    },
  ];
  const binary = (level: number, depth: number): number => {
    if (level === LEVELS.length) return unary(depth);
    let left = binary(level + 1, depth);
    for (;;) {
      const word = words[at] ?? "";
      const rows = LEVELS[level]!;
      if (!Object.hasOwn(rows, word)) return left;
      at++;
      left = rows[word]!(left, binary(level + 1, depth));
    }
  };
  const value = binary(0, 0);
  return at === words.length ? value !== 0 : fail();
}
