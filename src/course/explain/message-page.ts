/** A message of the verifier as a page: what it means, what mends it, and a program that is refused with it. */
import { EXAMPLES, exampleProgram } from "../../verifier/catalogue.ts";
import { explain } from "../../verifier/explain.ts";
import { lessonOf } from "../../verifier/lesson.ts";
import type { MessageRow } from "../../verifier/message-row.ts";
import { MESSAGES, type MessageName } from "../../verifier/messages.ts";
import { verify } from "../../verifier/verify.ts";
import { type Block, code, heading, type Topic, text } from "./block.ts";

/** The page of a message by its stable name (`mem_access`, or `mem-access` as in links); undefined for other words. */
export function messagePage(word: string): Topic | undefined {
  const name = word.replaceAll("-", "_") as MessageName;
  if (!Object.hasOwn(MESSAGES, name)) return undefined;
  const { format, errno, cause, mend }: MessageRow = MESSAGES[name];
  if (format === "") return undefined;
  return {
    id: name,
    title: `The verifier says: ${format.replaceAll("\n", " ")}`,
    also: [],
    concepts: [],
    lessons: [],
    blocks: () => [
      text(`${errno}. ${plain(cause)}`),
      text(`What to do: ${plain(mend)}`),
      ...exampleBlocks(name),
      text(`All messages: ${lessonOf(name)}`),
    ],
  };
}

/** Placeholders stay, their forms do not matter to a reader. */
const plain = (sentence: string): string => sentence.replace(/\{(\d)(?::\w+)?\}/g, "{$1}");

function exampleBlocks(name: MessageName): Block[] {
  const example = EXAMPLES[name];
  if (example?.text === undefined) return [];
  const program = exampleProgram(example);
  const lines = example.text.split("\n").map((line) => line.trim());
  const fix = explain(program)?.fixes.find(({ diff, next }) => diff !== undefined && next === undefined);
  return [
    heading(`A program of type ${program.type} that is refused`),
    code("text", lines.join("\n")),
    text(`Linux says: \`${verify(program).error}\``),
    ...(fix ? [heading(fix.title), code("diff", fix.diff!)] : []),
  ];
}
