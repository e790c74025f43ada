import { BpftraceError } from "../bpftrace/diagnostics.ts";
import type { Duration } from "../linux/duration.ts";
import { readOptions, UsageFault } from "./frame/options.ts";
import { runTool, type ToolMachine } from "./frame/run.ts";
import { type AnyTool, ToolError } from "./frame/tool.ts";
import { TOOLS } from "./table.ts";

/** What a command left behind: its exit code, and all that it printed. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a tool's command line is run. */
export interface CommandOptions {
  /** Virtual time after which Ctrl-C is pressed; default `"10s"`. */
  readonly for?: Duration;
  /** Rows as JSON, one object a line, in place of the tool's text. */
  readonly json?: boolean;
  /** Takes what goes to standard output at once. */
  readonly onText?: (text: string) => void;
}

/** The name under which distributions install bcc's tools: `execsnoop-bpfcc`. */
const SUFFIX = "-bpfcc";

/** A tool by its name, also as Debian calls it. */
export function toolNamed(name: string): AnyTool | undefined {
  const plain = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name;
  return Object.hasOwn(TOOLS, plain) ? (TOOLS as Readonly<Record<string, AnyTool>>)[plain] : undefined;
}

/** Names that a shell finds: `execsnoop-bpfcc`, ... */
export const commandNames = (): readonly string[] => Object.keys(TOOLS).map((name) => `${name}${SUFFIX}`);

/**
 * Runs a tool as a shell does: `argv[0]` is its name, with or without `-bpfcc`. Wrong words are its usage on stderr and code 2,
 * what it cannot do is one line and code 1; 127 where there is no such tool. Nothing is thrown for what users type.
 *
 * @example
 * const { code, stdout } = await toolCommand(m, ["execsnoop-bpfcc", "-T"], { for: "5s" });
 */
export async function toolCommand(
  machine: ToolMachine,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const [program = "", ...words] = argv;
  const tool = toolNamed(program);
  if (tool === undefined) return { code: 127, stdout: "", stderr: `${program}: command not found\n` };
  const printed: string[] = [];
  const print = (text: string): void => {
    printed.push(text);
    options.onText?.(text);
  };
  const done = (code: number, stderr = ""): CommandResult => ({ code, stdout: printed.join(""), stderr });
  try {
    const given = readOptions({ ...tool, program }, words);
    await runTool(machine, tool, given, {
      ...(options.for !== undefined && { for: options.for }),
      ...(options.json === true ? { onRow: (row: object) => print(`${jsonLine(row)}\n`) } : { onText: print }),
    });
    return done(0);
  } catch (error) {
    if (error instanceof UsageFault) {
      if (error.code === 0) print(error.message);
      return done(error.code, error.code === 0 ? "" : error.message);
    }
    if (error instanceof ToolError) return done(error.code, `${error.message}\n`);
    if (error instanceof BpftraceError) return done(1, `${program}: ${error.message}\n`);
    throw error;
  }
}

/** A row as JSON: numbers that do not fit are texts. */
export const jsonLine = (row: object): string =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
