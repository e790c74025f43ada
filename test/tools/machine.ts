import { Machine } from "../../src/index.ts";
import type { Program } from "../../src/linux/sys.ts";
import type { ToolCall, ToolName, ToolResult, ToolRow } from "../../src/tools/index.ts";

/** What happens on a machine that does nothing else: processes by name, each what it does. */
export interface Happening {
  readonly comm: string;
  readonly uid?: number;
  readonly program: Program;
}

/** Runs a tool while only these processes run. */
export async function watch<Name extends ToolName>(
  name: Name,
  call: ToolCall<Name>,
  happenings: readonly Happening[],
  prepare: (machine: Machine) => void = () => {},
): Promise<ToolResult<ToolRow<Name>>> {
  const machine = new Machine({ cpus: 2, seed: 7 });
  prepare(machine);
  for (const happening of happenings) machine.linux.process(happening);
  return machine.tool(name, { for: "1s", ...call } as ToolCall<Name>);
}
