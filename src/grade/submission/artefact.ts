import type { MapType } from "../../maps/spec.ts";
import type { AttachType } from "../../programs/attach-types.ts";
import type { ProgramType } from "../../programs/types.ts";

/** A value as JSON holds it; integers beyond 53 bits are `{ "$bigint": "..." }`, bytes `{ "$bytes": "0a0b" }`. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A map as it is handed over: its attributes, no contents and no types. */
export interface MapArtefact {
  readonly type: MapType;
  readonly name: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly inner?: MapArtefact;
}

/** Where an instruction was written: slot, line, column, text. */
export type LineArtefact = readonly [slot: number, line: number, column: number, text: string];

/** A program as bytes, with what the verifier needs to know of it. */
export interface ProgramArtefact {
  readonly kind: "program";
  readonly type: ProgramType;
  readonly name: string;
  /** The instructions' bytes as lower-case hexadecimal digits, 16 a slot. */
  readonly insns: string;
  readonly maps: readonly MapArtefact[];
  readonly license: string;
  readonly attachType?: AttachType;
  /** Function, tracepoint or hook with typed arguments. */
  readonly attachTo?: string;
  readonly lines?: readonly LineArtefact[];
}

/** One thing that a student hands over: always data, never something that runs in the grader's own language. */
export type Artefact =
  | ProgramArtefact
  | { readonly kind: "object" /** An object file, base64. */; readonly bytes: string }
  | { readonly kind: "bpftrace"; readonly text: string }
  | { readonly kind: "value"; readonly value: JsonValue };

export type ArtefactKind = Artefact["kind"];

/**
 * What one student hands over for one assignment: data, by task.
 *
 * @example { version: 1, assignment: "a1", student: "s042", answers: { "a1/1": { kind: "value", value: 42 } } }
 */
export interface Submission {
  readonly version: 1;
  readonly assignment: string;
  readonly student: string;
  /** By task, `a1/2`. */
  readonly answers: Readonly<Record<string, Artefact>>;
}

/** What a submission may be at most. */
export const LIMITS = {
  /** Bytes of a whole submission. */
  submission: 1_000_000,
  /** Bytes of one answer's JSON, but for object files. */
  artefact: 100_000,
  /** Bytes of an object file. */
  object: 400_000,
  /** Characters of a bpftrace program. */
  bpftrace: 20_000,
  /** Levels of JSON. */
  depth: 24,
  answers: 64,
  maps: 64,
  /** Characters of a student's or an assignment's name. */
  name: 128,
  /** Digits of a bigint. */
  digits: 80,
  /** Bytes that a map's elements may take in all, for a grader's memory is not the student's. */
  mapBytes: 16 * 1024 * 1024,
} as const;

/** How a task is named: assignment, slash, task. */
export const TASK_ID = /^[a-z][a-z0-9-]{0,31}\/[a-z0-9][a-z0-9-]{0,15}$/;
export const ASSIGNMENT_ID = /^[a-z][a-z0-9-]{0,31}$/;
/** Names of students: what learning systems use, without anything that a path or a page would take for its own. */
export const STUDENT_ID = /^[A-Za-z0-9][A-Za-z0-9_.@+-]{0,127}$/;
