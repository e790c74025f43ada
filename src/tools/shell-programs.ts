import type { Output, ShellProgram } from "../bpftool/shell/program.ts";
import { commandNames, toolCommand } from "./command.ts";

/** bcc's tools as the machine's shell finds them: `execsnoop-bpfcc`. */
export function bccProgram(name: string): ShellProgram | undefined {
  if (!commandNames().includes(name)) return undefined;
  return {
    name,
    summary: "a tool of bcc",
    run: async ({ machine, words, duration }): Promise<Output> => {
      const { code, stdout, stderr } = await toolCommand(machine, words, { for: duration });
      return { code, out: new TextEncoder().encode(stdout), errors: stderr };
    },
  };
}
