import { isObject } from "../../isa/argument.ts";
import type { Stops } from "../examiner.ts";
import { shownAnswer } from "../shown-answer.ts";

/**
 * The parts of what somebody has found out, texts in small letters and without spaces around; a part that is missing ends the
 * check, for nothing can be said about the rest of a story without it.
 *
 * @example findings(answer, it, ["disk", "program"]).disk; // "vda"
 */
export function findings<K extends string>(answer: unknown, it: Stops, parts: readonly K[]): Record<K, unknown> {
  const shape = `{ ${parts.map((part) => `${part}: ...`).join(", ")} }`;
  if (!isObject(answer) || Array.isArray(answer)) {
    return it.stop(`the answer is an object ${shape}`, `got ${shownAnswer(answer)}`);
  }
  const given = answer as Record<string, unknown>;
  const missing = parts.find((part) => given[part] === undefined);
  if (missing !== undefined) return it.stop(`the answer has all parts: ${shape}`, `${missing} is missing`);
  return Object.fromEntries(parts.map((part) => [part, plain(given[part])])) as Record<K, unknown>;
}

const plain = (value: unknown): unknown => (typeof value === "string" ? value.trim().toLowerCase() : value);

/** The number that a part of the answer is, with `NaN` for what is none. */
export const numberIn = (value: unknown): number =>
  typeof value === "number" || typeof value === "bigint" ? Number(value) : Number.NaN;
