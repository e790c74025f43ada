/** The same change in C, where the program's lines tell enough: names of variables, and how its own checks leave. */
import type { ProgramSpec } from "../programs/spec.ts";
import type { FixSubject } from "./fix-candidates.ts";
import type { HistoryStep } from "./trace.ts";

/** A call whose result is kept: `value = bpf_map_lookup_elem(...)`. */
const RESULT = /(\w+)\s*=\s*(?:\([^)]*\)\s*)?bpf_\w+\s*\(/;
/** `name[index]`. */
const INDEX = /\w\[\s*([A-Za-z_]\w*)\s*(?:&[^\]]*)?\]/;

/** Lines of C as a diff, in front of the line that is refused; undefined where no line says what things are called. */
export function diffInC(
  program: ProgramSpec,
  at: number,
  subject: FixSubject | undefined,
  history: readonly HistoryStep[],
): string | undefined {
  const line = program.lines?.[at]?.text.trim();
  if (line === undefined || line === "" || subject === undefined) return undefined;
  const leave = "return 0;";
  switch (subject.kind) {
    case "null": {
      const name = history.map((step) => RESULT.exec(step.line?.text ?? "")?.[1]).findLast((found) => found);
      if (name === undefined) return undefined;
      return `+ if (!${name})\n+     ${leave}\n  ${line}`;
    }
    case "bound": {
      const name = INDEX.exec(line)?.[1];
      if (name === undefined) return undefined;
      return `+ if (${name} > ${subject.last})\n+     ${leave}\n  ${line}`;
    }
    case "return":
      return line.startsWith("return") ? `- ${line}\n+ return ${subject.value};` : undefined;
  }
}
