import type { Linux } from "../../linux/linux.ts";
import type { Cell } from "./format.ts";
import type { Look, Value } from "./look.ts";
import type { Given, ToolOptions } from "./options.ts";

/** A column of lines: its name, its format in the header and in lines, and what stands in it. */
export type Column<Row> = readonly [name: string, head: string, cell: string, value: (row: Row) => Cell];

/** What is printed at the end of an interval, and the same as data. */
export interface Report<Row> {
  readonly text: string;
  readonly rows: readonly Row[];
}

/** What a tool does once its options are known. */
export interface Plan<Row> {
  /** Its eBPF programs, as one bpftrace program. Each event is a tuple that it prints. */
  readonly program: string;
  /** What is printed first. */
  readonly banner?: string;
  /** Columns of events; their names are the header. */
  readonly columns?: readonly Column<Row>[];
  /** A row from what a program printed; undefined: nothing is to be shown. */
  readonly event?: (values: readonly Value[], look: Look) => Row | undefined;
  /** A line in place of the columns'. */
  readonly line?: (row: Row, look: Look) => string;
  /** Seconds between reports; left out: one report, at the end. */
  readonly interval?: number | undefined;
  /** How many reports are printed before the tool ends. */
  readonly count?: number | undefined;
  /** Seconds after which the tool ends. */
  readonly duration?: number | undefined;
  readonly report?: (look: Look, last: boolean) => Report<Row>;
  /** What is printed at the end. */
  readonly farewell?: string;
}

/** A tool that cannot do what it is asked for: a pattern that matches nothing. One line, and the exit code. */
export class ToolError extends Error {
  override readonly name = "ToolError";
  readonly code: number;
  constructor(message: string, code = 1) {
    super(message);
    this.code = code;
  }
}

/** One tool of bcc: what it is called, how it is used, and what it does. */
export interface Tool<Options extends ToolOptions = ToolOptions, Row extends object = object> {
  readonly name: string;
  /** What its users read first. */
  readonly summary: string;
  /** Which hooks and maps it uses. */
  readonly about: string;
  readonly options: Options;
  /** Throws `ToolError`. */
  plan(given: Given<Options>, linux: Linux): Plan<Row>;
}

/** Declares a tool; the types of its options and rows follow from what is written. */
export const tool = <const Options extends ToolOptions, Row extends object>(
  row: Tool<Options, Row>,
): Tool<Options, Row> => row;

/** A tool of the table, whatever its options and rows are. */
// biome-ignore lint/suspicious/noExplicitAny: tools are contravariant in their options; whoever runs one reads them by its own table.
export type AnyTool = Tool<any, any>;

/** Columns that are there only where an option asks for them. */
export const when = <Row>(wanted: unknown, ...columns: readonly Column<Row>[]): readonly Column<Row>[] =>
  wanted === true ? columns : [];

/** The rows of a tool. */
export type RowOf<Kind> = Kind extends Tool<infer _Options, infer Row> ? Row : never;

/** The options of a tool. */
export type OptionsOf<Kind> = Kind extends Tool<infer Options, infer _Row> ? Options : never;
