import { suggest } from "../asm/suggest.ts";
import { ArgumentError, isObject, requireInstructions, requireWhole } from "../isa/argument.ts";
import { checkMap } from "../maps/create.ts";
import type { ProgramSpec } from "./spec.ts";
import { PROGRAM_TYPES, type ProgramType } from "./types.ts";

const TYPES = Object.keys(PROGRAM_TYPES);

/** Checks the name of a program type; a near miss is told which one was meant. */
export function requireProgramType(argument: string, value: unknown): asserts value is ProgramType {
  if (typeof value === "string" && Object.hasOwn(PROGRAM_TYPES, value)) return;
  const near = typeof value === "string" ? suggest(value, TYPES) : undefined;
  throw new ArgumentError(argument, `one of ${TYPES.join(", ")}`, value, near && `Did you mean "${near}"?`);
}

/**
 * Checks that something is a program that can be looked at: a known type, whole instructions, maps. Whether Linux takes
 * it is the verifier's to say. Throws `ArgumentError`, or `MapError` for a map that no machine could create.
 */
export function requireProgram(value: unknown): asserts value is ProgramSpec {
  requireNested(value, 0);
}

/** Programs that extend one another; Linux refuses the second. */
const MAX_NESTED = 4;

function requireNested(value: unknown, depth: number): asserts value is ProgramSpec {
  if (!isObject(value) || Array.isArray(value))
    throw new ArgumentError("program", "a program", value, 'asm({ type: "xdp" })`...` makes one.');
  requireProgramType("program.type", value.type);
  requireInstructions("program.insns", value.insns);
  for (const name of ["name", "license"] as const) {
    if (typeof value[name] !== "string") throw new ArgumentError(`program.${name}`, "a string", value[name]);
  }
  if (!Array.isArray(value.maps)) throw new ArgumentError("program.maps", "a list of maps", value.maps);
  value.maps.forEach(checkMap);
  if (depth > MAX_NESTED)
    throw new ArgumentError("program.attachProgram", `at most ${MAX_NESTED} programs that extend one another`, value);
  if (value.attachProgram !== undefined) requireNested(value.attachProgram, depth + 1);
  const { fdArray = [], maps } = value;
  if (!Array.isArray(fdArray)) throw new ArgumentError("program.fdArray", "a list of indexes of maps", fdArray);
  for (const [at, map] of fdArray.entries()) requireWhole(`program.fdArray[${at}]`, map, 0, maps.length - 1);
}
