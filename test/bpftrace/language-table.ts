import { BUILTIN_DOCS } from "../../src/bpftrace/analyse/builtins.ts";
import { FUNCTIONS } from "../../src/bpftrace/analyse/call.ts";
import { AGGREGATES } from "../../src/bpftrace/analyse/functions/aggregates.ts";
import { libraryNames, REFUSED } from "../../src/bpftrace/analyse/library.ts";
import { CONFIG } from "../../src/bpftrace/analyse/settings.ts";
import { PROVIDERS } from "../../src/bpftrace/probes/providers.ts";

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("");

const code = (text: string): string => `\`${text}\``;

const argumentsText = ([least, most]: readonly [number, number]): string =>
  least === most ? String(least) : most >= 100 ? `${least} or more` : `${least} to ${most}`;

/** Kinds of probes that something is said of. */
const NOTES: Readonly<Record<string, string>> = {
  watchpoint: "Mode x, at a function of Linux; the machine has no instructions that load and store.",
  iter: "Of `task`, `task_file` and `task_vma`.",
  hardware: "The numbers are those of a CPU as it could be: there is no hardware.",
  test: "With `--test` alone.",
  bench: "With `--bench` alone, in real time.",
};

/** Syntax, a line each. */
const SYNTAX: readonly (readonly [string, string])[] = [
  [
    "statements",
    "`if` `else`, `?:`, `for ($kv : @m)`, `for ($i : a..b)`, `while`, `unroll`, `break`, `continue`, `return`, `{ ...; value }`, `_ = value`, `let $x : type = value`, `let @m = lruhash(N)`",
  ],
  [
    "operators",
    "those of C, `==` and `!=` of texts, arrays and tuples, `++` and `--` on both sides, assignments with an operator",
  ],
  [
    "types",
    "`bool`, `int8` to `uint64`, `string[N]`, `buffer[N]`, `inet`, pointers, arrays, structs, unions and enums of Linux and one's own, tuples, records",
  ],
  ["numbers", "`10`, `0x1f`, `010`, `1e6`, `1_000`, `10ms` and other durations"],
  ["beside probes", "`#define`, `#if`, `#include`, `struct`, `union`, `enum`, `config`, `import`, `macro`, `fn`"],
];

/** The language as it is here, from the tables that it is read by. */
export function languageTable(): string {
  const sections = [
    "# bpftrace's language here\n\nMade from the tables that programs are read by (`test/bpftrace/coverage.test.ts`, `vitest --update`).\n",
    `## Probes\n\n${table(
      ["probe", "short", "when", "note"],
      PROVIDERS.map(({ name, aliases, doc }) => [code(name), aliases.map(code).join(" "), doc, NOTES[name] ?? ""]),
    )}`,
    `## Syntax\n\n${table(["what", "how"], SYNTAX)}`,
    `## Values\n\n${table(
      ["name", "what it is"],
      [...BUILTIN_DOCS, ["arg0 ... arg9", "What a function is given."] as const].map(([name, doc]) => [
        code(name),
        doc,
      ]),
    )}`,
    `## Functions of maps\n\n${table(
      ["name", "arguments", "what the map holds"],
      [...AGGREGATES.values()].map(({ name, args, doc }) => [code(name), argumentsText(args), doc]),
    )}`,
    `## Functions\n\n${table(
      ["name", "arguments", "what it does", ""],
      FUNCTIONS.map(({ name, args, doc, unsafe }) => [
        code(name),
        argumentsText(args),
        doc,
        unsafe ? "with `--unsafe`" : "",
      ]),
    )}`,
    `## Functions written in the language itself\n\n${libraryNames().map(code).join(" ")}\n`,
    `## Refused by name\n\n${table(
      ["name", "why"],
      Object.entries(REFUSED).map(([name, why]) => [code(name), why]),
    )}`,
    `## Settings\n\n${table(
      ["name", "value", "effect"],
      CONFIG.map(({ name, kind, values, sets }) => [
        code(name),
        values?.map(code).join(" ") ?? kind,
        sets === undefined ? "accepted, and means nothing here" : "as in bpftrace",
      ]),
    )}`,
  ];
  return sections.join("\n");
}
