import { GradeError } from "../error.ts";

/** Which version of a cell is made: the student's, or the one with the model solution. */
export type Edition = "release" | "solution";

const BEGIN = /\bBEGIN SOLUTION\b/;
const END = /\bEND SOLUTION\b/;
const STUB = /^(\s*)\/\/ STUB ?/;

/**
 * One edition of a cell. Lines between `// BEGIN SOLUTION` and `// END SOLUTION` are the solution's, lines that begin with `// STUB `
 * are the student's beginning. nbgrader knows the same two marks. Throws `GradeError` for marks that do not match.
 *
 * @example editionOf("// BEGIN SOLUTION\nconst a = 7;\n// END SOLUTION\n// STUB const a = 0; // TODO", "release") // "const a = 0; // TODO"
 */
export function editionOf(code: string, edition: Edition, where = ""): string {
  const kept: string[] = [];
  let inside = false;
  for (const line of code.split("\n")) {
    const [begins, ends] = [BEGIN.test(line), END.test(line)];
    if ((begins && inside) || (ends && !inside))
      throw new GradeError("not-a-submission", where, `${line.trim()}: the marks of a solution do not match`);
    if (begins || ends) inside = begins;
    else if (inside) {
      if (edition === "solution") kept.push(line);
    } else if (!STUB.test(line)) kept.push(line);
    else if (edition === "release") kept.push(line.replace(STUB, "$1"));
  }
  if (inside) throw new GradeError("not-a-submission", where, "BEGIN SOLUTION has no end");
  return kept.join("\n");
}
