/** A run, instruction by instruction: a stepper in the page, and a table of its steps where no script may run. */
import { toHex } from "../isa/encode.ts";
import type { MimeBundle } from "../plot/displayable.ts";
import { grouped, plural } from "../plot/format.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { MemoryChange } from "../vm/debug/debug-state.ts";
import type { RunTrace } from "../vm/debug/trace.ts";
import { html } from "./html.ts";
import { listInstructions } from "./listing.ts";
import { type StepperButton, stepperListing, stepperToolbar } from "./stepper.ts";
import { STYLE } from "./style.ts";
import { table } from "./table.ts";
import { changesText, traceLines } from "./trace-lines.ts";
import { TRACE_SCRIPT } from "./trace-script.ts";

/** A trace as this view needs it. */
export interface TraceView {
  readonly program: ProgramSpec;
  /** In the order of `run.programs`: the program itself, and those that it tail-called. */
  readonly programs: readonly ProgramSpec[];
  readonly run: RunTrace;
  /** r0 at exit, 64 bits unsigned; absent where the run did not get there. */
  readonly result?: bigint;
  readonly verdict?: string;
}

/** Steps of the table; the stepper has all. */
const MOST_ROWS = 60;
/** Lines of the text. */
const MOST_LINES = 200;
/** Bytes of one piece of memory that the stepper shows, and pieces. */
const MOST_BYTES = 512;
const MOST_PIECES = 8;

/** A stepper: forwards, back, over calls, to a line that is clicked; registers, stack and memory at every moment. */
export function renderTrace(trace: TraceView): MimeBundle {
  const { program, programs, run } = trace;
  const label = `${program.name}, ${plural(run.steps.length, "instruction")} traced`;
  const ending = endingText(trace);
  const rows = run.steps.slice(0, MOST_ROWS).map((step, index) => {
    const { slot } = step;
    const of = programs[step.program]!;
    const text = `${step.program === 0 ? "" : `${of.name}: `}${instructionAt(of, slot)}`;
    return { cells: [index + 1, slot, text, changesText(trace, step)] };
  });
  const rest =
    run.steps.length > MOST_ROWS &&
    html`<p style="${STYLE.headline}">and ${grouped(run.steps.length - MOST_ROWS)} more</p>`;
  const body = html`<p style="${STYLE.headline}"><strong>${program.name}</strong>: ${plural(run.steps.length, "instruction")} traced, ${ending}</p>
<div data-part="still">${table("Steps", COLUMNS, rows)}${rest}</div>
<div data-part="stepper" style="display:none">${stepperToolbar(BUTTONS, run.steps.length, "instructions executed")}
<div style="display:flex;flex-wrap:wrap;gap:16px">${programs.length === 1 ? stepperListing(program) : programs.map((each, index) => html`<div data-program="${index}">${stepperListing(each, each.name)}</div>`)}<div><table style="${STYLE.table}"><caption style="${STYLE.caption}">Registers</caption><tbody data-part="registers"></tbody></table></div><div data-part="memory"></div></div></div>`;
  const data = JSON.stringify(dataOf(trace));
  const lines = [...traceLines(trace)];
  return {
    "text/html":
      html`<div role="group" aria-label="${label}" style="${STYLE.view}" data-bpf-trace="${data}">${body}</div>${TRACE_SCRIPT}`.toString(),
    "text/plain": [
      `${label}, ${ending}`,
      ...lines.slice(0, MOST_LINES),
      ...(lines.length > MOST_LINES ? [`and ${lines.length - MOST_LINES} more lines`] : []),
    ].join("\n"),
  };
}

const COLUMNS = [
  { title: "step", kind: "number" },
  { title: "slot", kind: "number" },
  { title: "instruction", kind: "code" },
  { title: "what it changed", kind: "note" },
] as const;

const BUTTONS: readonly StepperButton[] = [
  ["first", "|◀", "to the beginning"],
  ["back", "◀ back", "one instruction back"],
  ["step", "step ▶", "one instruction forwards"],
  ["over", "over ↷", "over a call"],
  ["last", "▶|", "to the end"],
];

function endingText({ run, result, verdict }: TraceView): string {
  switch (run.stop.reason) {
    case "exit":
      return `returned ${verdict === undefined ? String(BigInt.asIntN(32, result!)) : `${verdict} (${BigInt.asIntN(32, result!)})`}`;
    case "error":
      return `stopped by an error: ${run.stop.error.message}`;
    default:
      return "and the run goes on";
  }
}

function instructionAt(program: ProgramSpec, slot: number): string {
  return listInstructions(program).find(({ index }) => index === slot)?.text ?? "";
}

/** What the script reads: the first state, and what each step changed. */
function dataOf(trace: TraceView): object {
  const { begin, steps, end } = trace.run;
  const pieces = begin.memory.slice(0, MOST_PIECES);
  const top = begin.frames[0]!.pointer;
  const place = ({ address, after }: MemoryChange): readonly [string | number, string | number, string] => {
    const hex = toHex(after);
    const below = Number(address - top);
    if (below < 0 && below > -0x10000) return ["s", below, hex];
    const index = pieces.findIndex(
      ({ address: start, bytes }) => address >= start && address < start + BigInt(Math.min(bytes.length, MOST_BYTES)),
    );
    if (index < 0) return ["?", `0x${address.toString(16)}`, hex];
    return [index, Number(address - pieces[index]!.address), hex];
  };
  return {
    registers: begin.registers.map((value) => `0x${value.toString(16)}`),
    pieces: pieces.map(({ name, bytes }) => ({
      name,
      bytes: toHex(bytes.slice(0, MOST_BYTES)),
      ...(bytes.length > MOST_BYTES ? { more: true } : {}),
    })),
    steps: steps.map(({ program, slot, depth, registers, memory }) => [
      slot,
      depth,
      registers.map(([number, value]) => [number, `0x${value.toString(16)}`]),
      memory.map(place),
      ...(program === 0 ? [] : [program]),
    ]),
    end: end.slot,
    ...(trace.run.programs.length === 1 ? {} : { endProgram: trace.run.programs.indexOf(end.program) }),
    result: endingText(trace),
  };
}
