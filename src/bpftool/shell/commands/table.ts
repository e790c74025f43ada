import type { ShellProgram } from "../program.ts";
import { NETWORK_COMMANDS } from "./network.ts";
import { SYSTEM_COMMANDS } from "./system.ts";
import { TEXT_COMMANDS } from "./texts.ts";
import { TOOL_COMMANDS } from "./tools.ts";

/** All commands that the shell knows by itself. */
export const COMMANDS: readonly ShellProgram[] = [
  ...NETWORK_COMMANDS,
  ...SYSTEM_COMMANDS,
  ...TEXT_COMMANDS,
  ...TOOL_COMMANDS,
];
