import { inspect } from "node:util";
import { escapeHtml, STYLE } from "./markup.ts";

/** Rows and columns that are shown; what is beyond is counted. */
const MAX_ROWS = 60;
const MAX_COLUMNS = 20;
/** Characters of one cell. */
const MAX_TEXT = 80;

/** Rows of the same kind, for a table: the columns' names, and a text a cell. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Rows that are not shown. */
  readonly more: number;
}

/**
 * A list of objects as a table, if it is one: at least two plain objects that share at least half of their keys, with simple
 * values in them. Undefined where a table would hide what the list is.
 *
 * @example tableOf([{ pid: 1, comm: "init" }, { pid: 2, comm: "bash" }])?.columns // ["pid", "comm"]
 */
export function tableOf(list: readonly unknown[]): Table | undefined {
  if (list.length < 2) return undefined;
  const shown = list.slice(0, MAX_ROWS);
  if (!shown.every(isPlainObject)) return undefined;
  const columns = [...new Set(shown.flatMap((row) => Object.keys(row)))];
  const filled = shown.reduce((sum, row) => sum + Object.keys(row).length, 0);
  if (columns.length === 0 || columns.length > MAX_COLUMNS || filled < (columns.length * shown.length) / 2)
    return undefined;
  const rows = shown.map((row) => columns.map((column) => (column in row ? row[column] : "")));
  return { columns, rows, more: list.length - shown.length };
}

/** A map as a table of two columns. */
export function tableOfMap(map: ReadonlyMap<unknown, unknown>): Table | undefined {
  if (map.size < 2) return undefined;
  const rows = [...map].slice(0, MAX_ROWS);
  return { columns: ["key", "value"], rows, more: map.size - rows.length };
}

export function tableHtml({ columns, rows, more }: Table): string {
  const numeric = columns.map((_, at) => rows.every((row) => isNumber(row[at])));
  const head = columns.map((name) => `<th style="${STYLE.head}">${escapeHtml(name)}</th>`).join("");
  const body = rows.map((row) => {
    const cells = row.map(
      (value, at) => `<td style="${numeric[at] ? STYLE.number : STYLE.cell}">${cellText(value)}</td>`,
    );
    return `<tr>${cells.join("")}</tr>`;
  });
  const note = more > 0 ? `<div style="${STYLE.note}">and ${more} more rows</div>` : "";
  return `<table style="${STYLE.table}"><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>${note}`;
}

function cellText(value: unknown): string {
  const text = typeof value === "string" ? value : inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  return escapeHtml(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
}

const isNumber = (value: unknown): boolean => typeof value === "number" || typeof value === "bigint";

/** An object literal, or what JSON makes: a class of its own may mean something else than its fields. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
