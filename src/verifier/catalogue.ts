/** The catalogue of messages as a page: every message with what it means, what mends it, and a program that provokes it. */
import { assemble } from "../asm/assemble.ts";
import type { DeclaredMap } from "../asm/directives.ts";
import { helperId } from "../helpers/names.ts";
import { decode, fromHex } from "../isa/encode.ts";
import type { MapSpec, MapType } from "../maps/spec.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { MessageExample } from "./examples/example.ts";
import { MEMORY_EXAMPLES } from "./examples/memory.ts";
import { OBJECT_EXAMPLES } from "./examples/objects.ts";
import { SHAPE_EXAMPLES } from "./examples/shape.ts";
import { explain } from "./explain.ts";
import { anchorOf } from "./lesson.ts";
import type { MessageRow } from "./message-row.ts";
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
are the values of the message. Each example is a whole program for \`bpfbook verify\`; a test holds each against this verifier
and, as root on Linux, against the running kernel. This page is made from \`src/verifier/*messages.ts\` and
\`src/verifier/examples\`; the anchors are stable.
`;

/** The whole page as Markdown. */
export function cataloguePage(): string {
  const names = (Object.keys(MESSAGES) as MessageName[]).filter((name) => MESSAGES[name].format !== "");
  const sections = names.sort((a, b) => a.localeCompare(b)).map((name) => section(name));
  return [INTRODUCTION, ...sections].join("\n");
}

function section(name: MessageName): string {
  const { format, errno, cause, mend }: MessageRow = MESSAGES[name];
  const example = EXAMPLES[name];
  return [
    `<a id="${anchorOf(name)}"></a>`,
    "",
    `## \`${format.replaceAll("\n", " ")}\``,
    "",
    `${errno}. ${plain(cause)} **What to do:** ${plain(mend)}`,
    "",
    ...(example === undefined ? [] : exampleLines(example)),
  ].join("\n");
}

/** Placeholders stay, their forms do not matter to a reader. */
const plain = (sentence: string): string => sentence.replace(/\{(\d)(?::\w+)?\}/g, "{$1}");

function exampleLines(example: MessageExample): string[] {
  const { type = "socket_filter", license, text, hex = "" } = example;
  const fix = explain(exampleProgram(example))?.fixes.find(
    ({ diff, next }) => diff !== undefined && next === undefined,
  );
  const indented = text
    ?.split("\n")
    .map((line) => (/^(\.|\w+:)/.test(line) ? line : `    ${line}`))
    .join("\n");
  return [
    `A program of type \`${type}\`${license === undefined ? "" : ` under the license "${license}"`}:`,
    "",
    ...(indented === undefined ? ["```", ...(hex.match(/.{1,16}/g) ?? []), "```"] : ["```", indented, "```"]),
    "",
    ...(fix === undefined ? [] : [`${fix.title}:`, "", "```diff", fix.diff!, "```", ""]),
  ];
}
