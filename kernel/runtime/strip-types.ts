import { stripTypeScriptTypes } from "node:module";
// Not the global: a cell may declare a `process` of its own, and that shadows it for this module too.
import process from "node:process";
import type { Position } from "./edits.ts";
import { CellSyntaxError } from "./syntax-error.ts";

/** What Node's stripper says: JavaScript with every position kept, or that the syntax needs a compiler. */
export type Stripped = { readonly kind: "stripped"; readonly code: string } | { readonly kind: "unsupported" };

/**
 * Blanks the types of a cell in place.
 *
 * @throws CellSyntaxError
 */
export function stripTypes(code: string): Stripped {
  try {
    return { kind: "stripped", code: withoutWarning(() => stripTypeScriptTypes(code)) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if ("code" in error && error.code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") return { kind: "unsupported" };
    throw new CellSyntaxError("syntax", error.message, place(error, code), { cause: error });
  }
}

/** Node says once that the function is experimental; that is not the cell's business. */
function withoutWarning<T>(run: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return run();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Width of a tab in the picture that Node draws. */
const TAB = 4;

/** Node gives the place only in the stack: `:LINE`, some lines of text, and a caret; without one it is the text's end. */
function place(error: Error, code: string): Position {
  const [first = "", ...picture] = (error.stack ?? "").split("\n");
  const line = Number(/:(\d+)$/.exec(first)?.[1] ?? 1);
  const text = code.split("\n")[line - 1] ?? "";
  const caret = picture.slice(0, 3).find((row) => /^ *\^+$/.test(row));
  if (caret === undefined) return { line, column: text.length + 1 };
  let column = 0;
  for (let width = caret.indexOf("^"); width > 0 && column < text.length; column++)
    width -= text[column] === "\t" ? TAB : 1;
  return { line, column: column + 1 };
}
