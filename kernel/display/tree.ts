import { inspect } from "node:util";
import { escapeHtml, STYLE } from "./markup.ts";

/** Members of the whole tree, members of one branch, and depth: what is beyond is counted, so that no value costs a page. */
const MAX_MEMBERS = 400;
const MAX_CHILDREN = 60;
const MAX_DEPTH = 6;
/** Characters of the one-line preview of a folded branch. */
const PREVIEW = 72;

/**
 * An object as a folding tree: HTML's own `details`, so it needs no script and works in an exported page. Getters are not called.
 *
 * @example treeHtml({ a: 1, b: { c: [1, 2] } })
 */
export function treeHtml(value: object): string {
  const seen = new Set<object>();
  let left = MAX_MEMBERS;
  return `<div style="${STYLE.tree}">${node(undefined, value, 0)}</div>`;

  function node(key: string | undefined, value: unknown, depth: number): string {
    const label = key === undefined ? "" : `<span style="${STYLE.key}">${escapeHtml(key)}:</span> `;
    const members = isBranch(value) && !seen.has(value) && depth < MAX_DEPTH ? membersOf(value) : undefined;
    if (members === undefined || members.length === 0) return `<div>${label}${escapeHtml(line(value))}</div>`;
    seen.add(value as object);
    const shown = members.slice(0, Math.min(MAX_CHILDREN, left));
    left -= shown.length;
    const children = shown.map(([name, member]) => node(name, member, depth + 1)).join("");
    const more =
      members.length > shown.length ? `<div style="${STYLE.note}">and ${members.length - shown.length} more</div>` : "";
    seen.delete(value as object);
    return (
      `<details${depth === 0 ? " open" : ""}><summary>${label}${escapeHtml(line(value))}</summary>` +
      `<div style="${STYLE.branch}">${children}${more}</div></details>`
    );
  }
}

/** Whether a value has members worth folding out. */
export function isBranch(value: unknown): value is object {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value) && !(value instanceof Date);
}

/** One line: what Node prints, cut. */
function line(value: unknown): string {
  const text = inspect(value, {
    depth: 0,
    breakLength: Number.POSITIVE_INFINITY,
    maxArrayLength: 8,
    maxStringLength: 200,
  });
  return text.length > PREVIEW && isBranch(value) ? `${text.slice(0, PREVIEW)}…` : text;
}

function membersOf(value: object): [string, unknown][] {
  if (value instanceof Map) return [...value].map(([key, member]) => [line(key), member]);
  if (value instanceof Set) return [...value].map((member, index) => [String(index), member]);
  return Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([, { enumerable }]) => enumerable)
    .map(([key, descriptor]) => [key, "value" in descriptor ? (descriptor.value as unknown) : GETTER]);
}

/** Stands for a value that only code of the object's own could tell. */
const GETTER = { [inspect.custom]: () => "[Getter]" };
