import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { tokenize } from "../language/tokens.ts";
import type { CompletionResult } from "../language/types.ts";

/** More would only slow the front end down. */
const LIMIT = 500;

/**
 * Files and folders (with `/`) that go on with the path in the string before the cursor, as `readFileSync("data/` wants them;
 * undefined outside of strings. Hidden ones are there only where the path begins with a dot.
 *
 * @param folder that relative paths count from
 */
export function completePath(code: string, cursor: number, folder: string): CompletionResult | undefined {
  const typed = stringBefore(code.slice(0, cursor));
  if (typed === undefined || !/^[^\s"'`]+$/.test(typed)) return undefined;
  return completePathText(typed, cursor, folder);
}

/** The same of a path that stands in any text, such as the words of `%%bash`. */
export function completePathText(typed: string, cursor: number, folder: string): CompletionResult {
  const slash = typed.lastIndexOf("/") + 1;
  const base = typed.slice(slash);
  const matches = entries(resolve(folder, typed.slice(0, slash)))
    .filter((name) => name.startsWith(base) && (base.startsWith(".") || !name.startsWith(".")))
    .slice(0, LIMIT)
    .map((text) => ({ text, type: text.endsWith("/") ? "folder" : "file" }));
  return { matches, start: cursor - base.length, end: cursor };
}

/** The text of the string that is not closed yet. */
function stringBefore(code: string): string | undefined {
  const { tokens, unfinished } = tokenize(code);
  if (unfinished === "template") return tokens.at(-1)?.text.slice(1);
  if (unfinished !== "string") return undefined;
  return code
    .slice(tokens.at(-1)?.end ?? 0)
    .trimStart()
    .slice(1);
}

function entries(folder: string): string[] {
  try {
    const found = readdirSync(folder, { withFileTypes: true });
    return found.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  } catch {
    return []; // there is no such folder, or it cannot be read
  }
}
