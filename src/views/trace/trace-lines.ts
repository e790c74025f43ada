/** The steps of a trace as lines of text. */
import { formatInstruction } from "../../asm/format-instruction.ts";
import { helperName } from "../../helpers/names.ts";
import { toHex } from "../../isa/encode.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import type { MemoryChange } from "../../vm/debug/debug-state.ts";
import { placeName } from "../../vm/debug/place-name.ts";
import type { RunTrace, TraceStep } from "../../vm/debug/trace.ts";

/** A trace as text needs it. */
interface Traced {
  /** In the order of `run.programs`. */
  readonly programs: readonly ProgramSpec[];
  readonly run: RunTrace;
}

/** Column of what changed. */
const CHANGES = 48;

/**
 * Each step on a line: its number, the instruction as it was written, and what it changed. Where a tail call leads to another
 * program, or its end back, a line says its name.
 */
export function* traceLines({ programs, run }: Traced): Generator<string> {
  let last = 0;
  for (const [index, step] of run.steps.entries()) {
    const { slot, depth } = step;
    const program = programs[step.program]!;
    if (step.program !== last) yield `${"".padStart(7)}${"  ".repeat(depth)}program ${program.name}:`;
    last = step.program;
    const source = program.lines?.[slot]?.text.replace(/(\/\/|#).*/, "").trim();
    const form = formatInstruction(program.insns, slot, { helperName }).replace(/^\([0-9a-f]+\) /, "");
    const left = `${String(index + 1).padStart(5)}  ${"  ".repeat(depth)}${String(slot).padStart(3)}: ${source ?? form}`;
    const changes = changesText({ programs, run }, step);
    yield changes === "" ? left : `${left.padEnd(CHANGES)}  ${changes}`;
  }
  if (run.stop.reason === "limit") yield `and so on: the trace ends after ${run.steps.length} instructions`;
  if (run.stop.reason === "error") yield run.stop.error.message;
}

/** What a step changed: `r0 = 0x5, [fp-8] = 0500000000000000`. */
export function changesText({ run }: Traced, { registers, memory }: TraceStep): string {
  const memoryText = ({ address, after }: MemoryChange): string => {
    const bytes = after.length > 16 ? `${toHex(after.slice(0, 16))}...` : toHex(after);
    return `[${placeName(run.begin, address)}] = ${bytes}`;
  };
  return [
    ...registers.map(([number, value]) => `r${number} = 0x${value.toString(16)}`),
    ...memory.slice(0, 4).map(memoryText),
    ...(memory.length > 4 ? [`and ${memory.length - 4} more places`] : []),
  ].join(", ");
}
