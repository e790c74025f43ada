import { excerpt } from "../display/traceback.ts";
import type { CellDiagnostic, CheckResult, FloatingCall, UnknownName } from "../language/service.ts";
import type { ErrorOutput } from "../runtime/messages.ts";
import { listed, unknownNameHints } from "./unknown-name-hints.ts";

/** Environment variable that switches the type checker off, with `off`; `bpfbook kernel install --no-check` writes it. */
export const CHECK_VARIABLE = "BPFBOOK_CHECK";

/** Name of the error that a cell with type errors gives; such a cell does not run. */
export const TYPE_ERROR_NAME = "TypeCheckError";

/**
 * The type errors of a cell as its error output, all at once, each with its line marked; undefined if it may run.
 * A cell that does not parse is a SyntaxError, whoever finds it first.
 *
 * @example
 * ```text
 * TypeCheckError: Type 'string' is not assignable to type 'number'. (TS2322, line 1)
 * > 1 | const n: number = "x"
 *     |       ^
 * ```
 */
export function typeErrors(code: string, { diagnostics }: CheckResult): ErrorOutput | undefined {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  const unknown = errors.filter((error) => error.unknown !== undefined);
  // One block for all unknown names, at the place of the first.
  const blocks = errors.filter((error) => error.unknown === undefined || error === unknown[0]);
  const [first] = blocks;
  if (first === undefined) return undefined;
  const names = namesOf(unknown);
  const count = blocks.length + Math.max(0, names.size - 1);
  const summaryOf = (error: CellDiagnostic): string =>
    error.unknown && names.size > 1 ? `Cannot find the names ${listed([...names.keys()])}.` : error.message;
  return {
    ename: nameOf(first),
    evalue: summaryOf(first).split("\n")[0]!,
    traceback: [
      ...blocks.flatMap((error) => [
        title(error, summaryOf(error)),
        ...excerpt(code, error),
        ...(error.unknown ? unknownNameHints([...names.values()]) : []),
        ...missingModuleHint(error),
      ]),
      `The cell did not run: ${count === 1 ? "one error" : `${count} errors`}.`,
    ],
  };
}

/** TypeScript's number for a module that is not there. */
const NO_MODULE = 2307;

/** What to do about a module that is not there: it is nearly always not installed yet, or lies in another folder. */
function missingModuleHint({ code, message }: CellDiagnostic): string[] {
  const module = code === NO_MODULE ? /^Cannot find module '([^']+)'/.exec(message)?.[1] : undefined;
  if (module === undefined || module.startsWith("node:")) return [];
  if (/^[./]/.test(module)) return ["Paths begin at the notebook's folder. A module of this name is not there."];
  const name = module.split("/", module.startsWith("@") ? 2 : 1).join("/");
  return [
    `If it is a package of npm: run \`%%bash\` with \`npm install ${name}\` (it goes beside the notebook), then this cell again.`,
  ];
}

/** The same where cells run in spite of them: text for stdout, as standard error counts as a failure with graders. */
export function typeWarning({ traceback }: ErrorOutput): string {
  return `Warning, as types are not graded:\n${traceback.slice(0, -1).join("\n")}\n`;
}

/** What a cell says, and runs, of a promise that it does not wait for. */
export function floatingNote({ callee, line }: FloatingCall): string {
  return `Line ${line}: ${callee}(...) gives a promise and the cell does not wait for it. Write \`await\` before it, or \`void\` if that is meant.\n`;
}

/** Each unknown name once. */
function namesOf(errors: readonly CellDiagnostic[]): Map<string, UnknownName> {
  return new Map(errors.flatMap(({ unknown }) => (unknown ? [[unknown.name, unknown]] : [])));
}

function title(error: CellDiagnostic, message: string): string {
  const [summary, ...reasons] = message.split("\n");
  return [`${nameOf(error)}: ${summary} (TS${error.code}, line ${error.line})`, ...reasons].join("\n");
}

/** TypeScript's numbers from 1000 to 1999 are the parser's. */
function nameOf({ code }: CellDiagnostic): string {
  return code >= 1000 && code < 2000 ? "SyntaxError" : TYPE_ERROR_NAME;
}
