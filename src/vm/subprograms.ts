import type { Instruction } from "../isa/instruction.ts";
import { decode } from "./decode.ts";

/** First slots of the functions of a program, ascending; 0 is the main function. */
export function subprogramStarts(insns: readonly Instruction[]): number[] {
  const starts = new Set([0]);
  for (const operation of decode(insns)) if (operation.kind === "call") starts.add(operation.to);
  return [...starts].sort((a, b) => a - b);
}
