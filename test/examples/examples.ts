/** The `@example` blocks of docstrings, as they can be run. */
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

/** One block. */
export interface Example {
  /** `src/asm/builder.ts:24` */
  readonly where: string;
  readonly module: string;
  readonly text: string;
}

/** Modules that the public surface is made of: those that `index.ts` exports from, and itself. */
export function publicModules(index: string): readonly string[] {
  const text = readFileSync(index, "utf8");
  const named = [...text.matchAll(/from "\.\/([^"]+)"/g)].map(([, path]) => `src/${path}`);
  return [...new Set(["src/index.ts", ...named])];
}

/** All blocks of a file: what follows `@example` up to the next tag or the end of the comment. */
export function examplesOf(module: string): Example[] {
  const lines = readFileSync(module, "utf8").split("\n");
  const found: Example[] = [];
  let block: { line: number; text: string[] } | undefined;
  const close = (): void => {
    if (block !== undefined)
      found.push({ where: `${module}:${block.line}`, module, text: block.text.join("\n").trim() });
    block = undefined;
  };
  for (const [index, line] of lines.entries()) {
    const [, first] =
      /^\s*(?:\/\*)?\*.*@example ?(.*?)(?:\*\/.*)?$/.exec(line) ??
      /\/\*\*.*@example ?(.*?)(?:\*\/.*)$/.exec(line) ??
      [];
    if (first !== undefined) {
      close();
      block = { line: index + 1, text: [first] };
      if (line.includes("*/")) close();
    } else if (block !== undefined) {
      const ends = /^\s*\*\/|^\s*\* @/.test(line);
      if (ends) close();
      else block.text.push(line.replace(/^\s*\* ?/, ""));
    }
  }
  return found;
}

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** The last expression of a block with the value that a comment behind it claims. */
function claimOf(text: string): { readonly code: string; readonly claim?: string } {
  const lines = text.split("\n");
  const last = lines.pop()!;
  const [, expression, claim] =
    /^(?!\s|}|\/\/|const |let |using |for |if |try |await using |import )(.+?);?\s+\/\/\s*(.+)$/.exec(last) ?? [];
  if (expression === undefined) return { code: text };
  return { code: [...lines, `return (${expression});`].join("\n"), ...(claim ? { claim } : {}) };
}

/** The value that a claim is a literal of; undefined where it is words, or leaves something out. */
function literal(claim: string): { readonly value: unknown } | undefined {
  if (/\.\.\.|…/.test(claim)) return undefined;
  try {
    return { value: new Function(`"use strict"; return (${claim})`)() };
  } catch {
    return undefined;
  }
}

/** Runs a block, its seconds as milliseconds, with names in scope; gives what it came to and what it claims, where it claims a value. */
export async function runExample(
  text: string,
  names: Readonly<Record<string, unknown>>,
): Promise<{ readonly got: unknown; readonly claimed: unknown } | undefined> {
  // Everything that `bpfbook` exports is in scope.
  const { code, claim } = claimOf(text.replace(/^import .*$/m, "").replace(/^(.*\bawait\b.*)"(\d+)s"/gm, '$1"$2ms"'));
  const stripped = stripTypeScriptTypes(`async function example() {${code}\n}`);
  const body = stripped.slice(stripped.indexOf("{") + 1, stripped.lastIndexOf("}"));
  const own = [...body.matchAll(/^\s*(?:using|const|let|function|class)\s+(\w+)/gm)].map(([, name]) => name);
  const given = Object.keys(names).filter((name) => !own.includes(name));
  const run = new AsyncFunction(...given, body);
  const got = await run(...given.map((name) => names[name]));
  const claimed = claim === undefined ? undefined : literal(claim);
  return claimed === undefined ? undefined : { got, claimed: claimed.value };
}
