import type { NotebookSource, SourceCell } from "./source.ts";

/** The names of the two cells that the builder adds; no source may use them. */
export const HEADER_CELLS = ["course", "progress"] as const;

/** What stands below the title, in each language that there are lessons in. */
const WORDS = {
  en: {
    card: "Reference card",
    glossary: "Glossary",
    about: "How far you are (Binder forgets it when you leave; the cell says how to keep it):",
  },
  fr: {
    card: "Aide-mémoire (en anglais)",
    glossary: "Glossaire (en anglais)",
    about: "Où vous en êtes (Binder l’oublie quand vous partez ; la cellule dit comment le garder) :",
  },
} as const;

/** `lessons/13-profiling.ipynb`, `lessons/01-x.fr.ipynb`, `investigations/investigations-1.ipynb`. */
const PLACE = /\/(?:lessons\/(?<number>\d\d)-[^/.]*(?:\.(?<language>[a-z]{2}))?|investigations\/[^/.]*)\.ipynb$/;

/**
 * The same source with what every lesson has below its title: links to what one looks up, and a cell that shows the student's
 * progress, and to the French edition, its file's name, if there is one. Other notebooks stay as they are. Where that is, the
 * notebook's path says.
 *
 * @example withHeader(source, "/home/me/notebooks/lessons/03-maps.ipynb").cells[2].text; // import { progress } ...
 */
export function withHeader(source: NotebookSource, path: string, french?: string): NotebookSource {
  const place = PLACE.exec(path)?.groups;
  const [title, ...rest] = source.cells;
  if (place === undefined || title === undefined) return source;
  const language = place["language"] === "fr" ? "fr" : "en";
  const { card, glossary, about } = WORDS[language];
  const links = `[${card}](../../docs/reference-card.md) · [${glossary}](../../docs/glossary.md)${french === undefined ? "" : ` · [En français](${french})`}`;
  const [course, progress] = HEADER_CELLS;
  const code = `import { progress } from "bpfbook";\n\nprogress.lesson("${place["number"] ?? "inv"}");`;
  const header: SourceCell[] = [
    { id: course, kind: "markdown", text: `${links}\n\n${about}`, tags: [], line: title.line },
    { id: progress, kind: "code", text: code, tags: ["volatile"], line: title.line },
  ];
  return { ...source, cells: [title, ...header, ...rest] };
}
