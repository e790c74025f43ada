/** Commands on texts: what pipes are made of. */
import {
  failed,
  joined,
  linesOf,
  type Output,
  printed,
  readLetters,
  type ShellContext,
  type ShellProgram,
  textOf,
} from "../program.ts";

/** The bytes of all files that are named, or the input. */
function sources(
  { files, input }: ShellContext,
  names: readonly string[],
): { readonly name: string; readonly text: string }[] {
  if (names.length === 0) return [{ name: "-", text: textOf(input) }];
  return names.map((name) => ({ name, text: name === "-" ? textOf(input) : textOf(files.read(name)) }));
}

const all = (context: ShellContext, names: readonly string[]): string =>
  sources(context, names)
    .map(({ text }) => text)
    .join("");

function echo({ words }: ShellContext): Output {
  const rest = words.slice(1);
  let [newline, escapes] = [true, false];
  while (/^-[neE]+$/.test(rest[0] ?? "")) {
    const letters = rest.shift()!;
    if (letters.includes("n")) newline = false;
    if (letters.includes("e")) escapes = true;
  }
  const text = rest.join(" ");
  const shown = escapes
    ? text.replaceAll(/\\([ntr\\])/g, (_, c: string) => ({ n: "\n", t: "\t", r: "\r" })[c] ?? "\\")
    : text;
  return printed(shown + (newline ? "\n" : ""));
}

function cat(context: ShellContext): Output {
  const { letters, rest } = readLetters(context.words.slice(1));
  if (rest.length === 1 && letters.size === 0 && rest[0] !== "-") return printed(context.files.read(rest[0]!));
  const text = all(context, rest);
  if (!letters.has("n")) return printed(text);
  return printed(joined(linesOf(text).map((line, index) => `${String(index + 1).padStart(6)}\t${line}`)));
}

function wc(context: ShellContext): Output {
  const { letters, rest } = readLetters(context.words.slice(1));
  const shown = letters.size === 0 ? new Set(["l", "w", "c"]) : letters;
  const rows = sources(context, rest).map(({ name, text }) => ({
    name,
    counts: [
      ...(shown.has("l") ? [text.split("\n").length - 1] : []),
      ...(shown.has("w") ? [text.split(/\s+/).filter((word) => word !== "").length] : []),
      ...(shown.has("c") ? [new TextEncoder().encode(text).length] : []),
    ],
  }));
  if (rows.length > 1)
    rows.push({
      name: "total",
      counts: rows[0]!.counts.map((_, at) => rows.reduce((sum, { counts }) => sum + counts[at]!, 0)),
    });
  const most = Math.max(...rows.flatMap(({ counts }) => counts.map((count) => String(count).length)));
  const width = shown.size === 1 && rows.length === 1 ? 0 : rest.length === 0 ? 7 : most;
  return printed(
    joined(
      rows.map(({ name, counts }) => {
        const numbers = counts.map((count) => String(count).padStart(width)).join(" ");
        return name === "-" ? numbers : `${numbers} ${name}`;
      }),
    ),
  );
}

function grep(context: ShellContext): Output {
  const { letters, value, rest } = readLetters(context.words.slice(1), "eAmBC");
  const [pattern, ...names] = letters.has("e") ? [value("e")!, ...rest] : rest;
  if (pattern === undefined)
    return failed("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n", 2);
  let matches: RegExp;
  try {
    const basic =
      letters.has("E") || letters.has("P")
        ? pattern
        : pattern.replaceAll(
            /\\([+?|(){}])|([+?|(){}])/g,
            (_, special: string, plain: string) => special ?? `\\${plain}`,
          );
    const source = letters.has("F") ? pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&") : basic;
    matches = new RegExp(letters.has("w") ? `\\b(?:${source})\\b` : source, letters.has("i") ? "i" : "");
  } catch {
    return failed("grep: Invalid regular expression\n", 2);
  }
  const found: string[] = [];
  let count = 0;
  const after = Number(value("A") ?? value("C") ?? 0);
  const before = Number(value("B") ?? value("C") ?? 0);
  const most = Number(value("m") ?? Number.POSITIVE_INFINITY);
  for (const { name, text } of sources(context, names)) {
    const prefix = names.length > 1 && !letters.has("h") ? `${name}:` : "";
    const lines = linesOf(text);
    const shown = new Set<number>();
    let own = 0;
    for (const [index, line] of lines.entries()) {
      if (own >= most || matches.test(line) === letters.has("v")) continue;
      own++;
      for (let at = Math.max(0, index - before); at <= Math.min(lines.length - 1, index + after); at++) shown.add(at);
    }
    count += own;
    if (letters.has("c")) found.push(`${prefix}${own}`);
    else if (letters.has("o")) for (const at of shown) found.push(prefix + (matches.exec(lines[at]!)?.[0] ?? ""));
    else
      for (const at of [...shown].sort((a, b) => a - b))
        found.push(`${prefix}${letters.has("n") ? `${at + 1}:` : ""}${lines[at]}`);
  }
  const code = count > 0 ? 0 : 1;
  return letters.has("q") ? printed("", code) : printed(joined(found), code);
}

