import type { CompletionResult, LanguageService } from "../language/service.ts";
import { completeMagic } from "../magics/complete.ts";
import { parseMagics } from "../magics/parse.ts";
import type { JsonObject } from "../wire/message.ts";
import type { RequestContents } from "../wire/requests.ts";
import { toCodePoints, toUtf16 } from "./cursor.ts";
import { completePath, completePathText } from "./path-completions.ts";

/** What completion looks at beside the language server. */
export interface CompletionSources {
  /** The notebook's folder. */
  readonly cwd: string;
  /** Magics that libraries have added. */
  readonly magics: readonly string[];
}

/** Answers a `complete_request`. */
export async function complete(
  language: LanguageService,
  { code, cursorPos }: RequestContents["complete_request"],
  sources: CompletionSources,
): Promise<JsonObject> {
  const { matches, start, end } = await completions(language, code, toUtf16(code, cursorPos), sources);
  const range = { start: toCodePoints(code, start), end: toCodePoints(code, end) };
  return {
    status: "ok",
    matches: matches.map((match) => match.text),
    cursor_start: range.start,
    cursor_end: range.end,
    metadata: {
      // Not part of the protocol, but JupyterLab and VS Code read it: icons and signatures.
      _jupyter_types_experimental: matches.map(({ text, type, signature }) => ({ ...range, text, type, signature })),
    },
  };
}

async function completions(
  language: LanguageService,
  code: string,
  cursor: number,
  { cwd, magics }: CompletionSources,
): Promise<CompletionResult> {
  const magic = completeMagic(code, cursor, magics);
  if (magic) return magic;
  const cell = parseMagics(code);
  // The text of a cell magic is of another language; what all have is paths.
  if (cell.cell) return completePathText(/\S*$/.exec(code.slice(0, cursor))![0], cursor, cwd);
  const found = await language.complete(cell.code, cursor);
  return found.matches.length > 0 ? found : (completePath(cell.code, cursor, cwd) ?? found);
}

/** Answers an `inspect_request`. */
export async function inspect(
  language: LanguageService,
  { code, cursorPos }: RequestContents["inspect_request"],
): Promise<JsonObject> {
  const found = await language.inspect(parseMagics(code).code, toUtf16(code, cursorPos));
  const data: JsonObject = found ? { "text/markdown": found.markdown, "text/plain": found.text } : {};
  return { status: "ok", found: found !== undefined, data, metadata: {} };
}

/** What front ends show in their pager after a cell: what is known of the names after `%help`. */
export async function pages(language: LanguageService, code: string): Promise<JsonObject[]> {
  const names = parseMagics(code).lines.filter(({ name }) => name === "help");
  return Promise.all(
    names.map(async ({ args }) => {
      const found = await language.inspect(args, args.length);
      const data: JsonObject = found
        ? { "text/markdown": found.markdown, "text/plain": found.text }
        : { "text/plain": `Nothing is known of "${args}".` };
      return { source: "page", data, start: 0 };
    }),
  );
}

/** Answers an `is_complete_request`. */
export function isComplete(language: LanguageService, { code }: RequestContents["is_complete_request"]): JsonObject {
  const { status, indent } = language.isComplete(parseMagics(code).code);
  return status === "incomplete" ? { status, indent } : { status };
}
