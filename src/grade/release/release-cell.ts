import type { Instance } from "../cell/handed.ts";
import { type Edition, editionOf } from "./solution-blocks.ts";

/**
 * A code cell of an assignment's source as a student gets it: without the solution, and with the student's own instance where the
 * source draws one to practise with. Nothing of the secret or of hidden tests is in it.
 *
 * @example releaseCell('const my = variant("a3");', "a3", "release", instance) // const my = variant("a3", {...});
 */
export function releaseCell(
  code: string,
  assignment: string,
  edition: Edition,
  instance: Instance | undefined,
): string {
  const text = editionOf(code, edition, assignment);
  if (instance === undefined) return text;
  return text.replace(
    `variant("${assignment}")`,
    () => `variant("${assignment}", ${JSON.stringify(instance, undefined, 2)})`,
  );
}
