import { suggest } from "../asm/suggest.ts";
import { COMMANDS } from "./commands.ts";
import { packageVersion } from "./package.ts";
import { UsageError } from "./usage.ts";

function help(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  const rows = COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return ["bpfbook: eBPF in TypeScript", "", "usage: bpfbook COMMAND [...]", "", ...rows, ""].join("\n");
}

/**
 * The `bpfbook` command. Resolves to the exit code: 0, 1 (the program or check failed) or 2 (wrong usage); errors go to
 * stderr, one line first.
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(help());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-V") {
    process.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  const command = COMMANDS.find((row) => row.name === name);
  if (command === undefined) {
    const near = suggest(
      name,
      COMMANDS.map((row) => row.name),
    );
    process.stderr.write(
      `bpfbook: unknown command '${name}'${near ? `, did you mean '${near}'?` : "."} See bpfbook --help.\n`,
    );
    return 2;
  }
  const asked = command.ownHelp === true ? rest.slice(0, 1) : rest;
  if (asked.includes("--help") || asked.includes("-h")) {
    process.stdout.write(`usage: ${command.usage}\n\n${command.summary}\n`);
    return 0;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`bpfbook ${name}: ${error.message}\n`);
    return 2;
  }
}
