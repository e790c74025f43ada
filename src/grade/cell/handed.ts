import type { AssignmentOf } from "../assignment/assignment.ts";
import { Variant } from "../assignment/variant.ts";
import { type ASSIGNMENTS, type AssignmentId, assignmentOf, taskOf } from "../assignments/index.ts";
import { GradeError } from "../error.ts";
import { type Artefact, LIMITS, STUDENT_ID, type Submission } from "../submission/artefact.ts";
import { checkArtefact } from "../submission/decode.ts";
import { encodeArtefact, encodeSubmission } from "../submission/encode.ts";
import { canonical } from "../submission/json.ts";

/** What a student's notebook is told of its instance: what `grade release` writes into it. */
export interface Instance<P = unknown> {
  readonly student: string;
  /** Which instance it is. */
  readonly variant: string;
  readonly params: P;
}

type ParamsOf<I extends AssignmentId> = (typeof ASSIGNMENTS)[I] extends AssignmentOf<infer P> ? P : never;

const instances = new Map<string, Instance>();
const answers = new Map<string, Artefact>();
const listeners = new Set<(task: string, artefact: Artefact) => void>();

/** Whose instances these are where nobody said: those to practise with. */
const PRACTICE = "practice";

/** The instance that this session works on: the one of `variant`, or else the first to practise with. */
export function instanceOf(id: string): Instance {
  const known = instances.get(id);
  if (known !== undefined) return known;
  const drawn = Variant.practice(id);
  const instance = { student: PRACTICE, variant: drawn.id, params: assignmentOf(id).variant(drawn) };
  instances.set(id, instance);
  return instance;
}

/**
 * The names, numbers and texts of your instance of an assignment. A released notebook passes them; a number is an instance to
 * practise with. Throws `GradeError` for an assignment that there is not.
 *
 * @example
 * const my = variant("a3", 7); // the seventh to practise with
 * my.packets;                  // "rumika_n": what the map shall be called
 */
export function variant<I extends AssignmentId>(id: I, given: number | Instance = 1): ParamsOf<I> {
  const assignment = assignmentOf(id);
  if (typeof given === "number") {
    const drawn = Variant.practice(id, given);
    instances.set(id, { student: PRACTICE, variant: drawn.id, params: assignment.variant(drawn) });
  } else instances.set(id, given);
  return instances.get(id)?.params as ParamsOf<I>;
}

/**
 * Hands an answer to a task over: a program, an object, a bpftrace text, or a value, whichever it asks for. Prints what was handed
 * over; a later answer takes an earlier one's place. Throws `GradeError` for what cannot be handed over.
 *
 * @example submit("a3/1", counter); // a3/1: a program of type xdp, 24 instructions, maps: rumika_n
 */
export function submit(task: string, value: unknown): void {
  const { task: row } = taskOf(task);
  const artefact = checkArtefact(encodeArtefact(value, row.submit.kind), row.id);
  answers.set(row.id, artefact);
  for (const tell of listeners) tell(row.id, artefact);
  handOver(row.id, artefact);
  console.log(`${row.id}: ${artefactText(artefact)}`);
}

/** Where the kernel or a sandbox takes bytes, they get the answer; what is handed over is data, and the child no judge of it. */
function handOver(task: string, artefact: Artefact): void {
  const give: unknown = (globalThis as Record<symbol, unknown>)[Symbol.for("Jupyter.handOver")];
  if (typeof give === "function") give(task, new TextEncoder().encode(canonical(artefact)));
}

/** An artefact in a line. @example artefactText({ kind: "value", value: 42 }) // "42" */
export function artefactText(artefact: Artefact): string {
  switch (artefact.kind) {
    case "program": {
      const maps = artefact.maps.map(({ name }) => name).join(", ");
      const size = `${artefact.insns.length / 16} instructions`;
      return `a program of type ${artefact.type}, ${size}${maps === "" ? "" : `, maps: ${maps}`}`;
    }
    case "object":
      return `an object file of ${Math.floor((artefact.bytes.length * 3) / 4)} bytes`;
    case "bpftrace":
      return `a bpftrace program of ${artefact.text.split("\n").length} lines`;
    case "value": {
      const text = JSON.stringify(artefact.value);
      return text.length > 80 ? `${text.slice(0, 80)}...` : text;
    }
  }
}

/** Calls `tell` with each answer from now on, for a process that collects them; what is returned ends that. */
export function onSubmit(tell: (task: string, artefact: Artefact) => void): () => void {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

/** What this session has handed over for an assignment. */
export function handedOver(assignment: string, student = instanceOf(assignment).student): Submission {
  if (!STUDENT_ID.test(student))
    throw new GradeError("not-a-submission", "student", "letters, digits and _ . @ + -, please");
  const mine = [...answers].filter(([task]) => task.startsWith(`${assignment}/`));
  return { version: 1, assignment, student, answers: Object.fromEntries(mine) };
}

/**
 * All that this session handed over for an assignment, as the text of a submission file, which `bpfbook grade check` takes. Throws
 * `GradeError` where it is larger than a submission may be.
 *
 * @example await writeFile("a3.json", submission("a3"));
 */
export function submission(assignment: string, student?: string): string {
  const bytes = encodeSubmission(handedOver(assignmentOf(assignment).id, student));
  if (bytes.length > LIMITS.submission)
    throw new GradeError("too-large", "", `it has ${bytes.length} bytes; ${LIMITS.submission} are allowed`);
  return new TextDecoder().decode(bytes);
}

/** Forgets everything, for tests and for a grader that runs one notebook after the other. */
export function forget(): void {
  instances.clear();
  answers.clear();
}
