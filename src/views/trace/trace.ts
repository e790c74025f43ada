/** A run, instruction by instruction: a stepper in the page, and a table of its steps where no script may run. */
import { toHex } from "../../isa/encode.ts";
import type { Codec } from "../../maps/codec.ts";
import { isPerCpuCodec } from "../../maps/percpu-codec.ts";
import type { MimeBundle } from "../../plot/displayable.ts";
import { grouped, plural } from "../../plot/format.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import type { MemoryChange } from "../../vm/debug/debug-state.ts";
import type { RunTrace } from "../../vm/debug/trace.ts";
import type { ListedRow } from "../client/listing-pane.ts";
import { html } from "../html.ts";
import { interactiveBundle } from "../interactive.ts";
import { listInstructions } from "../listing.ts";
import { STYLE } from "../style.ts";
import { table } from "../table.ts";
import { valueText } from "../value-text.ts";
import type { TraceData, WrittenAt } from "./trace.client.ts";
import { TRACE_CLIENT } from "./trace.client-text.ts";
import { changesText, traceLines } from "./trace-lines.ts";

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
/** Of the frame, in pixels. */
const HEIGHT = 520;

/** A stepper: forwards, back, over calls, to a line or a breakpoint; registers, stack and memory at every moment. */
export function renderTrace(trace: TraceView): MimeBundle {
  const { program, programs, run } = trace;
  const label = `${program.name}, ${plural(run.steps.length, "instruction")} traced`;
  const ending = endingText(trace);
  const texts = programs.map((each) => new Map(listInstructions(each).map(({ index, text }) => [index, text])));
  const rows = run.steps.slice(0, MOST_ROWS).map((step, index) => {
    const { slot } = step;
    const text = `${step.program === 0 ? "" : `${programs[step.program]!.name}: `}${texts[step.program]!.get(slot) ?? ""}`;
    return { cells: [index + 1, slot, text, changesText(trace, step)] };
  });
  const rest =
    run.steps.length > MOST_ROWS &&
    html`<p style="${STYLE.headline}">and ${grouped(run.steps.length - MOST_ROWS)} more</p>`;
  const lines = [...traceLines(trace)];
  return interactiveBundle({
    kind: "Program stepper",
    label: `${label}, ${ending}`,
    text: [
      `${label}, ${ending}`,
      ...lines.slice(0, MOST_LINES),
      ...(lines.length > MOST_LINES ? [`and ${lines.length - MOST_LINES} more lines`] : []),
    ].join("\n"),
    data: dataOf(trace),
    client: TRACE_CLIENT,
    height: HEIGHT,
    folded: ["The steps as a table", html`${table("Steps", COLUMNS, rows)}${rest}`],
  });
}

const COLUMNS = [
  { title: "step", kind: "number" },
  { title: "slot", kind: "number" },
  { title: "instruction", kind: "code" },
  { title: "what it changed", kind: "note" },
] as const;

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

/** Rows of the listing; of a longer program those are left out that the run did not reach. */
const MOST_LISTED = 1_000;

function rowsOf(program: ProgramSpec, reached: ReadonlySet<number>): ListedRow[] {
  const all = listInstructions(program);
  const shown = all.length <= MOST_LISTED ? all : all.filter(({ index }) => reached.has(index)).slice(0, MOST_LISTED);
  return shown.map(({ index, text, source }) => (source ? [index, text, source.line, source.text] : [index, text]));
}

/** What the client reads: the first state, and what each step changed. */
function dataOf(trace: TraceView): TraceData {
  const { begin, steps, end } = trace.run;
  const reached = trace.programs.map(
    (_, index) => new Set(steps.filter(({ program }) => program === index).map(({ slot }) => slot)),
  );
  const pieces = begin.memory.slice(0, MOST_PIECES);
  const top = begin.frames[0]!.pointer;
  const place = ({ address, after }: MemoryChange): WrittenAt => {
    const hex = toHex(after);
    const below = Number(address - top);
    if (below < 0 && below > -0x10000) return ["s", below, hex];
    const index = pieces.findIndex(
      ({ address: start, bytes }) => address >= start && address < start + BigInt(Math.min(bytes.length, MOST_BYTES)),
    );
    if (index < 0) return ["?", `0x${address.toString(16)}`, hex];
    return [index, Number(address - pieces[index]!.address), hex];
  };
  const texts = trace.run.maps.map(({ map }) => elementText(trace.program.maps[map]));
  const placeOf = new Map(trace.run.maps.map(({ map }, index) => [map, index]));
  return {
    name: trace.program.name,
    maps: trace.run.maps.map(({ map, elements, written }, index) => ({
      name: trace.program.maps[map]!.name,
      ...(written ? { written } : {}),
      elements: elements.map(([key, value]) => [texts[index]!.key(key), texts[index]!.value(value)] as const),
    })),
    programs: trace.programs.map((each, index) => ({ name: each.name, rows: rowsOf(each, reached[index]!) })),
    registers: begin.registers.map((value) => `0x${value.toString(16)}`),
    pieces: pieces.map(({ name, bytes }) => ({
      name,
      bytes: toHex(bytes.slice(0, MOST_BYTES)),
      ...(bytes.length > MOST_BYTES ? { more: true as const } : {}),
    })),
    steps: steps.map(({ program, slot, depth, registers, memory, maps = [] }): TraceData["steps"][number] => {
      const values = registers.map(([number, value]) => [number, `0x${value.toString(16)}`] as const);
      const writes = memory.map(place);
      const told = maps.map(({ map, key, value }) => {
        const index = placeOf.get(map)!;
        const text = texts[index]!;
        return value === undefined
          ? ([index, text.key(key)] as const)
          : ([index, text.key(key), text.value(value)] as const);
      });
      if (told.length > 0) return [slot, depth, values, writes, program, told];
      return program === 0 ? [slot, depth, values, writes] : [slot, depth, values, writes, program];
    }),
    end: end.slot,
    endProgram: Math.max(0, trace.run.programs.indexOf(end.program)),
    result: endingText(trace),
  };
}

/** Keys and values by the types of the map's declaration, where it has some; else as bytes. */
function elementText(declared: unknown): { key(bytes: Uint8Array): string; value(bytes: Uint8Array): string } {
  const { key, value } = (declared ?? {}) as { readonly key?: Codec<unknown>; readonly value?: Codec<unknown> };
  return { key: (bytes) => bytesText(key, bytes), value: (bytes) => bytesText(value, bytes) };
}

function bytesText(codec: Codec<unknown> | undefined, bytes: Uint8Array): string {
  if (typeof codec?.read !== "function") return valueText(bytes);
  const own = isPerCpuCodec(codec) ? codec.forCpus(bytes.length / (Math.ceil(codec.size / 8) * 8)) : codec;
  return valueText(own.read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0));
}
