/** The catalogue of messages as a page: every message with what it means, what mends it, and a program that provokes it. */
import { assemble } from "../asm/assemble.ts";
import type { DeclaredMap } from "../asm/directives.ts";
import { helperId } from "../helpers/names.ts";
import { decode, fromHex } from "../isa/encode.ts";
import type { MapSpec, MapType } from "../maps/spec.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { ProgramType } from "../programs/types.ts";
import type { MessageExample } from "./examples/example.ts";
import { MEMORY_EXAMPLES } from "./examples/memory.ts";
import { OBJECT_EXAMPLES } from "./examples/objects.ts";
import { SHAPE_EXAMPLES } from "./examples/shape.ts";
import { WITHOUT_EXAMPLE } from "./examples/without.ts";
import { explain } from "./explain.ts";
import { anchorOf } from "./lesson.ts";
import type { MessageRow } from "./message-row.ts";
import { sinceOf } from "./message-since.ts";
import { MESSAGES, type MessageName } from "./messages.ts";

/** Programs by the message that they are refused with. */
export const EXAMPLES: Readonly<Partial<Record<MessageName, MessageExample>>> = {
  ...SHAPE_EXAMPLES,
  ...MEMORY_EXAMPLES,
  ...OBJECT_EXAMPLES,
};

/** An example as a program. */
export function exampleProgram({
  type = "socket_filter",
  license = "GPL",
  text,
  hex = "",
}: MessageExample): ProgramSpec {
  if (text === undefined) return { type, license, name: "example", insns: decode(fromHex(hex)), maps: [] };
  const maps: MapSpec[] = [];
  const declared = new Map<string, number>();
  const { insns, lines } = assemble(text, {
    helper: helperId,
    map: (name, declaration) => {
      if (declaration && !declared.has(name)) declared.set(name, maps.push(specOf(declaration)) - 1);
      return declared.get(name);
    },
  });
  return { type, license, name: "example", insns, lines, maps };
}

const specOf = ({ line, ...map }: DeclaredMap): MapSpec => ({ ...map, type: map.type as MapType });

const INTRODUCTION = `# Messages of the verifier

Every message with which bpfbook's verifier refuses a program, in Linux's words, with the errno of \`bpf(2)\`. Numbers in braces
are the values of the message. "Since" is the release of Linux that brought what the message is about. An example is a whole
program for \`bpfbook verify\`, or a case of the tests, whose maps and types are in test/verifier/typed-programs.ts
(\`local[item]\` is the id of a type, \`func[f]\` the address of a function); tests hold each against this verifier and, as
root on Linux, against the running kernel. Where no program can provoke a message, that is said. This page is made from
\`src/verifier/*messages.ts\`, \`src/verifier/examples\` and \`test/verifier\`; the anchors are stable.
`;

/** A program that needs types of its own or of Linux: what the tests write it as. */
export interface CaseExample {
  readonly name: string;
  readonly text: string;
  readonly type?: ProgramType;
  readonly license?: string;
  /** Of each function but the main one: `ctx, mem -> int`. */
  readonly signatures?: readonly string[];
  readonly attach?: { readonly to: string; readonly member?: string };
  readonly sleepable?: boolean;
}

/** Examples that are no part of the project's code: the tests' cases, and programs in C, by message. */
export interface ExamplesElsewhere {
  readonly cases: ReadonlyMap<MessageName, CaseExample>;
  readonly programs: ReadonlyMap<MessageName, { readonly file: string; readonly source: string }>;
}

/** The whole page as Markdown. */
export function cataloguePage(elsewhere: ExamplesElsewhere): string {
  const names = (Object.keys(MESSAGES) as MessageName[]).filter((name) => MESSAGES[name].format !== "");
  const sections = names.sort((a, b) => a.localeCompare(b)).map((name) => section(name, elsewhere));
  return [INTRODUCTION, ...sections].join("\n");
}

function section(name: MessageName, { cases, programs }: ExamplesElsewhere): string {
  const { format, errno, cause, mend }: MessageRow = MESSAGES[name];
  const example = EXAMPLES[name];
  const since = sinceOf(name);
  const given = cases.get(name);
  const inC = programs.get(name);
  const why = WITHOUT_EXAMPLE[name];
  return [
    `<a id="${anchorOf(name)}"></a>`,
    "",
    `## \`${format.replaceAll("\n", " ")}\``,
    "",
    `${errno}${since === undefined ? "" : `, since Linux ${since}`}. ${plain(cause)} **What to do:** ${plain(mend)}`,
    "",
    ...(example !== undefined ? exampleLines(example) : given !== undefined ? caseLines(given) : []),
    ...(inC === undefined ? [] : programLines(inC)),
    ...(why === undefined ? [] : [`No example: ${why}`, ""]),
  ].join("\n");
}

/** Placeholders stay, their forms do not matter to a reader. */
const plain = (sentence: string): string => sentence.replace(/\{(\d)(?::\w+)?\}/g, "{$1}");

function exampleLines(example: MessageExample): string[] {
  const { type = "socket_filter", license, text, hex = "" } = example;
  const fix = explain(exampleProgram(example))?.fixes.find(
    ({ diff, next }) => diff !== undefined && next === undefined,
  );
  const indented = text === undefined ? undefined : indent(text);
  return [
    `A program of type \`${type}\`${license === undefined ? "" : ` under the license "${license}"`}:`,
    "",
    ...(indented === undefined ? ["```", ...(hex.match(/.{1,16}/g) ?? []), "```"] : ["```", indented, "```"]),
    "",
    ...(fix === undefined ? [] : [`${fix.title}:`, "", "```diff", fix.diff!, "```", ""]),
  ];
}

/** Lines of a program that are shown. */
const MOST_LINES = 70;

/** Labels stay at the margin; what is longer than a page is cut. */
function indent(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const shown = lines.slice(0, MOST_LINES).map((line) => (/^(\.|\w+:)/.test(line) ? line : `    ${line}`));
  return [...shown, ...(lines.length > MOST_LINES ? [`    ... and ${lines.length - MOST_LINES} lines more`] : [])].join(
    "\n",
  );
}

function caseLines({ type = "socket_filter", license, text, signatures, attach, sleepable }: CaseExample): string[] {
  const place = attach && ` at \`${attach.to}${attach.member === undefined ? "" : `.${attach.member}`}\``;
  const more = [
    ...(signatures?.length
      ? [`functions after the main one: ${signatures.map((each) => `\`${each}\``).join(", ")}`]
      : []),
    ...(sleepable ? ["it may wait"] : []),
    ...(license === undefined ? [] : [`license "${license}"`]),
  ];
  return [
    `A program of type \`${type}\`${place ?? ""}${more.length === 0 ? "" : ` (${more.join("; ")})`}, with the maps and types of the tests:`,
    "",
    "```",
    indent(text),
    "```",
    "",
  ];
}

function programLines({ file, source }: { readonly file: string; readonly source: string }): string[] {
  const code = source.replace(/^(?:\/\/.*\n)+\n*/, "").trimEnd();
  return [`In C ([${file}](../test/verifier/c/${file})):`, "", "```c", code, "```", ""];
}
