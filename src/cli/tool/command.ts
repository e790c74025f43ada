import { suggest } from "../../asm/suggest.ts";
import { DurationError } from "../../linux/duration.ts";
import { toolCommand, toolNamed } from "../../tools/command.ts";
import { TOOLS } from "../../tools/table.ts";
import { makeMachine } from "../bpftrace/machine.ts";
import { print } from "../output.ts";
import { UsageError } from "../usage.ts";

/** Words that say which machine it is; all others are the tool's own. */
const MACHINE = ["workload", "seed", "cpus", "release", "for"] as const;

/** The machine's words and the tool's, apart: a tool never has an option of the same name. Throws `UsageError`. */
function apart(args: readonly string[]) {
  const machine: { [Name in (typeof MACHINE)[number]]?: string } = {};
  const words: string[] = [];
  let json = false;
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name, attached] = /^--([a-z]+)(?:=(.*))?$/s.exec(word) ?? [];
    const found = MACHINE.find((each) => each === name);
    if (word === "--json") json = true;
    else if (found === undefined) words.push(word);
    else {
      const value = attached ?? rest.shift();
      if (value === undefined) throw new UsageError(`--${found} needs a value`);
      machine[found] = value;
    }
  }
  return { machine, words, json };
}

/** The list of all tools, a line each. */
function list(): string {
  const width = Math.max(...Object.keys(TOOLS).map((name) => name.length));
  return `${Object.values(TOOLS)
    .map(({ name, summary }) => `${name.padEnd(width)}  ${summary}`)
    .join("\n")}\n`;
}

/**
 * `bpfbook tool NAME [its own options]`: runs a tool of bcc on a machine that does everything at once, or what `--workload` says.
 * Without a name: all tools. Its exit code is the tool's: 0, 1, or 2 with its usage.
 */
export async function toolCommandLine(args: readonly string[]): Promise<number> {
  const { machine: words, words: argv, json } = apart(args);
  const [name] = argv;
  if (name === undefined) {
    await print(list());
    return 0;
  }
  if (toolNamed(name) === undefined) {
    const near = suggest(name, Object.keys(TOOLS));
    throw new UsageError(`there is no tool '${name}'${near === undefined ? "" : `, did you mean '${near}'?`}`);
  }
  try {
    // Whoever reads may leave before the end (`| head`).
    process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
    const { for: duration, ...which } = words;
    const machine = makeMachine(which);
    const { code, stderr } = await toolCommand(machine, argv, {
      json,
      ...(duration !== undefined && { for: duration }),
      onText: (text) => void process.stdout.write(text),
    });
    process.stderr.write(stderr);
    return code;
  } catch (error) {
    if (error instanceof DurationError) throw new UsageError(`--for ${String(words.for)}: ${error.message}`);
    throw error;
  }
}
