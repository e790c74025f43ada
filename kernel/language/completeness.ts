import { lineStarts } from "../runtime/edits.ts";
import { stripTypes } from "../runtime/strip-types.ts";
import { CellSyntaxError } from "../runtime/syntax-error.ts";
import { tokenize } from "./tokens.ts";
import type { CompletenessResult } from "./types.ts";

const STEP = "  ";

/**
 * Whether a cell can run as it stands. Incomplete is what more text could mend: an open bracket, template or comment, or a
 * statement whose rest is missing.
 */
export function completeness(code: string): CompletenessResult {
  const { tokens, open, unfinished, mismatched } = tokenize(code);
  if (mismatched || unfinished === "string" || unfinished === "regex") return { status: "invalid", indent: "" };
  // Inside a template and a comment, spaces are text or taste.
  if (unfinished !== undefined) return { status: "incomplete", indent: "" };
  const lastLine = code.slice(code.trimEnd().lastIndexOf("\n") + 1);
  const indent = /^[ \t]*/.exec(lastLine)![0];
  const last = tokens.at(-1);
  if (open.length > 0) {
    const opened = last !== undefined && (/^[([{]$/.test(last.text) || last.text.endsWith("${"));
    return { status: "incomplete", indent: opened ? indent + STEP : indent };
  }
  if (last === undefined) return { status: "complete", indent: "" };
  try {
    stripTypes(code);
    return { status: "complete", indent: "" };
  } catch (error) {
    if (!(error instanceof CellSyntaxError)) throw error;
    const offset = (lineStarts(code)[error.line - 1] ?? 0) + error.column - 1;
    return offset >= last.end ? { status: "incomplete", indent: indent + STEP } : { status: "invalid", indent: "" };
  }
}
