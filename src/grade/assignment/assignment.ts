import { toHex } from "../../isa/encode.ts";
import type { ArtefactKind } from "../submission/artefact.ts";
import { canonical } from "../submission/json.ts";
import { sha256 } from "./hmac.ts";
import type { Inspector } from "./inspector.ts";
import type { Variant } from "./variant.ts";

/** What a check gets: the answer decoded (`Program`, bytes of an object, text, value), and what looks at it. */
export interface VisibleCheckInput<P> {
  readonly answer: unknown;
  /** What the student's notebook says, too. */
  readonly params: P;
  readonly it: Inspector;
}

/** A hidden check also draws inputs that the student's notebook does not have. */
export interface HiddenCheckInput<P> extends VisibleCheckInput<P> {
  readonly v: Variant;
}

/** One test of a task. All or nothing, unless `partial`: then the part of its tests that passed counts. */
export interface Check<Input> {
  /** What is tested: "a UDP packet is counted". Of a hidden one only teachers read it. */
  readonly title: string;
  /** Its part of the task's points, beside the others; default 1. */
  readonly weight?: number;
  readonly partial?: boolean;
  readonly run: (input: Input) => void | Promise<void>;
}

/** A question of an assignment: one answer, its tests. */
export interface Task<P = unknown> {
  /** Assignment and number: `a3/2`. */
  readonly id: string;
  readonly title: string;
  readonly points: number;
  /** What is handed over. */
  readonly submit: { readonly name: string; readonly kind: ArtefactKind };
  readonly visible: readonly Check<VisibleCheckInput<P>>[];
  readonly hidden: readonly Check<HiddenCheckInput<P>>[];
  /** Help in steps, from a nudge to nearly the answer. */
  readonly hints: readonly string[];
  /** Likely mistakes by name: what to say to who made it. */
  readonly mistakes: Readonly<Record<string, string>>;
}

/** An assignment: a generator of instances, never one of them. */
export interface Assignment<P = unknown> {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** The lesson that it follows. */
  readonly lesson: string;
  /** The notebook's source in notebooks/source/assignments, without `.md`. */
  readonly source: string;
  /** Goes up whenever what is asked or tested changes: results of an older one are known by it. */
  readonly revision: number;
  /** What is different for each student and stands in the student's notebook; plain data. */
  readonly variant: (v: Variant) => P;
  readonly tasks: readonly Task<P>[];
}

/**
 * Writes an assignment down. Checks read `params`, whose type is what `variant` gives.
 *
 * @example
 * assignment({
 *   id: "a1", title: "The VM by hand", summary: "...", lesson: "02", source: "a01-vm-by-hand", revision: 1,
 *   variant: (v) => ({ start: v.number("start", 2, 9) }),
 *   tasks: [{
 *     id: "a1/1", title: "What is in r0?", points: 2, submit: { name: "r0", kind: "value" }, hints: [], mistakes: {},
 *     visible: [], hidden: [{ title: "r0", run: ({ answer, params, it }) => void it.answer("r0", it.whole(answer), params.start * 2) }],
 *   }],
 * });
 */
export const assignment = <P>(row: Assignment<P>): AssignmentOf<P> => row as unknown as AssignmentOf<P>;

/** An assignment among others, whose parameters' type is still known. */
export type AssignmentOf<P> = Assignment & { readonly paramsType?: P };

/** SHA-256 of what the assignment is: its name, revision, tasks, points and tests' titles. */
export function assignmentHash({ id, revision, tasks }: Assignment): string {
  const told = tasks.map(({ id: task, points, submit, visible, hidden }) => ({
    ...{ task, points, submit },
    visible: visible.map(({ title, weight = 1 }) => [title, weight]),
    hidden: hidden.map(({ title, weight = 1 }) => [title, weight]),
  }));
  return toHex(sha256(new TextEncoder().encode(canonical({ id, revision, tasks: told }))));
}
