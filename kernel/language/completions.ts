import type { PreparedCell } from "./cell-documents.ts";
import { cellOffset, type LspRange } from "./lsp-positions.ts";
import type { CompletionMatch, CompletionResult } from "./types.ts";

interface LspCompletion {
  readonly label: string;
  readonly kind?: number;
  readonly sortText?: string;
  readonly filterText?: string;
  readonly insertText?: string;
  readonly textEdit?: { readonly newText: string; readonly range?: LspRange; readonly replace?: LspRange };
  readonly detail?: string;
  readonly labelDetails?: { readonly detail?: string };
}

/** Jupyter's word for LSP's CompletionItemKind; index is the kind. */
const TYPES = (
  "text text method function class property variable class interface module property unit value enum keyword snippet " +
  "color file reference folder enum constant struct event operator type"
).split(" ");

/** What LSP calls a word of the language. */
const KEYWORD = 14;

/** More would only slow the front end down; the first are the best. */
const LIMIT = 500;

/** The name (or its beginning) that ends at the cursor. */
export function wordBefore(code: string, cursor: number): { readonly text: string; readonly start: number } {
  const text = /[\p{ID_Start}$_]?[\p{ID_Continue}$]*$/u.exec(code.slice(0, cursor))![0];
  return { text, start: cursor - text.length };
}

/**
 * The server's list as Jupyter wants it: what fits the text before the cursor, names of earlier cells first.
 *
 * @param list a CompletionList, an array or null
 */
export function completions(list: unknown, code: string, cursor: number, cell: PreparedCell): CompletionResult {
  const items = itemsOf(list);
  const word = wordBefore(code, cursor);
  // Inside strings (paths of imports) the server says for all of them what it replaces. Elsewhere it does so for members that
  // need brackets instead of the dot: those are left out.
  const whole = items.every(({ textEdit }) => textEdit) ? items[0]?.textEdit : undefined;
  const edit = whole?.range ?? whole?.replace;
  const start = (edit && cellOffset(code, edit.start, cell.lineShift)) ?? word.start;
  const typed = code.slice(start, cursor);

  const usable = items.filter(
    ({ label, textEdit }) => (whole || !textEdit) && !/^__(?:cell|page)_/.test(label) && !label.includes(".bpfbook-"),
  );
  let fitting = usable.filter((item) => textOf(item).startsWith(typed));
  if (fitting.length === 0) {
    const lower = typed.toLowerCase();
    fitting = usable.filter((item) => textOf(item).toLowerCase().startsWith(lower));
  }
  const rank = (item: LspCompletion) => (cell.imported.includes(item.label) ? "0" : `1${item.sortText ?? ""}`);
  const ordered = fitting
    .map((item) => ({ item, rank: rank(item) }))
    .sort((a, b) => (a.rank === b.rank ? (a.item.label < b.item.label ? -1 : 1) : a.rank < b.rank ? -1 : 1));
  return { matches: ordered.slice(0, LIMIT).map(({ item }) => match(item)), start, end: cursor };
}

/** The names that a module exports, from the server's list between the braces of an import. */
export function exportedNames(list: unknown): ReadonlySet<string> {
  const items = itemsOf(list).filter(({ kind }) => kind !== KEYWORD);
  return new Set(items.map(({ label }) => label));
}

function itemsOf(list: unknown): LspCompletion[] {
  return (Array.isArray(list) ? list : ((list as { items?: unknown } | null)?.items ?? [])) as LspCompletion[];
}

function textOf({ textEdit, insertText, label }: LspCompletion): string {
  return textEdit?.newText ?? insertText ?? label;
}

function match(item: LspCompletion): CompletionMatch {
  const signature = item.labelDetails?.detail ?? item.detail;
  return {
    text: textOf(item),
    type: TYPES[item.kind ?? 0] ?? "text",
    ...(signature === undefined ? {} : { signature }),
  };
}
