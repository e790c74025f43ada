/** What may be wrong with what a grader is given. */
export type GradeFault =
  | "too-large"
  | "not-json"
  | "too-deep"
  | "not-a-submission"
  | "not-an-artefact"
  | "not-a-result"
  | "unknown-assignment"
  | "unknown-task"
  | "unknown-row"
  | "time"
  | "fault"
  | "not-a-url"
  | "not-reachable"
  | "not-a-secret"
  | "not-a-table"
  | "not-a-policy";

/**
 * Something that cannot be graded: what, where in it, and what to do. Its message is one line, for reports: never a stack.
 *
 * @example
 * try { decodeSubmission(bytes) } catch (error) { (error as GradeError).where } // "answers.a1/2.insns"
 */
export class GradeError extends Error {
  override readonly name = "GradeError";
  readonly code: GradeFault;
  /** The place: a member of the submission, a file, a line. Empty for all of it. */
  readonly where: string;
  /** What to do about it. */
  readonly mend: string;

  constructor(code: GradeFault, where: string, problem: string, mend = "", cause?: unknown) {
    super(`${where === "" ? "" : `${where}: `}${problem}${mend === "" ? "" : `. ${mend}`}`, { cause });
    this.code = code;
    this.where = where;
    this.mend = mend;
  }
}
