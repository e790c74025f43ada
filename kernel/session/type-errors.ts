import { excerpt } from "../display/traceback.ts";
import type { CellDiagnostic, CheckResult } from "../language/service.ts";
import type { ErrorOutput } from "../runtime/messages.ts";

/** Name of the error that a cell with type errors gives; such a cell does not run. */
export const TYPE_ERROR_NAME = "TypeCheckError";

/**
 * The type errors of a cell as its error output, all at once, each with its line marked; undefined if it may run.
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
    ename: TYPE_ERROR_NAME,
    evalue: first.message.split("\n")[0]!,
    traceback: [
      ...errors.flatMap((error) => [title(error), ...excerpt(code, error)]),
      `The cell did not run: ${errors.length === 1 ? "one type error" : `${errors.length} type errors`}.`,
    ],
  };
}

function title({ message, code, line }: CellDiagnostic): string {
  const [summary, ...reasons] = message.split("\n");
  return [`${TYPE_ERROR_NAME}: ${summary} (TS${code}, line ${line})`, ...reasons].join("\n");
}
