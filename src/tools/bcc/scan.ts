import { BccError } from "./error.ts";

/** Which letters of C are code: the others belong to comments and texts. */
export function codeMask(text: string): Uint8Array {
  const mask = new Uint8Array(text.length).fill(1);
  const hidden = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
  for (const { index, 0: found } of text.matchAll(hidden)) mask.fill(0, index, index + found.length);
  return mask;
}

/** The line of a place, counted from 1. */
export const lineOf = (text: string, at: number): number => text.slice(0, at).split("\n").length;

/** Words between the parenthesis at `open` and its partner, split at commas of their own depth, and where they end. Throws `BccError`. */
export function callArguments(text: string, open: number): { readonly words: readonly string[]; readonly end: number } {
  const mask = codeMask(text);
  const words: string[] = [""];
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const letter = text[at]!;
    if (mask[at] === 1) {
      if ("([{".includes(letter)) depth++;
      if (")]}".includes(letter)) depth--;
      if (depth === 0)
        return { words: words.map((word) => word.trim()).filter((word, i) => i > 0 || word !== ""), end: at + 1 };
      if (at === open) continue;
      if (letter === "," && depth === 1) {
        words.push("");
        continue;
      }
    }
    words[words.length - 1] += letter;
  }
  throw new BccError("SOURCE", "this parenthesis is never closed", lineOf(text, open));
}

/** Replaces each place of code where `pattern` fits; what it gives must have as many lines as it takes. */
export function replaceCode(
  text: string,
  pattern: RegExp,
  replace: (found: RegExpExecArray) => { readonly text: string; readonly end: number } | undefined,
): string {
  let result = "";
  let from = 0;
  const mask = codeMask(text);
  const search = new RegExp(pattern.source, pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`);
  for (let found = search.exec(text); found !== null; found = search.exec(text)) {
    if (found.index < from || mask[found.index] === 0) continue;
    const made = replace(found);
    if (made === undefined) continue;
    const taken = text.slice(found.index, made.end).split("\n").length;
    const given = made.text.split("\n").length;
    result += text.slice(from, found.index) + made.text + "\n".repeat(Math.max(0, taken - given));
    from = made.end;
    search.lastIndex = made.end;
  }
  return result + text.slice(from);
}
