import type { HistoryQuery } from "../wire/requests.ts";
import type { HistoryFile } from "./history-file.ts";

/** One executed cell: session, line (its execution count), source, and the plain text of its result. */
export interface HistoryEntry {
  readonly session: number;
  readonly line: number;
  readonly source: string;
  readonly output: string | undefined;
}

/** An entry as `history_reply` carries it: with outputs the third item is a pair. */
export type HistoryRow = readonly [session: number, line: number, text: string | readonly [string, string | null]];

/**
 * The cells executed so far, oldest first, with those of earlier sessions where there is a file of them.
 *
 * @example
 * ```ts
 * history.add({ session: 1, line: 1, source: "1 + 1", output: "2" });
 * history.query({ access: "tail", n: 10, output: false }); // [[1, 1, "1 + 1"]]
 * ```
 */
export class History {
  readonly #file: HistoryFile | undefined;
  readonly #entries: HistoryEntry[];
  /** The number of the running session. Earlier ones count 1, 2, ...; in a range 0 is this one, -1 the one before. */
  readonly session: number;

  constructor(file?: HistoryFile) {
    this.#file = file;
    this.#entries = [...(file?.entries ?? [])];
    this.session = file?.session ?? 1;
  }

  add(entry: HistoryEntry): void {
    this.#entries.push(entry);
    this.#file?.append(entry);
  }

  query(query: HistoryQuery): HistoryRow[] {
    return this.#select(query).map(({ session, line, source, output }) => [
      session,
      line,
      query.output ? [source, output ?? null] : source,
    ]);
  }

  #select(query: HistoryQuery): HistoryEntry[] {
    switch (query.access) {
      case "tail":
        return lastOf(this.#entries, query.n);
      case "range": {
        const session = query.session <= 0 ? this.session + query.session : query.session;
        const stop = query.stop ?? Number.POSITIVE_INFINITY;
        return this.#entries.filter(
          (entry) => entry.session === session && entry.line >= query.start && entry.line < stop,
        );
      }
      case "search": {
        const pattern = globPattern(query.pattern);
        const found = this.#entries.filter((entry) => pattern.test(entry.source));
        return lastOf(query.unique ? uniqueSources(found) : found, query.n);
      }
    }
  }
}

function lastOf(entries: readonly HistoryEntry[], n: number | undefined): HistoryEntry[] {
  return n === undefined ? [...entries] : n <= 0 ? [] : entries.slice(-n);
}

/** The last entry of each source, as a shell's history search shows it. */
function uniqueSources(entries: readonly HistoryEntry[]): HistoryEntry[] {
  const latest = new Map(entries.map((entry) => [entry.source, entry]));
  return entries.filter((entry) => latest.get(entry.source) === entry);
}

/** The protocol's patterns are globs over the whole source: `*` is any text, `?` any character. */
function globPattern(glob: string): RegExp {
  const body = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[\\s\\S]*")
    .replaceAll("?", "[\\s\\S]");
  return new RegExp(`^${body}$`);
}
