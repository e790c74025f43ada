import type { Config, Define, Include, Item, Macro, MacroParameter, Probe, Program } from "../ast/program.ts";
import { BpftraceError, type Diagnostic, type Source, SyntaxFault } from "../diagnostics.ts";
import { Cursor } from "./cursor.ts";
import { parseAttachPoints } from "./parse-attach-point.ts";
import { parseCDeclaration, seesCDeclaration } from "./parse-c.ts";
import { parseExpression, seesEndOfPredicate } from "./parse-expression.ts";
import { parseBlockBody, parseStatements } from "./parse-statement.ts";
import { parseType } from "./parse-type.ts";
import { preprocess } from "./preprocess.ts";
import { fromBytes } from "./string.ts";
import { skipSpace, wordAt } from "./token.ts";

/** Names that C definitions can ask for with `#ifdef`: Linux's types are known here. */
const DEFINED: ReadonlyMap<string, string> = new Map([["BPFTRACE_HAVE_BTF", ""]]);

/** More faults than these are not looked for. */
const MOST_FAULTS = 20;

/**
 * Reads a program. Both spellings are understood, that of bpftrace 0.17 (`BEGIN`, `args->x`) and today's (`begin`,
 * `args.x`). Throws `BpftraceError` with the first fault of each probe.
 *
 * @example
 * parse({ name: "stdin", text: "BEGIN { @a = 1; }" }).items[0].kind // "probe"
 */
export function parse(source: Source): Program {
  const items: Item[] = [];
  const faults: Diagnostic[] = [];
  const note = (fault: unknown) => {
    if (!(fault instanceof SyntaxFault)) throw fault;
    faults.push(fault.diagnostic);
  };
  let directives: readonly (Include | Define)[] = [];
  let text = source.text;
  try {
    ({ text, items: directives } = preprocess(source.text, DEFINED));
  } catch (fault) {
    note(fault);
    // What a directive leaves out is not known: the rest would only be misread.
    throw new BpftraceError(source, faults);
  }
  const cursor = new Cursor(text);
  while (faults.length < MOST_FAULTS && skipSpace(text, cursor.at) < text.length) {
    const { at } = cursor;
    try {
      items.push(parseItem(cursor));
    } catch (fault) {
      note(fault);
      cursor.reset(nextItem(text, Math.max(cursor.at, at + 1)));
    }
  }
  if (faults.length > 0) throw new BpftraceError(source, faults);
  return { items: [...directives, ...items].sort((a, b) => a.span.start - b.span.start) };
}

/** Where reading goes on after a fault: behind a closing brace at the start of a line or of a probe on one line. */
function nextItem(text: string, from: number): number {
  const next = /^\}[^\S\n]*$|^(?=[A-Za-z]\w*:\S|BEGIN\b|END\b|begin\b|end\b)/gm;
  next.lastIndex = from;
  const found = next.exec(text);
  return found === null ? text.length : found.index + found[0].length;
}

function parseItem(cursor: Cursor): Item {
  const start = skipSpace(cursor.text, cursor.at);
  const word = wordAt(cursor.text, start);
  const after = skipSpace(cursor.text, start + word.length);
  const follows = cursor.text[after] ?? "";
  if (seesCDeclaration(word)) return parseCDeclaration(cursor);
  if (word === "config" && follows === "=") return parseConfig(cursor, start);
  if (word === "import" && follows === '"') {
    cursor.next();
    const path = fromBytes(cursor.next().text);
    cursor.take(";");
    return { kind: "import", path, span: cursor.span(start) };
  }
  if (word === "macro" && /\w/.test(follows)) return parseMacro(cursor, start);
  if (word === "let" && follows === "@") return parseMapDeclaration(cursor, start);
  if (word === "fn" && /\w/.test(follows)) return parseSubprogram(cursor, start);
  return parseProbe(cursor, start, follows === "=" ? word : undefined);
}

