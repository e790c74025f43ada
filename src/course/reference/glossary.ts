/** The glossary as a page, and each of its terms as one. */
import { type Topic, table, text } from "../explain/block.ts";
import { TERMS, type Term, termOf } from "./terms.ts";

const byName = (a: Term, b: Term) => a.term.toLowerCase().localeCompare(b.term.toLowerCase(), "en");

/** Other words for a term that are more than its plural. */
const others = ({ term, also }: Term): readonly string[] => also.filter((word) => word !== `${term}s`);

/** All terms of the course, in the order of the alphabet. */
export const GLOSSARY: Topic = {
  id: "glossary",
  title: "Glossary",
  also: ["terms", "words"],
  concepts: [],
  lessons: [],
  blocks: () => [
    text("What the lessons' terms mean, and where each is explained. explain(TERM) gives one of them."),
    table(
      ["term", "meaning", "lesson"],
      TERMS.toSorted(byName).map((row) => [[row.term, ...others(row)].join(", "), row.meaning, row.lesson]),
    ),
  ],
};

/** The page of a term; undefined for a word that is none. */
export function termPage(word: string): Topic | undefined {
  const found = termOf(word) ?? termOf(word.replaceAll("-", " "));
  if (found === undefined) return undefined;
  const { term, also, lesson, meaning } = found;
  const more = others(found);
  return {
    ...{ id: term, title: term, also, concepts: [], lessons: [] },
    blocks: () => [
      text(meaning),
      ...(more.length === 0 ? [] : [text(`Also: ${more.join(", ")}.`)]),
      text(`Lesson ${lesson} explains it.`),
    ],
  };
}
