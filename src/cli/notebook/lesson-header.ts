import { type NotebookSource, type SourceCell, SourceError } from "./source.ts";

/** The names of the two cells that the builder adds; no source may use them. */
export const HEADER_CELLS = ["course", "progress"] as const;

/** What stands below the title, in each language that there are lessons in. */
const WORDS = {
  en: {
    card: "Reference card",
    glossary: "Glossary",
    investigations: "Investigations",
    about: "How far you are (Binder forgets it when you leave; the cell says how to keep it):",
  },
  fr: {
    card: "Aide-mémoire (en anglais)",
    glossary: "Glossaire (en anglais)",
    investigations: "Enquêtes (en anglais)",
    about: "Où vous en êtes (Binder l’oublie quand vous partez ; la cellule dit comment le garder) :",
  },
} as const;

/** `lessons/13-profiling.ipynb`, `lessons/01-x.fr.ipynb`, `investigations/investigations-1.ipynb`. */
const PLACE = /\/(?:lessons\/(?<number>\d\d)-[^/.]*(?:\.(?<language>[a-z]{2}))?|investigations\/[^/.]*)\.ipynb$/;

/**
 * The same source with what every lesson has below its title: links to what one looks up, to the investigations and to the French
 * edition (its file's name, if there is one), and a cell that shows the student's progress. Which lesson it is, the notebook's path
 * says; other notebooks stay as they are. Throws `SourceError` for a source that has a cell of one of these names itself.
 *
 * @example withHeader(source, "/home/me/notebooks/lessons/03-maps.ipynb").cells[2].text; // import { progress } ...
 */
export function withHeader(source: NotebookSource, path: string, french?: string): NotebookSource {
  const place = PLACE.exec(path)?.groups;
  const [title, ...rest] = source.cells;
  if (place === undefined || title === undefined) return source;
  const language = place["language"] === "fr" ? "fr" : "en";
  const own = source.cells.find(({ id }) => HEADER_CELLS.some((name) => name === id));
  if (own !== undefined) throw new SourceError(path, own.line, `the cell ${own.id} is the builder's own`);
  const { about, ...names } = WORDS[language];
  const links = [
    `[${names.card}](../../docs/reference-card.md)`,
    `[${names.glossary}](../../docs/glossary.md)`,
    ...(place["number"] === undefined ? [] : [`[${names.investigations}](../investigations/investigations-1.ipynb)`]),
    ...(french === undefined ? [] : [`[En français](${french})`]),
  ];
  const [course, progress] = HEADER_CELLS;
  const code = `import { progress } from "bpfbook";\n\nprogress.lesson("${place["number"] ?? "inv"}");`;
  const header: SourceCell[] = [
    { id: course, kind: "markdown", text: `${links.join(" · ")}\n\n${about}`, tags: [], line: title.line },
    { id: progress, kind: "code", text: code, tags: ["volatile"], line: title.line },
  ];
  return { ...source, cells: [title, ...header, ...rest] };
}
