import type { Duration } from "../linux/duration.ts";
import { toolNamed } from "./command.ts";
import { defaults, readOptions } from "./frame/options.ts";
import { type Outcome, runTool, type ToolMachine } from "./frame/run.ts";
import { ToolError } from "./frame/tool.ts";
import type { ToolCall, ToolName, ToolRow } from "./tool-run.ts";

/** Runs a tool with options by name, or words as its users type them. Throws `ToolError` and `UsageFault`. */
export function runNamed<Name extends ToolName>(
  machine: ToolMachine,
  name: Name,
  call: ToolCall<Name>,
  onRow: (row: ToolRow<Name>) => void,
  onText: (text: string) => void,
): Promise<Outcome<ToolRow<Name>>> {
  const tool = toolNamed(name);
  if (tool === undefined) throw new ToolError(`there is no tool '${String(name)}': tools has all of them`);
  const {
    for: duration,
    args = [],
    bufferBytes,
    readEvery,
    ...given
  } = call as Readonly<Record<string, unknown>> & {
    readonly for?: Duration;
    readonly args?: readonly string[];
    readonly bufferBytes?: number;
    readonly readEvery?: Duration;
  };
  for (const key of Object.keys(given))
    if (!Object.hasOwn(tool.options, key))
      throw new ToolError(
        `${tool.name} has no option '${key}': ${Object.keys(tool.options).join(", ") || "it has none"}`,
      );
  // What is given by name need not be among the words.
  const words =
    args.length === 0 && Object.keys(given).length > 0
      ? defaults(tool.options)
      : readOptions({ ...tool, program: tool.name }, args);
  return runTool<ToolRow<Name>>(
    machine,
    tool,
    { ...words, ...given },
    {
      ...(duration !== undefined && { for: duration }),
      ...(bufferBytes !== undefined && { bufferBytes }),
      ...(readEvery !== undefined && { readEvery }),
      onRow: (row) => onRow(row as ToolRow<Name>),
      onText,
    },
  );
}