function sort(context: ShellContext): Output {
  const { letters, value, rest } = readLetters(context.words.slice(1), "kt");
  const column = Number.parseInt(value("k") ?? "0", 10);
  const key = (line: string): string =>
    column > 0
      ? line
          .trim()
          .split(value("t") ?? /\s+/)
          .slice(column - 1)
          .join(" ")
      : line;
  const number = (line: string): number => Number.parseFloat(key(line)) || 0;
  const lines = linesOf(all(context, rest)).sort((a, b) => {
    const byNumber = letters.has("n") ? number(a) - number(b) : 0;
    return byNumber || (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a < b ? -1 : a > b ? 1 : 0);
  });
  if (letters.has("r")) lines.reverse();
  return printed(joined(letters.has("u") ? lines.filter((line, at) => line !== lines[at - 1]) : lines));
}

function uniq(context: ShellContext): Output {
  const { letters, rest } = readLetters(context.words.slice(1));
  const groups: { line: string; count: number }[] = [];
  for (const line of linesOf(all(context, rest)))
    if (groups.at(-1)?.line === line) groups.at(-1)!.count++;
    else groups.push({ line, count: 1 });
  return printed(
    joined(groups.map(({ line, count }) => (letters.has("c") ? `${String(count).padStart(7)} ${line}` : line))),
  );
}

/** `head` and `tail`: `-n 5`, `-5`. */
function part(context: ShellContext, pick: (lines: string[], count: number) => string[]): Output {
  const words = context.words.slice(1).map((word) => word.replace(/^-(\d+)$/, "-n$1"));
  const { value, rest } = readLetters(words, "nc");
  const bytes = value("c");
  if (bytes !== undefined) return printed(all(context, rest).slice(0, Number(bytes)));
  return printed(joined(pick(linesOf(all(context, rest)), Math.abs(Number(value("n") ?? 10)))));
}

function cut(context: ShellContext): Output {
  const { value, rest } = readLetters(context.words.slice(1), "dfc");
  const fields = (value("f") ?? value("c") ?? "1").split(",").flatMap((range) => {
    const [from, to] = range.split("-");
    return to === undefined
      ? [Number(from)]
      : Array.from(
          { length: Math.min(100, Number(to || 100) - Number(from || 1) + 1) },
          (_, at) => Number(from || 1) + at,
        );
  });
  const separator = value("c") === undefined ? (value("d") ?? "\t") : "";
  return printed(
    joined(
      linesOf(all(context, rest)).map((line) => {
        const parts = line.split(separator);
        return parts.length === 1 && separator !== ""
          ? line
          : fields.flatMap((at) => parts[at - 1] ?? []).join(separator);
      }),
    ),
  );
}

function tee(context: ShellContext): Output {
  const { letters, rest } = readLetters(context.words.slice(1));
  for (const name of rest) {
    const before = letters.has("a") ? context.files.read(name) : new Uint8Array();
    const bytes = new Uint8Array(before.length + context.input.length);
    bytes.set(before);
    bytes.set(context.input, before.length);
    context.files.write(name, bytes);
  }
  return printed(context.input);
}

function xxd(context: ShellContext): Output {
  const { value, rest } = readLetters(context.words.slice(1), "l");
  const bytes = (rest[0] === undefined ? context.input : context.files.read(rest[0])).slice(
    0,
    Number(value("l") ?? 65_536),
  );
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.slice(at, at + 16)];
    const hex = row.map((byte, i) => byte.toString(16).padStart(2, "0") + (i % 2 === 1 ? " " : "")).join("");
    const letters = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}: ${hex.padEnd(40)} ${letters}`);
  }
  return printed(joined(lines));
}

export const TEXT_COMMANDS: readonly ShellProgram[] = [
  { name: "cat", summary: "print files", run: cat },
  { name: "cut", summary: "columns of lines", run: cut },
  { name: "echo", summary: "print words", run: echo },
  { name: "grep", summary: "lines that fit a pattern", run: grep },
  {
    name: "head",
    summary: "the first lines",
    run: (context) => part(context, (lines, count) => lines.slice(0, count)),
  },
  { name: "sort", summary: "lines in order", run: sort },
  {
    name: "tail",
    summary: "the last lines",
    run: (context) => part(context, (lines, count) => (count === 0 ? [] : lines.slice(-count))),
  },
  { name: "tee", summary: "write to files and on", run: tee },
  { name: "uniq", summary: "without repeated lines", run: uniq },
  { name: "wc", summary: "count lines, words, bytes", run: wc },
  { name: "xxd", summary: "bytes in hexadecimal", run: xxd },
];
