import { inspect, types } from "node:util";
import type { Json } from "../wire/message.ts";
import type { WireBundle } from "./bundle.ts";
import { bytesBundle, bytesOf } from "./bytes.ts";
import { type Table, tableHtml, tableOf, tableOfMap } from "./table.ts";
import { isBranch, treeHtml } from "./tree.ts";

/** The mime types by which JupyterLab draws a specification, by its `$schema`; it has no newer versions than these. */
const SCHEMAS: readonly (readonly [schema: RegExp, mime: string])[] = [
  [/\/vega-lite\/v5\b/, "application/vnd.vegalite.v5+json"],
  [/\/vega-lite\/v4\b/, "application/vnd.vegalite.v4+json"],
  [/\/vega\/v5\b/, "application/vnd.vega.v5+json"],
];

/** A value as text: what Node prints, without colours, and never an exception. */
export function plainText(value: unknown): string {
  try {
    return inspect(value, { colors: false, depth: 4, maxArrayLength: 100, maxStringLength: 10_000 });
  } catch (error) {
    return `[a value that cannot be shown: ${String(error)}]`;
  }
}

/**
 * How a value without a display of its own is shown: pictures as pictures, bytes in hexadecimal, specifications of plots drawn,
 * lists of objects and maps as tables, what needs more than a line as a tree that folds, everything also as text.
 */
export function valueBundle(value: unknown): WireBundle {
  try {
    return richBundle(value) ?? { "text/plain": plainText(value) };
  } catch {
    // A proxy or a getter of the value threw: its text says so.
    return { "text/plain": plainText(value) };
  }
}

function richBundle(value: unknown): WireBundle | undefined {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return undefined;
  const bytes = bytesOf(value);
  if (bytes) return bytesBundle(value, bytes);
  const text = plainText(value);
  if (value instanceof Promise)
    return { "text/plain": `${text}\n(a promise: write \`await\` before it to see its value)` };
  if (value instanceof Error) return { "text/plain": text };
  const drawn = drawnBundle(value as Readonly<Record<string, unknown>>, text);
  if (drawn) return drawn;
  const table: Table | undefined = Array.isArray(value)
    ? tableOf(value)
    : value instanceof Map
      ? tableOfMap(value)
      : undefined;
  if (table) return { "text/html": tableHtml(table), "text/plain": text };
  // What fits one line needs no tree; a list of numbers, or of pairs of them, is no easier to read as one.
  if (!text.includes("\n") || isFlat(value) || (Array.isArray(value) && value.every(isFlat))) return undefined;
  return { "text/html": treeHtml(value), "text/plain": text };
}

/** A value without members, or a list of such. */
function isFlat(value: unknown): boolean {
  return !isBranch(value) || (Array.isArray(value) && !value.some(isBranch));
}

/** Objects that say how they are drawn: a Vega or Vega-Lite specification, an element of a page. */
function drawnBundle(value: Readonly<Record<string, unknown>>, text: string): WireBundle | undefined {
  const { $schema, outerHTML } = value;
  const mime = typeof $schema === "string" && SCHEMAS.find(([schema]) => schema.test($schema))?.[1];
  if (mime) return { [mime]: value as unknown as Json, "text/plain": text };
  if (typeof outerHTML !== "string") return undefined;
  const type = /^\s*<svg[\s>]/.test(outerHTML) ? "image/svg+xml" : "text/html";
  return { [type]: outerHTML, "text/plain": text };
}
