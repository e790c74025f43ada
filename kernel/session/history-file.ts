import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { HistoryEntry } from "./history.ts";

/** Entries that are kept when a kernel starts; the file is written anew when it holds twice as many. */
const KEPT = 5000;

/**
 * History that outlives the kernel: a text file of one JSON array a line, `[session, line, source, output]`. Several kernels may
 * append to it at once, as each line is one write. Where it cannot be read or written the history ends with the session, quietly:
 * nothing of it is worth a failed cell.
 *
 * @example
 * ```ts
 * const file = new HistoryFile(historyPath(process.env));
 * file.append({ session: file.session, line: 1, source: "1 + 1", output: "2" });
 * ```
 */
export class HistoryFile {
  readonly #path: string;
  /** What earlier sessions left, oldest first. */
  readonly entries: readonly HistoryEntry[];
  /** The number of this session: one more than the last that wrote something. */
  readonly session: number;

  constructor(path: string) {
    this.#path = path;
    const lines = readLines(path);
    const entries = lines.slice(-KEPT).flatMap(readEntry);
    if (lines.length > 2 * KEPT) rewrite(path, entries);
    this.entries = entries;
    this.session = 1 + entries.reduce((last, { session }) => Math.max(last, session), 0);
  }

  append(entry: HistoryEntry): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      appendFileSync(this.#path, writeEntry(entry), { mode: 0o600 });
    } catch {
      // A full or read-only disk.
    }
  }
}

/** Where the history lies: in the user's data folder, as the XDG base directory specification says. */
export function historyPath(environment: Readonly<Record<string, string | undefined>>): string {
  const data = environment["XDG_DATA_HOME"] || join(homedir(), ".local", "share");
  return join(data, "bpfbook", "history.jsonl");
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").slice(0, -1);
  } catch {
    return [];
  }
}

function writeEntry({ session, line, source, output }: HistoryEntry): string {
  return `${JSON.stringify(output === undefined ? [session, line, source] : [session, line, source, output])}\n`;
}

/** A line that somebody has damaged is left out. */
function readEntry(text: string): HistoryEntry[] {
  try {
    const [session, line, source, output] = JSON.parse(text) as unknown[];
    if (!Number.isInteger(session) || !Number.isInteger(line) || typeof source !== "string") return [];
    return [
      { session: Number(session), line: Number(line), source, output: typeof output === "string" ? output : undefined },
    ];
  } catch {
    return [];
  }
}

/** By a new file in the old one's place: a kernel that dies meanwhile loses nothing. */
function rewrite(path: string, entries: readonly HistoryEntry[]): void {
  try {
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, entries.map(writeEntry).join(""), { mode: 0o600 });
    renameSync(fresh, path);
  } catch {
    // It stays long.
  }
}