function parseProbe(cursor: Cursor, start: number, name: string | undefined): Probe {
  if (name !== undefined) {
    cursor.next();
    cursor.next();
  }
  const points = parseAttachPoints(cursor);
  let predicate: Probe["predicate"];
  if (cursor.text[skipSpace(cursor.text, cursor.at)] === undefined) {
    const span = { start, end: cursor.end };
    throw new SyntaxFault("unexpected end of file, expected {", span);
  }
  if (cursor.take("/")) {
    predicate = parseExpression(cursor);
    if (!seesEndOfPredicate(cursor)) cursor.unexpected("end predicate");
    cursor.next();
  }
  cursor.expect("{");
  const body = parseStatements(cursor);
  return { kind: "probe", name, points, predicate, body, span: cursor.span(start) };
}

function parseConfig(cursor: Cursor, start: number): Config {
  cursor.next();
  cursor.expect("=");
  cursor.expect("{");
  const entries: { name: string; value: string | bigint | boolean; span: { start: number; end: number } }[] = [];
  while (!cursor.take("}")) {
    if (cursor.take(";")) continue;
    const name = cursor.identifier();
    cursor.expect("=");
    const token = cursor.next();
    const value = configValue(token.kind, token.text, token.value);
    if (value === undefined) throw new SyntaxFault(`syntax error, unexpected ${token.text}`, token.span);
    entries.push({ name: name.text, value, span: cursor.span(name.span.start) });
    if (!cursor.sees("}")) cursor.expect(";", "}");
  }
  cursor.take(";");
  return { kind: "config", entries, span: cursor.span(start) };
}

function configValue(kind: string, text: string, value: bigint): string | bigint | boolean | undefined {
  if (kind === "integer") return value;
  if (kind === "string") return fromBytes(text);
  if (kind !== "identifier") return undefined;
  return text === "true" || text === "false" ? text === "true" : text;
}

function parseMacro(cursor: Cursor, start: number): Macro {
  cursor.next();
  const { text: name } = cursor.identifier();
  cursor.expect("(");
  const parameters: MacroParameter[] = [];
  while (!cursor.sees(")")) {
    const { kind, text, span } = cursor.next();
    if (kind !== "variable" && kind !== "map" && kind !== "identifier")
      throw new SyntaxFault(`syntax error, unexpected ${text}`, span);
    parameters.push({ kind: kind === "identifier" ? "expression" : kind, name: text, span });
    if (!cursor.take(",")) break;
  }
  cursor.expect(")", ",");
  cursor.expect("{");
  const { statements, value } = parseBlockBody(cursor);
  return { kind: "macro", name, parameters, body: statements, value, span: cursor.span(start) };
}

function parseMapDeclaration(cursor: Cursor, start: number): Item {
  cursor.next();
  const map = cursor.next();
  if (map.kind !== "map") throw new SyntaxFault("syntax error, unexpected token, expecting map", map.span);
  cursor.expect("=");
  const { text: type } = cursor.identifier();
  cursor.expect("(");
  const size = cursor.peek().kind === "integer" ? cursor.next().value : undefined;
  cursor.expect(")");
  cursor.take(";");
  return { kind: "map-declaration", map: map.text, type, size, span: cursor.span(start) };
}

function parseSubprogram(cursor: Cursor, start: number): Item {
  cursor.next();
  const { text: name } = cursor.identifier();
  cursor.expect("(");
  const parameters: { name: string; type: ReturnType<typeof parseType> }[] = [];
  while (cursor.peek().kind === "variable") {
    const { text } = cursor.next();
    cursor.expect(":");
    parameters.push({ name: text, type: parseType(cursor) });
    if (!cursor.take(",")) break;
  }
  cursor.expect(")", ",");
  cursor.expect(":");
  const returns = parseType(cursor);
  cursor.expect("{");
  const body = parseStatements(cursor);
  return { kind: "subprogram", name, parameters, returns, body, span: cursor.span(start) };
}
