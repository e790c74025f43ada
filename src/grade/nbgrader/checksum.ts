import { createHash } from "node:crypto";
import type { NbgraderCell } from "./notebook.ts";

/**
 * nbgrader's checksum of a cell: the same 32 hexadecimal digits as `nbgrader.utils.compute_checksum`, by which it knows cells that
 * were changed and answers that were not.
 *
 * @example checksum({ id: "x", cell_type: "code", source: "1", metadata: { nbgrader: { ... } } })
 */
export function checksum({ source, cell_type, metadata: { nbgrader } }: NbgraderCell): string {
  const { grade = false, solution = false, locked = false, grade_id = "", points = 0 } = nbgrader ?? {};
  // A solution can never be locked, a test always is, whatever the metadata says.
  const isLocked = solution ? false : grade ? true : locked;
  const flags = [grade, solution, isLocked].map((flag) => (flag ? "True" : "False")).join("");
  return createHash("md5")
    .update(`${source}${cell_type}${flags}${grade_id}${grade ? pythonFloat(points) : ""}`)
    .digest("hex");
}

/** `str(float(points))` of Python, for points as people give them. @example pythonFloat(2) // "2.0" */
export function pythonFloat(points: number): string {
  return Number.isInteger(points) ? `${points}.0` : String(points);
}
