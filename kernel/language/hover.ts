import { withoutPaths } from "./cell-documents.ts";
import { tokenize } from "./tokens.ts";
import type { InspectResult } from "./types.ts";

interface LspHover {
  readonly contents?: { readonly value?: string };
}

/**
 * Offsets to ask about, best first: the thing at the cursor, the name just before it, the function whose arguments the cursor
 * is in (front ends ask while one types them).
 */
export function hoverCandidates(code: string, cursor: number): number[] {
  const { tokens, open } = tokenize(code.slice(0, cursor));
  const candidates = [cursor];
  const last = tokens.at(-1);
  if (last?.kind === "word") candidates.push(last.start);
  if (open.at(-1) === "(") {
    const index = tokens.findLastIndex(({ text, depth }) => text === "(" && depth === open.length - 1);
    const callee = tokens[index - 1];
    if (callee?.kind === "word") candidates.push(callee.start);
  }
  return candidates;
}

/** Whether a hover is about an imported name: the documentation is at its declaration. */
export function isAlias(hover: unknown): boolean {
  return /^\(alias\) /m.test((hover as LspHover | null)?.contents?.value ?? "");
}

/** The server's hover without the traces of how cells import from each other. */
export function inspectResult(hover: unknown): InspectResult | undefined {
  const contents = (hover as LspHover | null)?.contents?.value;
  if (!contents) return undefined;
  const markdown = withoutPaths(contents)
    .replace(/^\(alias\) /m, "")
    .replace(/\nimport [^\n]+(?=\n```)/, "")
    .trim();
  const text = markdown.replace(/^```\w*\n?/gm, "").trim();
  return { markdown, text };
}
