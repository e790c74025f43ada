import { Session } from "../../bpftrace/run/session.ts";
import type { BpfSubsystem } from "../../linux/bpf/subsystem.ts";
import { type Duration, parseDuration } from "../../linux/duration.ts";
import type { Linux } from "../../linux/linux.ts";
import { type Cell, format } from "./format.ts";
import { Look, plain, type Value } from "./look.ts";
import type { AnyTool, Column, Plan } from "./tool.ts";

/** The machine that a tool looks at. */
export interface ToolMachine {
  readonly linux: Linux;
  readonly bpf: BpfSubsystem;
}

/** How a tool is run. */
export interface RunOptions {
  /** How long, in virtual time, unless the tool ends itself; then it is as if Ctrl-C were pressed. Default `"10s"`. */
  readonly for?: Duration;
  /** Bytes of the buffer through which events come, a power of two; default 256 KiB. */
  readonly bufferBytes?: number;
  /** How often the tool reads its events; left out: at once, so that none is lost. */
  readonly readEvery?: Duration;
  /** Takes what is printed at once. */
  readonly onText?: (text: string) => void;
  /** Takes each row at once. */
  readonly onRow?: (row: object) => void;
}

/** What a tool found. */
export interface Outcome<Row> {
  readonly rows: readonly Row[];
  readonly text: string;
  /** Events that found the buffer full. */
  readonly lost: number;
}

/** How long a tool runs that nobody ends. */
const USUAL: Duration = "10s";

/** Runs a tool with its options known. Throws `ToolError`, and `BpftraceError` for what the machine has no place for. */
export async function runTool<Row extends object>(
  machine: ToolMachine,
  tool: AnyTool,
  given: object,
  options: RunOptions = {},
): Promise<Outcome<Row>> {
  const { linux } = machine;
  const plan = tool.plan(given as never, linux) as Plan<Row>;
  const rows: Row[] = [];
  const texts: string[] = [];
  const out = (text: string): void => {
    if (text === "") return;
    texts.push(text);
    options.onText?.(text);
  };
  const keep = (row: Row): void => {
    rows.push(row);
    options.onRow?.(row);
  };
  const { columns, event, report } = plan;
  const take = (values: readonly Value[]): void => {
    const row = event?.(values, look);
    if (row === undefined) return;
    keep(row);
    out(plan.line === undefined ? lineText(columns ?? [], row) : plan.line(row, look));
  };
  const session = new Session(
    machine,
    { name: tool.name, text: plan.program },
    {
      banner: false,
      warnings: false,
      onValue: (data) => {
        const value = plain(data);
        take(Array.isArray(value) ? (value as readonly Value[]) : [value]);
      },
      ...(options.bufferBytes !== undefined && { bufferBytes: options.bufferBytes }),
      ...(options.readEvery !== undefined && { readEvery: options.readEvery }),
    },
  );
  const look = new Look(linux, session);
  const start = linux.ktimeNs();
  let [last, reports, ended] = [start, 0, false];
  let lost = 0;
  const tell = (): void => {
    if (session.lost > lost) out(`Possibly lost ${session.lost - lost} samples\n`);
    lost = session.lost;
  };
  const tick = (end: boolean): void => {
    session.read();
    tell();
    last = linux.ktimeNs();
    reports++;
    const made = report?.(look, end);
    if (made === undefined) return;
    for (const row of made.rows) keep(row);
    out(made.text);
  };
  try {
    session.attach();
    out(plan.banner ?? "");
    if (columns !== undefined && event !== undefined && plan.line === undefined) out(headText(columns));
    const { interval, count } = plan;
    const seconds = plan.duration ?? (interval !== undefined && count !== undefined ? interval * count : undefined);
    const longest = parseDuration(options.for ?? (seconds === undefined ? USUAL : seconds * 1e9));
    const length = seconds === undefined ? longest : Math.min(longest, seconds * 1e9);
    if (interval !== undefined && report !== undefined) {
      const next = (time: number): void => {
        if (ended || time > start + length) return;
        tick(time === start + length);
        if (count === undefined || reports < count) linux.at(time + interval * 1e9, next);
      };
      linux.at(start + interval * 1e9, next);
    }
    await session.run(() => linux.run(length));
    ended = true;
    session.read();
    if (report !== undefined && (linux.ktimeNs() > last || reports === 0) && (count === undefined || reports < count))
      tick(true);
    tell();
    out(plan.farewell ?? "");
    return { rows, text: texts.join(""), lost: session.lost };
  } finally {
    ended = true;
    session.close();
  }
}

/** The header of columns. */
export const headText = <Row>(columns: readonly Column<Row>[]): string =>
  `${columns.map(([name, head]) => format(head, [name])).join(" ")}\n`;

/** The line of a row. */
export const lineText = <Row>(columns: readonly Column<Row>[], row: Row): string =>
  `${columns.map(([, , cell, value]) => format(cell, [value(row)])).join(" ")}\n`;

/** Lines of a table with its header. */
export const tableText = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string =>
  headText(columns) + rows.map((row) => lineText(columns, row)).join("");

/** Cells of a row by the columns' names, for tables that are shown. */
export const cellsOf = <Row>(columns: readonly Column<Row>[], row: Row): readonly (readonly [string, Cell])[] =>
  columns.map(([name, , , value]) => [name, value(row)] as const);
