/** What a page is made of: closed, so that each way of showing it is an exhaustive switch. */
export type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  /** What is often said, what is so, and since when. */
  | { readonly kind: "correction"; readonly said: string; readonly so: string };

/** A page of the syllabus. */
export interface Topic {
  /** What `explain` is called with. */
  readonly id: string;
  readonly title: string;
  /** Other words for it. */
  readonly also: readonly string[];
  /** Concepts of the syllabus, such as "2.10.38 c". */
  readonly concepts: readonly string[];
  /** Numbers of the lessons that are about it. */
  readonly lessons: readonly string[];
  /** Made when the page is shown: numbers, tables and messages come from what the library runs on. */
  readonly blocks: () => readonly Block[];
}

/** Short forms. */
export const text = (words: string): Block => ({ kind: "text", text: words });
export const heading = (words: string): Block => ({ kind: "heading", text: words });
export const list = (...items: readonly string[]): Block => ({ kind: "list", items });
export const code = (language: string, lines: string): Block => ({ kind: "code", language, text: lines.trim() });
export const correction = (said: string, so: string): Block => ({ kind: "correction", said, so });
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): Block => ({
  kind: "table",
  head,
  rows,
});
