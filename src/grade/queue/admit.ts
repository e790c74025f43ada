import { toHex } from "../../isa/encode.ts";
import { assignmentHash } from "../assignment/assignment.ts";
import { sha256 } from "../assignment/hmac.ts";
import { assignmentOf } from "../assignments/index.ts";
import { GradeError } from "../error.ts";
import { readNotebook } from "../sandbox/notebook.ts";
import { ASSIGNMENT_ID, LIMITS, STUDENT_ID } from "../submission/artefact.ts";
import { decodeSubmission } from "../submission/decode.ts";
import { canonical, readJson } from "../submission/json.ts";

/** Bytes of a notebook that a queue takes: what is larger has outputs in it, or is graded with `grade plan`. */
export const QUEUE_NOTEBOOK = 2_000_000;

/** A submission as it lies in the queue. No secret is in it: those lie with the workers. */
export interface QueuedSubmission {
  /** What makes it this one: SHA-256 of the submission, a dash, SHA-256 of the assignment. Equal keys, equal results. */
  readonly key: string;
  readonly student: string;
  readonly assignment: string;
  /** A worker of another version has another one, and leaves it to others. */
  readonly assignmentHash: string;
  readonly kind: "submission" | "notebook";
  /** JSON of the submission, or of the notebook. */
  readonly text: string;
}

/** Form of a key. */
export const KEY = /^[0-9a-f]{64}-[0-9a-f]{64}$/;

const hash = (text: string): string => toHex(sha256(new TextEncoder().encode(text)));

/**
 * What was handed in, checked as if somebody hostile had sent it, so that only what can be graded gets into a queue. Throws
 * `GradeError`.
 *
 * @param notebook whose and for what, where the bytes are a notebook
 * @example const { key } = admit(readFileSync("s042.json"));
 */
export function admit(
  bytes: Uint8Array,
  notebook?: { readonly student: string; readonly assignment: string },
): QueuedSubmission {
  return notebook === undefined ? admitSubmission(bytes) : admitNotebook(bytes, notebook);
}

function admitSubmission(bytes: Uint8Array): QueuedSubmission {
  const { student, assignment } = decodeSubmission(bytes).submission;
  const named = assignmentHash(assignmentOf(assignment));
  // With what is wrong in it: a mended answer is another submission.
  const text = canonical(readJson(bytes, { bytes: LIMITS.submission, depth: LIMITS.depth }));
  return { key: `${hash(text)}-${named}`, student, assignment, assignmentHash: named, kind: "submission", text };
}

function admitNotebook(bytes: Uint8Array, owner: { student: string; assignment: string }): QueuedSubmission {
  const { student, assignment } = owner;
  if (!STUDENT_ID.test(student)) throw new GradeError("not-a-submission", "student", "it is no name of a student");
  if (!ASSIGNMENT_ID.test(assignment))
    throw new GradeError("not-a-submission", "assignment", "it is no name of an assignment");
  if (bytes.length > QUEUE_NOTEBOOK)
    throw new GradeError(
      "too-large",
      "",
      `it has ${bytes.length} bytes; ${QUEUE_NOTEBOOK} are allowed`,
      "Clear outputs",
    );
  const cells = readNotebook(bytes);
  const named = assignmentHash(assignmentOf(assignment));
  // Only what is run counts: outputs and metadata are left where they were.
  const text = canonical({ nbformat: 4, cells: cells.map((source) => ({ cell_type: "code", source })) });
  const key = `${hash(canonical({ student, assignment, text }))}-${named}`;
  return { key, student, assignment, assignmentHash: named, kind: "notebook", text };
}

/** Reads what a queue holds: whoever can write to Redis might have put it there. Throws `GradeError`. */
export function readQueued(value: unknown): QueuedSubmission {
  const { key, student, assignment, kind, text } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof text !== "string" || typeof student !== "string" || typeof assignment !== "string")
    throw new GradeError("not-a-submission", "queue", "it is no submission");
  const bytes = new TextEncoder().encode(text);
  const again = admit(bytes, kind === "notebook" ? { student, assignment } : undefined);
  if (again.key === key && again.student === student) return again;
  throw new GradeError(
    "unknown-assignment",
    assignment,
    "this grader has another version of it than the one that took the submission",
    "Run the same version of bpfbook everywhere",
  );
}
