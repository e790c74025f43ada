import { toHex } from "../../isa/encode.ts";
import { sha256 } from "../assignment/hmac.ts";
import { Variant } from "../assignment/variant.ts";
import { assignmentOf } from "../assignments/index.ts";
import { GradeError } from "../error.ts";
import type { Result } from "../result/result.ts";
import { decodeSubmission } from "../submission/decode.ts";
import { type JudgeOptions, judge } from "./judge.ts";

/** How submissions of a course are graded. */
export interface GradeOptions extends JudgeOptions {
  /** The course's secret; without it the submission is graded on the practice variant of this number. */
  readonly secret?: Uint8Array | string;
  readonly practice?: number;
  /** What the submission is called where it does not say itself whose it is: its file. */
  readonly label?: string;
}

/** The result of something that could not be graded: no points, and why. */
export function errorResult(
  error: GradeError,
  {
    assignment = "",
    student = "",
    tool,
    bytes,
  }: { assignment?: string; student?: string; tool: string; bytes: Uint8Array },
): Result {
  return {
    version: 1,
    ...{ assignment, student, tool },
    assignmentHash: "",
    submissionHash: toHex(sha256(bytes.subarray(0, 2 ** 20))),
    variant: "",
    ...{ score: 0, maxScore: 0, tests: [] },
    error: error.message,
  };
}

/** The variant on which a student's submission is graded. */
export const variantOf = (assignment: string, student: string, { secret, practice = 1 }: GradeOptions): Variant =>
  secret === undefined ? Variant.practice(assignment, practice) : Variant.of(secret, assignment, student);

/**
 * From the bytes of a submission to its result. What cannot be graded (no submission, no such assignment) is a result too, with
 * `error`; only a bad secret throws.
 *
 * @example const { score, maxScore } = await gradeBytes(readFileSync("s042.json"), { secret, tool: "bpfbook 1.0.0" });
 */
export async function gradeBytes(bytes: Uint8Array, options: GradeOptions): Promise<Result> {
  const { tool, label = "" } = options;
  const told: { assignment?: string; student: string } = { student: label };
  try {
    const decoded = decodeSubmission(bytes);
    const { student, assignment } = decoded.submission;
    Object.assign(told, { student, assignment });
    return await judge(assignmentOf(assignment), decoded, variantOf(assignment, student, options), options);
  } catch (error) {
    if (!(error instanceof GradeError) || error.code === "not-a-secret") throw error;
    return errorResult(error, { ...told, tool, bytes });
  }
}
