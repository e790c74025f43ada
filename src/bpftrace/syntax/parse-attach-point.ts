import type { AttachPoint } from "../ast/program.ts";
import { SyntaxFault } from "../diagnostics.ts";
import type { Cursor } from "./cursor.ts";
import { skipSpace } from "./token.ts";

/** What belongs to a part of an attach point: anything but blanks and the signs that end it. */
const PART = /(?:"(?:\\.|[^"\\\n])*"|[^\s:,{}"/;])*/y;
/** Parts that begin like a path go on over slashes; so do all parts of probes in programs. */
const PATH = /(?:"(?:\\.|[^"\\\n])*"|[^\s:,{}";])*/y;
const WITH_PATHS: ReadonlySet<string> = new Set(["uprobe", "u", "uretprobe", "ur", "usdt", "U"]);

/** Attach points, one or more with commas between; a comma may stand after the last one. */
export function parseAttachPoints(cursor: Cursor): AttachPoint[] {
  const points = [parseAttachPoint(cursor)];
  while (cursor.text[skipSpace(cursor.text, cursor.at)] === ",") {
    cursor.at = skipSpace(cursor.text, cursor.at) + 1;
    const follows = cursor.text[skipSpace(cursor.text, cursor.at)];
    if (follows === "{" || follows === "/") break;
    points.push(parseAttachPoint(cursor));
  }
  return points;
}

function parseAttachPoint(cursor: Cursor): AttachPoint {
  const { text } = cursor;
  const start = skipSpace(text, cursor.at);
  const parts: string[] = [];
  let at = start;
  for (;;) {
    // An index in a wildcard like `[0-9]` has no colon either, so parts end at the first one.
    const path = text[at] === "/" && parts.length > 0;
    const pattern = path || WITH_PATHS.has(parts[0] ?? "") ? PATH : PART;
    pattern.lastIndex = at;
    const part = pattern.exec(text)![0];
    at += part.length;
    parts.push(part.replace(/"((?:\\.|[^"\\\n])*)"/g, (_, inner: string) => inner.replace(/\\(.)/g, "$1")));
    if (text[at] !== ":") break;
    at++;
  }
  const span = { start, end: at };
  cursor.at = at;
  cursor.end = at;
  const [provider = "", ...rest] = parts;
  if (provider === "") {
    if (start === at) cursor.unexpected();
    throw new SyntaxFault("Invalid probe type: ", span);
  }
  return { kind: "attach-point", provider, parts: rest, span };
}
