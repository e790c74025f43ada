import { excerpt } from "../display/traceback.ts";
import type { CellDiagnostic, CheckResult } from "../language/service.ts";
import type { ErrorOutput } from "../runtime/messages.ts";

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
  const [first] = errors;
  if (first === undefined) return undefined;
  return {
    ename: nameOf(first),
    evalue: first.message.split("\n")[0]!,
    traceback: [
      ...errors.flatMap((error) => [title(error), ...excerpt(code, error)]),
      `The cell did not run: ${errors.length === 1 ? "one error" : `${errors.length} errors`}.`,
    ],
  };
}

function title(error: CellDiagnostic): string {
  const [summary, ...reasons] = error.message.split("\n");
  return [`${nameOf(error)}: ${summary} (TS${error.code}, line ${error.line})`, ...reasons].join("\n");
}

/** TypeScript's numbers from 1000 to 1999 are the parser's. */
function nameOf({ code }: CellDiagnostic): string {
  return code >= 1000 && code < 2000 ? "SyntaxError" : TYPE_ERROR_NAME;
}
