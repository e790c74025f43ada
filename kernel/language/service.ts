import { lineStarts, positionAt } from "../runtime/edits.ts";
import { CellDocuments, type PreparedCell } from "./cell-documents.ts";
import { completeness } from "./completeness.ts";
import { completions, exportedNames, wordBefore } from "./completions.ts";
import { LanguageConnection } from "./connection.ts";
import { cellDiagnostics, conflictingNames, type LspDiagnostic } from "./diagnostics.ts";
import { callStatements, floatingCalls, floatingProbe } from "./floating-promises.ts";
import { hoverCandidates, inspectResult, isAlias } from "./hover.ts";
import { type LspPosition, type LspRange, lspPosition } from "./lsp-positions.ts";
import { leadingSpace } from "./tokens.ts";
import type { CheckResult, LanguageService, LanguageServiceOptions } from "./types.ts";
import { markUnknownNames } from "./unknown-names.ts";

export type * from "./types.ts";

const UNCHECKED = "The type checker is not running: this cell runs unchecked.";
/** What TypeScript itself takes for "do not check this file", but it looks only at the first line of a document. */
const NO_CHECK = /^\s*\/\/+\s*@ts-nocheck\b/m;
/** So long after the start, if nothing was asked, the libraries that the kernel brings are read ahead of their first use. */
const READ_AHEAD_MS = 300;

/**
 * Starts TypeScript's language server for one notebook. Nothing is written to disk.
 *
 * @example
 * ```ts
 * const language = createLanguageService({ cwd: process.cwd(), modules: { bpfbook: "/opt/bpfbook/src/index.ts" } });
 * const { diagnostics } = await language.check({ id: 1, code: "const n: number = 'x'" });
 * diagnostics[0]; // { line: 1, column: 7, code: 2322, message: "Type 'string' is not assignable to type 'number'.", ... }
 * ```
 */
export function createLanguageService(options: LanguageServiceOptions): LanguageService {
  const documents = new CellDocuments();
  const connection = new LanguageConnection(options, documents);

  let readAhead: NodeJS.Timeout | undefined;

  const ask = (method: string, cell: PreparedCell, parameters?: object) => {
    clearTimeout(readAhead);
    return connection.ask(method, cell, parameters);
  };

  const diagnose = async (cell: PreparedCell) => {
    const report = (await ask("textDocument/diagnostic", cell)) as { items: LspDiagnostic[] };
    return report.items;
  };

  const hoverAtDeclaration = async (cell: PreparedCell, position: LspPosition) => {
    const places = await ask("textDocument/definition", cell, { position });
    const [place] = (places ?? []) as { uri: string; range: LspRange }[];
    if (place === undefined) return undefined;
    const at = { textDocument: { uri: place.uri }, position: place.range.start };
    return ask("textDocument/hover", cell, at);
  };

  let exports: Promise<ReadonlyMap<string, ReadonlySet<string>>> | undefined;
  /** The names that each of the modules exports, which are the same for the whole session. */
  const exportsOf = () => {
    exports ??= Promise.all(
      Object.keys(options.modules ?? {}).map(async (module) => {
        const cell = { text: `import {  } from ${JSON.stringify(module)};`, lineShift: 0, imported: [] };
        const list = await ask("textDocument/completion", cell, { position: { line: 0, character: 9 } });
        return [module, exportedNames(list)] as const;
      }),
    ).then((entries) => new Map(entries));
    exports.catch(() => {
      exports = undefined; // the server is gone: the next one is asked again
    });
    return exports;
  };
  const origins = { wasDeclared: (name: string) => documents.isLost(name), exportsOf };

  // The first request makes the server read TypeScript's libraries, while the kernel itself still starts.
  const ready = diagnose(documents.prepare("")).then(
    () => {
      readAhead = setTimeout(() => {
        documents.importAlways(Object.keys(options.modules ?? {}));
        diagnose(documents.prepare("")).catch(() => {});
      }, READ_AHEAD_MS).unref();
    },
    () => {},
  );

  return {
    ready,

    async check({ code }): Promise<CheckResult> {
      if (NO_CHECK.test(leadingSpace(code))) return { diagnostics: [] };
      try {
        const calls = callStatements(code);
        const probe = floatingProbe(calls);
        let cell = documents.prepare(code);
        let items = await diagnose({ ...cell, text: cell.text + probe });
        // A name that the cell declares after all, in a way that the scan of its tokens did not see.
        const local = conflictingNames(items, cell);
        if (local.length > 0) {
          cell = documents.prepare(code, { local });
          items = await diagnose({ ...cell, text: cell.text + probe });
        }
        const line = lineStarts(code).length + cell.lineShift;
        const inCell = items.filter(({ range }) => calls.length === 0 || range.start.line < line);
        const behind = items.filter((item) => !inCell.includes(item));
        const errors = behind.map((item) => ({ character: item.range.start.character, code: Number(item.code) }));
        return {
          diagnostics: await markUnknownNames(cellDiagnostics(code, inCell, cell.lineShift), origins),
          floating: floatingCalls(calls, probe, errors).map(({ callee, start }) => ({
            callee,
            line: positionAt(lineStarts(code), start).line,
          })),
        };
      } catch {
        return { diagnostics: [], note: UNCHECKED };
      }
    },

    executed(cell) {
      documents.commit(cell);
      connection.update(cell.code);
    },

    async complete(code, cursor) {
      const { text, start } = wordBefore(code, cursor);
      try {
        const cell = documents.prepare(code, { wanted: documents.names().filter((name) => name.startsWith(text)) });
        const position = lspPosition(code, cursor, cell.lineShift);
        const list = await ask("textDocument/completion", cell, { position, context: { triggerKind: 1 } });
        return completions(list, code, cursor, cell);
      } catch {
        return { matches: [], start, end: cursor };
      }
    },

    async inspect(code, cursor) {
      const cell = documents.prepare(code);
      try {
        for (const offset of hoverCandidates(code, cursor)) {
          const position = lspPosition(code, offset, cell.lineShift);
          const hover = await ask("textDocument/hover", cell, { position });
          const found = inspectResult((isAlias(hover) && (await hoverAtDeclaration(cell, position))) || hover);
          if (found) return found;
        }
      } catch {
        // No server: nothing is known about the thing.
      }
      return undefined;
    },

    names: () => documents.names(),
    isComplete: completeness,
    reset() {
      documents.reset();
      connection.update();
    },
    dispose() {
      clearTimeout(readAhead);
      return connection.dispose();
    },
  };
}
