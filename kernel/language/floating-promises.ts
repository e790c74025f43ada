import { type Token, tokenize } from "./tokens.ts";

/** A call that is a statement of its own, by the function's name. */
export interface CallStatement {
  /** `m.run`: what is called, names and dots only. */
  readonly callee: string;
  /** 0-based offset in the cell. */
  readonly start: number;
}

/** Who writes these handles the promise himself. */
const HANDLES = new Set(["then", "catch", "finally"]);
/** Words that begin no call, or whose value the call is. */
const WORDS = new Set(
  (
    "await async break case catch class const continue debugger declare default delete do else enum export extends finally for " +
    "function if import in instanceof interface let namespace new of return satisfies switch throw try type typeof using var " +
    "void while with yield as"
  ).split(" "),
);

/**
 * The statements of a cell, outside of all brackets, that are a call and nothing else, but for the last: its value is shown.
 * None if the cell does not end where it should.
 *
 * @example callStatements('m.run("1s");\nm.now')[0]; // { callee: "m.run", start: 0 }
 */
export function callStatements(code: string): CallStatement[] {
  const { tokens, unfinished, open, mismatched } = tokenize(code);
  if (unfinished || open.length > 0 || mismatched) return [];
  const found: CallStatement[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const first = tokens[index]!;
    if (first.depth > 0 || first.kind !== "word" || WORDS.has(first.text)) continue;
    if (!startsStatement(tokens[index - 1], first)) continue;
    let at = index + 1;
    while (tokens[at]?.text === "." && tokens[at + 1]?.kind === "word") at += 2;
    if (tokens[at]?.text !== "(" || HANDLES.has(tokens[at - 1]!.text)) continue;
    const close = tokens.findIndex(({ depth, text }, place) => place > at && depth === 0 && text === ")");
    if (!endsStatement(tokens, close)) continue;
    const callee = tokens.slice(index, at).map(({ text }) => text);
    found.push({ callee: callee.join(""), start: first.start });
    index = close;
  }
  return found;
}

function startsStatement(before: Token | undefined, token: Token): boolean {
  if (before === undefined || before.text === ";") return true;
  if (!token.newLine) return before.text === "}";
  return before.kind === "punctuation"
    ? /^[)\]}]$/.test(before.text)
    : !WORDS.has(before.text) || before.text === "else";
}

/** Whether a statement ends with this token, and another follows. */
function endsStatement(tokens: readonly Token[], index: number): boolean {
  const after = tokens[index + 1];
  if (after?.text === ";") return tokens[index + 2] !== undefined;
  return after?.newLine && after.kind === "word" && !/^(in|instanceof|as|satisfies)$/.test(after.text);
}

/**
 * A line behind the cell that has an error for each call that gives a promise. The server has checked the calls then, so it
 * costs no request; what cannot be called so, or gives `any` or never returns, has no error of this number.
 */
export function floatingProbe(calls: readonly CallStatement[]): string {
  const probes = calls.map(({ callee }, index) => {
    const result = `ReturnType<typeof ${callee}>`;
    return `{ let ${PROBE}${index}: [${result}] extends [never] ? 1 : ${result} extends Promise<any> ? 0 : 1 = 1; }`;
  });
  return probes.length === 0 ? "" : `\n;${probes.join(" ")}`;
}

/** The calls whose probe has an error; `errors` are places in the probe's line. */
export function floatingCalls(
  calls: readonly CallStatement[],
  probe: string,
  errors: readonly { readonly character: number; readonly code: number }[],
): CallStatement[] {
  return errors.flatMap(({ character, code }) => {
    const name = new RegExp(`^${PROBE}(\\d+)`).exec(probe.slice(1 + character));
    return code === NOT_ASSIGNABLE && name ? [calls[Number(name[1])]!] : [];
  });
}

const PROBE = "__floating_";
/** "Type '1' is not assignable to type '0'." */
const NOT_ASSIGNABLE = 2322;
