import { inspect } from "node:util";
import { cellExcerpt, cellFile, placeInStack } from "./cell-sources.ts";
import type { ErrorOutput } from "./messages.ts";

/** Causes of causes are followed this far. */
const MAX_CAUSES = 8;

/**
 * What a front end shows of anything that was thrown: name and message, the cell's lines with the position marked, the stack
 * without the kernel's frames, then the causes.
 *
 * @param place of a syntax error, which has no frame in the cell
 */
export function reportError(thrown: unknown, place?: { cell: string; line: number; column: number }): ErrorOutput {
  try {
    const { ename, evalue } = titleOf(thrown);
    const at = place && { file: cellFile(place.cell), place };
    return { ename, evalue, traceback: describe(thrown, 0, at) };
  } catch (fault) {
    // A getter of the thrown value threw in its turn.
    return { ename: "Error", evalue: "an error that cannot be shown", traceback: [String(fault)] };
  }
}

function titleOf(thrown: unknown): { ename: string; evalue: string } {
  if (thrown instanceof Error || hasErrorShape(thrown)) {
    return { ename: String(thrown.name || "Error"), evalue: String(thrown.message) };
  }
  return { ename: "Uncaught", evalue: inspect(thrown) };
}

/** An error of another realm (`node:vm`, a worker) is no instance of this one's Error. */
function hasErrorShape(thrown: unknown): thrown is Error {
  return typeof thrown === "object" && thrown !== null && "stack" in thrown && "message" in thrown && "name" in thrown;
}

function describe(thrown: unknown, depth: number, known?: ReturnType<typeof placeInStack>): string[] {
  const { ename, evalue } = titleOf(thrown);
  const lines = [evalue === "" ? ename : `${ename}: ${evalue}`];
  if (!(thrown instanceof Error || hasErrorShape(thrown))) return lines;
  const stack = String(thrown.stack ?? "");
  const at = known ?? placeInStack(stack);
  if (at) lines.push(...cellExcerpt(at.file, at.place));
  const frames = stack.indexOf("\n    at ");
  if (frames >= 0 && !known) lines.push(...stack.slice(frames + 1).split("\n"));
  if (depth < MAX_CAUSES) lines.push(...describeCauses(thrown, depth));
  return lines;
}

function describeCauses(error: Error, depth: number): string[] {
  const causes: [string, unknown][] = [];
  if (error.cause !== undefined) causes.push(["Caused by", error.cause]);
  if (error instanceof AggregateError) {
    causes.push(...error.errors.map((each, index): [string, unknown] => [`Error ${index + 1}`, each]));
  }
  return causes.flatMap(([title, cause]) => {
    const [first, ...rest] = describe(cause, depth + 1);
    return [`${title}: ${first}`, ...rest];
  });
}
