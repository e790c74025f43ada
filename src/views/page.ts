/** Pages of the syllabus: markdown for notebooks, text for terminals. */
import type { MimeBundle } from "../plot/displayable.ts";

/** A part of a page as this view needs it. */
type PageBlock =
  | { readonly kind: "text" | "heading"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  | { readonly kind: "correction"; readonly said: string; readonly so: string };

export interface PageView {
  readonly title: string;
  readonly concepts: readonly string[];
  readonly lessons: readonly string[];
  readonly blocks: readonly PageBlock[];
}

/** Columns of a table in text are padded to at most this; what is longer pushes the rest. */
const WIDEST = 60;

/** Calls, types and errors, and one or two names: shown as code. */
const CODE = /→|\w\(|\(E[A-Z0-9]+\)$|["{}<>]/;

/** A cell: code where it reads as code, else prose. */
function cell(text: string): string {
  const whole = text.replaceAll("|", "\\|").replaceAll("\n", " ");
  const isName = text.includes("_") && text.split(" ").length < 3;
  return !text.includes("`") && (isName || CODE.test(text)) ? `\`${whole}\`` : prose(whole);
}

function markdownBlock(block: PageBlock): string {
  switch (block.kind) {
    case "text":
      return prose(block.text);
    case "heading":
      return `### ${block.text}`;
    case "list":
      return block.items.map((item) => `- ${prose(item)}`).join("\n");
    case "table":
      return [block.head, block.head.map(() => "---"), ...block.rows.map((row) => row.map(cell))]
        .map((row) => `| ${row.join(" | ")} |`)
        .join("\n");
    case "code":
      return `\`\`\`${block.language}\n${block.text}\n\`\`\``;
    case "correction":
      return `> **One reads:** ${prose(block.said)}\n>\n> **It is so:** ${prose(block.so)}`;
  }
}

/** Words with an underscore, or a star, are names: they stay as they are. */
const prose = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll(/[<*_]/g, "\\$&")))
    .join("");

function textBlock(block: PageBlock): string {
  switch (block.kind) {
    case "text":
      return block.text;
    case "heading":
      return `${block.text}\n${"-".repeat(block.text.length)}`;
    case "list":
      return block.items.map((item) => `  - ${item}`).join("\n");
    case "table":
      return textRows([block.head, ...block.rows]);
    case "code":
      return block.text
        .split("\n")
        .map((line) => `    ${line}`)
        .join("\n");
    case "correction":
      return `One reads: ${block.said}\nIt is so: ${block.so}`;
  }
}

function textRows(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.min(WIDEST, Math.max(...rows.map((row) => row[column]!.length))));
  return rows
    .map((row) => `  ${row.map((one, column) => one.padEnd(widths[column]!)).join("  ")}`.trimEnd())
    .join("\n");
}

/** Which concepts and lessons a page belongs to; "" for none. */
function place({ concepts, lessons }: PageView): string {
  if (lessons.length === 0) return "";
  return `Concepts ${concepts.join(", ")}. Lessons ${lessons.join(", ")}.`;
}

/** A page under its title. */
export function renderPage(page: PageView): MimeBundle {
  const at = place(page);
  const markdown = [`## ${page.title}`, ...(at ? [`*${at}*`] : []), ...page.blocks.map(markdownBlock)];
  const text = [`${page.title}\n${"=".repeat(page.title.length)}`, ...(at ? [at] : []), ...page.blocks.map(textBlock)];
  return { "text/markdown": markdown.join("\n\n"), "text/plain": text.join("\n\n") };
}
