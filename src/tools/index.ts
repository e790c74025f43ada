/** bcc's tools: programs, their command lines, and their rows as data. */
import type { ToolMachine } from "./frame/run.ts";
import { TOOL_NAMES } from "./names.ts";
import { type ToolCall, type ToolName, type ToolRow, type ToolRun, toolRun } from "./tool-run.ts";

/** Each tool as a function of a machine and its options. */
export type Tools = {
  readonly [Name in ToolName]: (machine: ToolMachine, call?: ToolCall<Name>) => ToolRun<ToolRow<Name>>;
};

/**
 * All tools by name, with the types of their options and rows.
 *
 * @example
 * const rows = await tools.tcplife(m, { for: "5s" });
 * rows.rows.filter(({ ms }) => ms > 10);
 */
export const tools = Object.fromEntries(
  TOOL_NAMES.map((name) => [name, (machine: ToolMachine, call?: ToolCall<ToolName>) => toolRun(machine, name, call)]),
) as unknown as Tools;

export type { Bcc } from "./bcc/bcc.ts";
export { BccError } from "./bcc/error.ts";
export type { BccTable } from "./bcc/table.ts";
export type { CommandOptions, CommandResult } from "./command.ts";
export { UsageFault } from "./frame/options.ts";
export { ToolError } from "./frame/tool.ts";
export { type ToolCall, type ToolName, ToolResult, type ToolRow, ToolRun } from "./tool-run.ts";
