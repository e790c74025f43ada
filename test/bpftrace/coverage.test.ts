import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { BUILTIN_DOCS } from "../../src/bpftrace/analyse/builtins.ts";
import { FUNCTIONS } from "../../src/bpftrace/analyse/call.ts";
import { AGGREGATES } from "../../src/bpftrace/analyse/functions/aggregates.ts";
import { libraryNames, REFUSED } from "../../src/bpftrace/analyse/library.ts";
import { CONFIG } from "../../src/bpftrace/analyse/settings.ts";
import { PROVIDERS } from "../../src/bpftrace/probes/providers.ts";
import { readCases } from "./cases.ts";
import { languageTable } from "./language-table.ts";

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
    expect(missing(BUILTIN_DOCS.keys())).toEqual([]);
    expect(missing(PROVIDERS.filter(({ name }) => !ELSEWHERE.has(name)).map(({ name }) => name))).toEqual([]);
    expect(missing(CONFIG.map(({ name }) => name))).toEqual([]);
  });

  it("is of a language that has every function of bpftrace, or refuses it by name", () => {
    const own = [FUNCTIONS.map(({ name }) => name), AGGREGATES.keys(), libraryNames(), BUILTIN_DOCS.keys()];
    const known = new Set([...own.flatMap((names) => [...names]), ...Object.keys(REFUSED), ...KEYWORDS]);
    expect(STANDARD.split(/\s+/).filter((name) => !known.has(name))).toEqual([]);
  });

  it("has a table of the language: docs/bpftrace-language.md", async () => {
    await expect(languageTable()).toMatchFileSnapshot("../../docs/bpftrace-language.md");
  });

  it("has every message", () => {
    expect(messages().filter((message) => !pattern(message).test(results) && !WITHOUT.has(message))).toEqual([]);
  });
});

/** What today's bpftrace documents: functions that are values, of stacks, texts, maps, output, and for the compiler. */
const STANDARD = `cgroup comm config cpid cpu curtask elapsed func gid has_cpid jiffies leader_comm leader_tid ncpus nsecs numaid
  pcomm pid ppid probe probetype rand retval tid uid usermode username args ctx
  kstack ustack dw_ustack ksym usym kaddr uaddr percpu_kaddr reg
  str buf strcap str_concat strcontains strerror strftime strlen strncmp strstr memcmp bswap macaddr ntop pton path signal_name
  syscall_name clear zero delete find has_key len print printf errorf warnf join cat time exit system signal signal_thread override
  write_user skboutput unwatch sizeof offsetof typeof container_of cgroupid static_assert fail assert assert_str is_array is_err
  is_integer is_literal is_ptr is_str is_unsigned_integer kfunc_allowed kfunc_exist getopt default_str_length kptr uptr socket_cookie
  cgroup_path count sum avg min max stats hist lhist tseries`;

/** Those of them that the parser knows by itself. */
const KEYWORDS = ["config", "sizeof", "offsetof", "typeof"];

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
