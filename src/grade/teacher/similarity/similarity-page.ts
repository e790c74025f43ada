import { instructionTexts } from "../../../asm/disassemble.ts";
import { helperById } from "../../../helpers/table.ts";
import { xmlText } from "../../writers/junit.ts";
import { htmlTable, teacherPage } from "../page.ts";
import type { AnswerProgram } from "./answers.ts";
import type { Answer, SimilarPair, TaskSimilarity } from "./pairs.ts";

/** Lines of one side that are shown. */
const MOST_LINES = 400;

/** What the report is, said on it and in the terminal. */
export const CAVEAT =
  "This proves nothing. Two people who were taught the same, or whose task has one short answer, write alike programs; whoever copies may " +
  "write enough anew to go unseen. Look at the two programs, and ask.";

const shown = (similarity: number): string => `${Math.floor(100 * similarity)} %`;

/** How often each feature is on the other side and still to be matched. */
function featuresOf({ code }: Answer): Map<number, number> {
  const all = new Map<number, number>();
  for (const { print } of code.programs) for (const one of print.bySlot.values()) all.set(one, (all.get(one) ?? 0) + 1);
  return all;
}

/** A program's listing; what the other answer has too is marked. */
function listing({ name, insns, print }: AnswerProgram, other: Map<number, number>): readonly string[] {
  const texts = instructionTexts(insns, { helperName: (id) => helperById(id)?.name });
  const lines = [...texts].map(([slot, text]) => {
    const line = `${String(slot).padStart(4)}  ${xmlText(text)}`;
    const feature = print.bySlot.get(slot);
    const left = feature === undefined ? 0 : (other.get(feature) ?? 0);
    if (left === 0) return line;
    other.set(feature!, left - 1);
    return `<mark>${line}</mark>`;
  });
  return [`; ${xmlText(name)}`, ...lines];
}

function side(answer: Answer, other: Answer): string {
  const left = featuresOf(other);
  const lines = answer.code.programs.flatMap((program) => listing(program, left));
  const more = lines.length > MOST_LINES ? [`... ${lines.length - MOST_LINES} more lines`] : [];
  return `<div><h4>${xmlText(answer.student)}</h4><pre>${[...lines.slice(0, MOST_LINES), ...more].join("\n")}</pre></div>`;
}

const pairDetails = ({ a, b, similarity }: SimilarPair): string =>
  `<details><summary>${shown(similarity)}: ${xmlText(a.student)} and ${xmlText(b.student)}</summary>` +
  `<div class="two">${side(a, b)}${side(b, a)}</div></details>`;

/** In words, how the threshold came about and whether the task can tell anything. */
function remarks({ threshold, model, median, compared, leftOut, found, pairs }: TaskSimilarity): readonly string[] {
  const from =
    model === undefined
      ? "no model solution was compared"
      : `the model solution's own variants are alike from ${shown(model)} on`;
  return [
    `${compared} answers are compared; half of all pairs are alike by less than ${shown(median)}. Told are pairs from ${shown(threshold)} on (${from}).`,
    ...(median >= threshold
      ? [
          "Most answers to this task are alike, as where there is one short way: what stands here says little about anybody.",
        ]
      : []),
    ...(found > pairs.length ? [`${found} pairs are that alike; the ${pairs.length} most alike are shown.`] : []),
    ...(leftOut.length > 0
      ? [
          `Not compared, for they are too short or cannot be read: ${leftOut.slice(0, 20).join(", ")}${leftOut.length > 20 ? ", ..." : ""}.`,
        ]
      : []),
  ];
}

/** The report as a page that loads nothing: pairs side by side, what both have marked. */
export function similarityPage(tasks: readonly TaskSimilarity[]): string {
  const overview = htmlTable(
    ["task", "answers", "half of the pairs below", "told from", "pairs"],
    tasks.map(({ task, compared, median, threshold, found }) => [
      task,
      compared,
      shown(median),
      shown(threshold),
      found,
    ]),
  );
  const sections = tasks.map((one) => {
    const told = remarks(one)
      .map((text) => `<p>${xmlText(text)}</p>`)
      .join("");
    return `<section><h2>${xmlText(one.task)}</h2>${told}\n${one.pairs.map(pairDetails).join("\n")}</section>`;
  });
  const what =
    "Compared are operations, what flows into what, sizes, helpers and the shape of control; registers, the order of independent " +
    "instructions, constants, offsets and names are not. Marked is what the other program has too.";
  return teacherPage(
    "Programs that are alike",
    `<p><strong>${CAVEAT}</strong></p><p>${what}</p>${overview}${sections.join("\n")}`,
  );
}

/** The same for a terminal: pairs and how alike they are. */
export function similarityText(tasks: readonly TaskSimilarity[]): string {
  const lines = tasks.flatMap((one) => [
    `${one.task}: ${remarks(one).join(" ")}`,
    ...one.pairs.map(({ a, b, similarity }) => `  ${shown(similarity)}  ${a.student}  ${b.student}`),
  ]);
  return `${[...lines, ...(tasks.length === 0 ? ["there are no programs to compare"] : []), CAVEAT].join("\n")}\n`;
}
