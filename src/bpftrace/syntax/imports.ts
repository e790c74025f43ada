import type { Span } from "../ast/expression.ts";
import type { Item, Program } from "../ast/program.ts";
import { BpftraceError, type Source } from "../diagnostics.ts";
import { parse } from "./parse-program.ts";

/** Gives a file's text; undefined where there is none. */
export type ReadFile = (path: string) => string | undefined;

/** Files of one program, and bytes of all of them. */
const MOST_FILES = 100;
const MOST_BYTES = 4 * 2 ** 20;

/**
 * Reads a program and the files that it imports, and that they import, each once. The texts stand one behind the other in the
 * source that comes back, so that every place has its own offset. Throws `BpftraceError`.
 *
 * @example
 * readWithImports({ name: "a.bt", text: 'import "lib.bt"; BEGIN { hello() }' }, (path) => files.get(path))
 */
export function readWithImports(
  source: Source,
  read: ReadFile,
): { readonly source: Source; readonly program: Program } {
  const imports: { name: string; start: number }[] = [];
  const done = new Set<string>([source.name]);
  const items: Item[] = [];
  let { text } = source;
  const whole = (): Source => (imports.length === 0 ? source : { name: source.name, text, imports });
  const refuse = (span: Span, message: string): never => {
    throw new BpftraceError(whole(), [{ severity: "ERROR", message, span }]);
  };
  const take = (name: string, program: Program): void => {
    for (const item of program.items) {
      if (item.kind !== "import") {
        items.push(item);
        continue;
      }
      const path = beside(name, item.path);
      if (done.has(path)) continue;
      done.add(path);
      if (!/\.(?:bt|h)$/.test(path))
        refuse(
          item.span,
          `import of '${item.path}': only files of bpftrace (.bt) and headers (.h) can be imported here`,
        );
      const own = read(path) ?? refuse(item.span, `Failed to import '${item.path}': No such file or directory`);
      if (done.size > MOST_FILES || text.length + own.length > MOST_BYTES)
        refuse(item.span, `import of '${item.path}': too many files`);
      const start = text.length + 1;
      imports.push({ name: path, start });
      text = `${text}\n${own}`;
      take(path, parsed(whole(), start, own));
    }
  };
  take(source.name, parse(source));
  return { source: whole(), program: { items } };
}

/** The items of a file, with their places in the whole text. */
function parsed(whole: Source, start: number, text: string): Program {
  try {
    return parse({ name: whole.name, text: " ".repeat(start) + text });
  } catch (error) {
    throw error instanceof BpftraceError ? new BpftraceError(whole, error.diagnostics) : error;
  }
}

/** A path as it is meant in a file: next to it. */
function beside(file: string, path: string): string {
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  return path.startsWith("/") ? path : folder + path;
}
