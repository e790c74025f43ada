import { suggest } from "../../asm/suggest.ts";
import { ArgumentError } from "../../isa/argument.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../../plot/displayable.ts";
import { render } from "../../plot/registry.ts";
import { REFERENCE_CARD } from "../reference/card.ts";
import { GLOSSARY, termPage } from "../reference/glossary.ts";
import { type Block, list, type Topic, table } from "./block.ts";
import { messagePage } from "./message-page.ts";
import { DATA } from "./topics/data.ts";
import { FOUNDATIONS } from "./topics/foundations.ts";
import { HOOKS } from "./topics/hooks.ts";
import { PRACTICE } from "./topics/practice.ts";
import { TOOLS } from "./topics/tools.ts";

/** The syllabus, section by section, and its quick reference. */
export const TOPICS: readonly Topic[] = [...FOUNDATIONS, ...DATA, ...HOOKS, ...TOOLS, ...PRACTICE];

/** What belongs to all of the course. */
const REFERENCES: readonly Topic[] = [REFERENCE_CARD, GLOSSARY];

/** A page as it shows itself. */
export class Page implements Displayable {
  readonly id: string;
  readonly title: string;
  /** Concepts of the syllabus. */
  readonly concepts: readonly string[];
  /** Lessons that are about it. */
  readonly lessons: readonly string[];
  readonly blocks: readonly Block[];

  constructor({ id, title, concepts, lessons, blocks }: Omit<Page, typeof DISPLAY>) {
    this.id = id;
    this.title = title;
    this.concepts = concepts;
    this.lessons = lessons;
    this.blocks = blocks;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("page", this);
  }
}

/** The list of all pages. */
function contents(): Page {
  const rows = [...TOPICS, ...REFERENCES].map(({ id, title, concepts, lessons }) => [
    id,
    title,
    concepts.join(", "),
    lessons.join(", "),
  ]);
  return new Page({
    id: "contents",
    title: "What can be explained",
    concepts: [],
    lessons: [],
    blocks: [table(["topic", "title", "concepts", "lessons"], rows), list('explain("verifier") shows a page.')],
  });
}

/**
 * A page of the syllabus, made from the data that the library runs on: limits from the verifier, prototypes from the helpers'
 * rows, messages from programs that are verified for it. Where the syllabus is out of date it says what is so now. Without a topic, the list of all; of
 * a message of the verifier, by its name, what it means with an example; of a term of the lessons, what it means.
 * `explain("reference-card")` and `explain("glossary")` are about all of the course.
 * Throws `ArgumentError`, with the nearest topic, for what is none.
 *
 * @example explain("verifier"); // checks, limits, messages, and what has changed
 */
export function explain(topic?: string): Page {
  if (topic === undefined) return contents();
  const word =
    typeof topic === "string"
      ? topic
          .trim()
          .toLowerCase()
          .replaceAll(/[_\s]+/g, "-")
      : "";
  const plain = (name: string) => name.replaceAll(/[_\s]+/g, "-");
  const found =
    TOPICS.find(({ id }) => id === word) ??
    REFERENCES.find(({ id }) => id === word) ??
    TOPICS.find(({ also }) => also.some((name) => plain(name) === word)) ??
    messagePage(word) ??
    termPage(word);
  if (found !== undefined) return new Page({ ...found, blocks: found.blocks() });
  const near = suggest(
    word,
    TOPICS.flatMap(({ id, also }) => [id, ...also.map(plain)]),
  );
  const names = near === undefined ? TOPICS.map(({ id }) => id).join(", ") : `such as "${near}"`;
  throw new ArgumentError("topic", `a topic, ${names}`, topic);
}
