import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { BUILTIN_NAMES } from "../../src/bpftrace/analyse/builtins.ts";
import { FUNCTIONS } from "../../src/bpftrace/analyse/call.ts";
import { AGGREGATES } from "../../src/bpftrace/analyse/functions/aggregates.ts";
import { libraryNames } from "../../src/bpftrace/analyse/library.ts";
import { CONFIG } from "../../src/bpftrace/analyse/settings.ts";
import { PROVIDERS } from "../../src/bpftrace/probes/providers.ts";
import { readCases } from "./cases.ts";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const cases = readCases(folder("./cases"));
const programs = cases.map(({ program }) => program).join("\n");
const results = cases.map(({ expect: wanted }) => wanted).join("\n");

/** Words that stand nowhere in the cases' programs. */
const missing = (names: Iterable<string>): string[] =>
  [...names].filter((name) => !new RegExp(`(?<![\\w$@])${name}(?!\\w)`).test(programs));

describe("the suite of cases", () => {
  it("is large", () => {
    expect(cases.length).toBeGreaterThanOrEqual(400);
  });

  it("has every function, builtin, kind of probe and setting", () => {
    expect(missing(FUNCTIONS.map(({ name }) => name))).toEqual([]);
    expect(missing(AGGREGATES.keys())).toEqual([]);
    expect(missing(libraryNames())).toEqual([]);
    expect(missing(BUILTIN_NAMES)).toEqual([]);
    expect(missing(PROVIDERS.filter(({ name }) => !ELSEWHERE.has(name)).map(({ name }) => name))).toEqual([]);
    expect(missing(CONFIG.map(({ name }) => name))).toEqual([]);
  });

  it("has every message", () => {
    expect(messages().filter((message) => !pattern(message).test(results) && !WITHOUT.has(message))).toEqual([]);
  });
});

/** Kinds of probes that only options of the command line run: `test/cli/bpftrace.test.ts`. */
const ELSEWHERE: ReadonlySet<string> = new Set(["test", "bench", "self"]);

/** Messages that no case can have: what they need, or why they cannot be reached. What varies is an ellipsis. */
const WITHOUT: ReadonlySet<string> = new Set([
  // Parameters, which cases have none of: `run.test.ts`.
  '$… used numerically but given "…". Try using str($…).',
  "Invalid value for '…': …",
  // A hundred files: `imports.test.ts`.
  "import of '…': too many files",
  // A program of more than a thousand brackets: `parse.test.ts`.
  "the program is nested too deeply",
  // The word is only read where an at sign follows.
  "syntax error, unexpected token, expecting map",
]);

/** Calls whose argument is what a program is told. */
const REPORTS = /\b(?:report|fail|refuse|SyntaxFault|unexpected)\(|\berror: |\breturn (?=`[^`]* )/g;

/** The first text with a blank in it. */
const TEXT = /`((?:[^`\\]|\\.)*)`|"((?:[^"\\\n]|\\.)* (?:[^"\\\n]|\\.)*)"/;

/** Texts of messages, as they are written in the sources of what reads and types programs. */
function messages(): string[] {
  const found = new Set<string>();
  for (const part of ["analyse", "analyse/functions", "probes", "syntax"]) {
    const path = folder(`../../src/bpftrace/${part}`);
    for (const file of readdirSync(path).filter((name) => name.endsWith(".ts"))) {
      const source = readFileSync(`${path}/${file}`, "utf8").replace(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
      for (const match of source.matchAll(REPORTS)) {
        const [, template, plain] = TEXT.exec(source.slice(match.index + match[0].length, match.index + 250)) ?? [];
        const text = template ?? plain ?? "";
        if (/^[\w'$@#].*[A-Za-z]{2,} /.test(text) && !/===|!==|\?\?/.test(text)) found.add(withoutParts(text));
      }
    }
  }
  return [...found];
}

/** A message with an ellipsis for each of its parts. */
const withoutParts = (message: string): string =>
  message.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "…").replace(/\\(["`\\])/g, "$1");

/** What a message looks like when its parts are filled in. */
const pattern = (message: string): RegExp =>
  new RegExp(message.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/…/g, "[^\\n]*"));
