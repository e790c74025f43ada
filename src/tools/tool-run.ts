import type { Duration } from "../linux/duration.ts";
import { DISPLAY, type Displayable, LIVE, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import type { Given } from "./frame/options.ts";
import type { Outcome, ToolMachine } from "./frame/run.ts";
import type { OptionsOf, RowOf } from "./frame/tool.ts";
import type { TOOLS } from "./table.ts";

/** Names of the tools. */
export type ToolName = keyof typeof TOOLS;

/** The rows of a tool by its name. */
export type ToolRow<Name extends ToolName> = RowOf<(typeof TOOLS)[Name]>;

/** How a tool is run in a cell: for how long, and its own options by name, or as its users type them. */
export type ToolCall<Name extends ToolName> = Partial<Given<OptionsOf<(typeof TOOLS)[Name]>>> & {
  /** Virtual time; left out: as the options say, or `"10s"`. */
  readonly for?: Duration;
  /** Words of the command line: `["-T", "-p", "7"]`. */
  readonly args?: readonly string[];
  /** Bytes of the buffer through which events come, a power of two; default 256 KiB. */
  readonly bufferBytes?: number;
  /** How often events are read; left out: at once, so that none is lost. */
  readonly readEvery?: Duration;
};

/** What a tool found: rows to go through, and the text that it prints. */
export class ToolResult<Row extends object = object> implements Displayable, Iterable<Row> {
  readonly name: string;
  readonly rows: readonly Row[];
  /** Exactly what the tool prints. */
  readonly text: string;
  /** Events that found the buffer full. */
  readonly lost: number;

  constructor(name: string, { rows, text, lost }: Outcome<Row>) {
    this.name = name;
    this.rows = rows;
    this.text = text;
    this.lost = lost;
  }

  get length(): number {
    return this.rows.length;
  }

  [Symbol.iterator](): Iterator<Row> {
    return this.rows[Symbol.iterator]();
  }

  toString(): string {
    return this.text;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("tool", this);
  }
}

/** Real milliseconds between two pictures. */
const PERIOD = 400;

/**
 * A tool that is about to run on a machine: `await` gives its rows; shown by a cell it runs and its table grows. It runs once.
 *
 * @example
 * const rows = await m.tool("opensnoop", { for: "5s", failed: true });
 * for (const { comm, path } of rows) console.log(comm, path);
 */
export class ToolRun<Row extends object = object> implements PromiseLike<ToolResult<Row>> {
  readonly name: string;
  readonly #start: (onRow: (row: Row) => void, onText: (text: string) => void) => Promise<Outcome<Row>>;
  readonly #rows: Row[] = [];
  #text = "";
  #running: Promise<ToolResult<Row>> | undefined;

  constructor(
    name: string,
    start: (onRow: (row: Row) => void, onText: (text: string) => void) => Promise<Outcome<Row>>,
  ) {
    this.name = name;
    this.#start = start;
  }

  #run(): Promise<ToolResult<Row>> {
    this.#running ??= this.#start(
      (row) => void this.#rows.push(row),
      (text) => {
        this.#text += text;
      },
    ).then((outcome) => new ToolResult(this.name, outcome));
    return this.#running;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise of rows, which starts when it is awaited or shown.
  then<Good = ToolResult<Row>, Bad = never>(
    done?: ((value: ToolResult<Row>) => Good | PromiseLike<Good>) | null,
    failed?: ((reason: unknown) => Bad | PromiseLike<Bad>) | null,
  ): Promise<Good | Bad> {
    return this.#run().then(done, failed);
  }

  async *[LIVE](): AsyncGenerator<MimeBundle> {
    const running = this.#run();
    for (let over = false; !over; ) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const waiting = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PERIOD);
      });
      over = await Promise.race([running.then(() => true), waiting.then(() => false)]).finally(() =>
        clearTimeout(timer),
      );
      if (!over) yield render("tool", { name: this.name, rows: [...this.#rows], text: this.#text });
    }
    yield await (await running)[DISPLAY]();
  }
}

/**
 * A tool of bcc for a machine, with its options by name. Everything about it is read when it runs, and then it throws: `ToolError`
 * for a name or an option that there is not, `UsageFault` for words of `args`, as the command line prints it.
 *
 * @example
 * const slow = await toolRun(m, "fileslower", { for: "2s", minMs: 1 });
 * slow.rows[0]?.latencyMs;
 */
export const toolRun = <Name extends ToolName>(
  machine: ToolMachine,
  name: Name,
  call: ToolCall<Name> = {} as ToolCall<Name>,
): ToolRun<ToolRow<Name>> =>
  new ToolRun(name, async (onRow, onText) => {
    const { runNamed } = await import("./run-named.ts");
    return runNamed<Name>(machine, name, call, onRow, onText);
  });
