import { suggest } from "../../asm/suggest.ts";
import type { Assignment, Task } from "../assignment/assignment.ts";
import { GradeError } from "../error.ts";
import { A01 } from "./a01-vm-by-hand.ts";
import { A02 } from "./a02-verifiers-complaint.ts";
import { A03 } from "./a03-count-by-protocol.ts";
import { A04 } from "./a04-dns-filter.ts";
import { A05 } from "./a05-latency-histogram.ts";
import { A06 } from "./a06-own-execsnoop.ts";
import { A07 } from "./a07-core-port.ts";
import { A08 } from "./a08-policy-by-lsm.ts";
import { A09 } from "./a09-hidden-machine.ts";
import { A10 } from "./a10-own-tool.ts";

/** All assignments by their names, easy ones first. */
export const ASSIGNMENTS = {
  a1: A01,
  a2: A02,
  a3: A03,
  a4: A04,
  a5: A05,
  a6: A06,
  a7: A07,
  a8: A08,
  a9: A09,
  a10: A10,
} as const;

export type AssignmentId = keyof typeof ASSIGNMENTS;

/** The assignment of a name. Throws `GradeError` with the nearest one. */
export function assignmentOf(id: string): Assignment {
  if (Object.hasOwn(ASSIGNMENTS, id)) return ASSIGNMENTS[id as AssignmentId];
  const near = suggest(id, Object.keys(ASSIGNMENTS));
  const mend = near === undefined ? `There are ${Object.keys(ASSIGNMENTS).join(", ")}` : `Did you mean ${near}?`;
  throw new GradeError("unknown-assignment", "assignment", `there is no assignment ${JSON.stringify(id)}`, mend);
}

/** The task of a name. Throws `GradeError`. */
export function taskOf(id: string): { readonly assignment: Assignment; readonly task: Task } {
  const assignment = assignmentOf(String(id).split("/")[0] ?? "");
  const task = assignment.tasks.find((one) => one.id === id);
  if (task !== undefined) return { assignment, task };
  const names = assignment.tasks.map((one) => one.id).join(", ");
  throw new GradeError("unknown-task", "task", `there is no task ${JSON.stringify(id)}`, `There are ${names}`);
}
