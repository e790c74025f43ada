import { formatInstruction } from "../../asm/format-instruction.ts";
import { helperName } from "../../helpers/names.ts";
import { toHex } from "../../isa/encode.ts";
import type { Trace } from "../../linux/bpf/debug-run.ts";
import type { MemoryChange } from "../../vm/debug/debug-state.ts";
import { placeName } from "../../vm/debug/place-name.ts";
import type { TraceStep } from "../../vm/debug/trace.ts";

/** Column of what changed. */
const CHANGES = 48;

/** Each step on a line: its number, the instruction and what it changed. */
export function* traceLines(trace: Trace): Generator<string> {
  const { run } = trace;
  for (const [index, step] of run.steps.entries()) yield stepLine(trace, index, step);
  if (run.stop.reason === "limit") yield `and so on: the trace ends after ${run.steps.length} instructions`;
}

function stepLine({ program, run }: Trace, index: number, { slot, depth, registers, memory }: TraceStep): string {
  const source = program.lines?.[slot]?.text.replace(/(\/\/|#).*/, "").trim();
  const instruction = source ?? formatInstruction(program.insns, slot, { helperName }).replace(/^\([0-9a-f]+\) /, "");
  const memoryText = ({ address, after }: MemoryChange): string => {
    const bytes = after.length > 16 ? `${toHex(after.slice(0, 16))}...` : toHex(after);
    return `[${placeName(run.begin, address)}] = ${bytes}`;
  };
  const left = `${String(index + 1).padStart(5)}  ${"  ".repeat(depth)}${String(slot).padStart(3)}: ${instruction}`;
  const changes = [
    ...registers.map(([number, value]) => `r${number} = 0x${value.toString(16)}`),
    ...memory.slice(0, 4).map(memoryText),
    ...(memory.length > 4 ? [`and ${memory.length - 4} more places`] : []),
  ];
  return changes.length === 0 ? left : `${left.padEnd(CHANGES)}  ${changes.join(", ")}`;
}
