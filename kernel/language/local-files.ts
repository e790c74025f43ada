import { readFileSync, statSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** A file's change in the words of the Language Server Protocol. */
export interface FileChange {
  readonly uri: string;
  readonly type: 1 | 2 | 3;
}

const [CREATED, CHANGED, DELETED] = [1, 2, 3] as const;
/** Specifiers that are paths in the text of a cell or of a file. One that stands in a comment costs a look at a file. */
const RELATIVE = /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*["']((?:\.\.?)?\/[^"'\r\n]+)["']/g;
const SOURCES = new Set([".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"]);
/** Files that are looked at before each check. */
const MOST = 500;

/**
 * The files that cells import by relative paths, and those that these import: the language server reads a file once, and
 * hears of changes only from its client.
 */
export class LocalFiles {
  /** What was there at the last look: time and size, or "" for no file. */
  readonly #stamps = new Map<string, string>();
  readonly #cwd: string;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /** All files that code so far imports, each with what changes when the file does; "" where there is none. */
  get stamps(): ReadonlyMap<string, string> {
    return this.#stamps;
  }

  /** The files that have changed since the last call, of those that any code so far imports. */
  changes(code: string): FileChange[] {
    const changes: FileChange[] = [];
    const open = new Set([...this.#stamps.keys(), ...imported(code, this.#cwd)]);
    // A set grows while it is gone through.
    for (const path of open) {
      if (open.size > MOST) break;
      const before = this.#stamps.get(path);
      const now = stampOf(path);
      if (before === now) continue;
      this.#stamps.set(path, now);
      if (before !== undefined) {
        const type = before === "" ? CREATED : now === "" ? DELETED : CHANGED;
        changes.push({ uri: pathToFileURL(path).href, type });
      }
      if (now !== "" && SOURCES.has(extname(path))) {
        for (const next of imported(readFileSync(path, "utf8"), dirname(path))) open.add(next);
      }
    }
    return changes;
  }
}

function imported(code: string, folder: string): string[] {
  return [...code.matchAll(RELATIVE)].map((match) => resolve(folder, match[1]!));
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.mtimeMs} ${stat.size}` : "";
}
