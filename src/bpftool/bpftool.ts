import { Arguments, isPrefix } from "./arguments.ts";
import { BpftoolError } from "./error.ts";
import { machineFiles } from "./files.ts";
import { type Json, object } from "./json.ts";
import { OBJECTS } from "./objects.ts";
import { BpftoolResult } from "./result.ts";
import type { BpftoolMachine, Reply, Subcommand, Tool, ToolFiles, ToolOptions } from "./tool.ts";
import { USAGE, type UsageName } from "./usage.ts";
import { readFrom } from "./write.ts";

/** Whose output is reproduced. */
const VERSION = "7.1.0";
const LIBBPF = "1.1";

/** How a command is run. */
export interface BpftoolRun {
  /** Files that it names; default: those of the machine. */
  readonly files?: ToolFiles;
}

/** Long options by their letter; `d`, `l`, `m`, `n`, `L` and `B` change nothing here and are taken. */
const LONG: Readonly<Record<string, string>> = {
  json: "j",
  pretty: "p",
  bpffs: "f",
  debug: "d",
  legacy: "l",
  mapcompat: "m",
  nomount: "n",
  "use-loader": "L",
  "base-btf": "B",
  version: "V",
  help: "h",
};

/** The options before the object, and the words behind them. */
function readOptions(words: readonly string[]): { letters: ReadonlySet<string>; rest: string[] } {
  const letters = new Set<string>();
  const rest: string[] = [];
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--") return { letters, rest: [...rest, ...queue] };
    // As getopt's, options may stand behind other words.
    if (word === "-" || !word.startsWith("-")) {
      rest.push(word);
      continue;
    }
    const found = word.startsWith("--")
      ? [
          Object.keys(LONG).find((name) => name === word.slice(2)) ??
            Object.keys(LONG).find((name) => isPrefix(word.slice(2), name)),
        ]
      : [...word.slice(1)];
    for (const each of found) {
      const letter = each === undefined ? undefined : (LONG[each] ?? each);
      if (letter === undefined || !Object.values(LONG).includes(letter))
        throw new BpftoolError(`unrecognized option '${word}'`, { usage: "bpftool" });
      letters.add(letter);
      if (letter === "B") queue.shift();
    }
  }
  return { letters, rest };
}

/** A command that lets the machine run was asked for at once. */
const NEEDS_TIME = (words: string): string =>
  `this command lets the machine run, which takes time: await m.shell(${JSON.stringify(words)})`;

const help = (usage: UsageName, exitCode = 0): Reply => ({ text: "", errors: USAGE[usage], exitCode });

function version(): Reply {
  return {
    text: `bpftool v${VERSION}\nusing libbpf v${LIBBPF}\nfeatures: libbpf_strict\n`,
    json: object(
      ["version", VERSION],
      ["libbpf_version", LIBBPF],
      ["features", object(["libbfd", false], ["libbpf_strict", true], ["skeletons", false])],
    ),
  };
}

/** The command that words mean, ready to run. */
function select(args: Arguments): Subcommand | Reply {
  if (args.left === 0 || args.is("help")) return help("bpftool");
  if (args.is("batch")) return { name: "batch", run: (tool, rest) => batch(tool, rest) };
  const found = OBJECTS.find(({ name }) => args.is(name));
  if (found === undefined) return args.is("version") ? version() : help("bpftool", 255);
  args.next();
  if (args.left === 0) return found.helpFirst ? help(found.name) : found.commands[0]!;
  const command = found.commands.find(({ name }) => args.is(name));
  if (command === undefined) return help(found.name, args.is("help") ? 0 : 255);
  args.next();
  return command;
}

const failed = (error: BpftoolError, options: ToolOptions): Reply => {
  const { message, before, usage, exitCode } = error;
  const line = message === "" ? "" : `Error: ${message}\n`;
  if (!options.json) return { text: "", errors: before + line + usage, exitCode };
  const json: Json = message === "" ? null : object(["error", message]);
  return { text: "", json, errors: before, exitCode };
};

/** Words of a line that no shell reads; quotes hold words together. */
export const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? "");

/** Lines of a batch that are read. */
const MOST_LINES = 10_000;

/** `bpftool batch file FILE`: a command a line, `#` for comments, a backslash where a line goes on. */
function batch(tool: Tool, args: Arguments): Reply {
  args.next();
  if (args.left < 2) throw new BpftoolError("too few parameters for batch");
  if (!args.take("file")) throw new BpftoolError(`expected 'file', got: ${args.word}`);
  const path = args.next();
  if (args.left > 0) throw new BpftoolError("too many parameters for batch");
  const text = new TextDecoder().decode(readFrom(tool, path, (file) => `Can't open file (${file})`));
  const lines = text.replaceAll("\\\n", " ").split("\n").slice(0, MOST_LINES);
  const [texts, json]: [string[], Json[]] = [[], []];
  let errors = "";
  let done = 0;
  for (const line of lines) {
    const words = wordsOf(line.replace(/(^|\s)#.*$/, ""));
    if (words.length === 0) continue;
    const reply = answer(tool, new Arguments(words), line.trim());
    if (reply instanceof Promise) throw new BpftoolError(NEEDS_TIME(`bpftool ${line.trim()}`));
    texts.push(reply.text);
    errors += reply.errors ?? "";
    json.push(object(["command", words], ["output", reply.json ?? null]));
    if ((reply.exitCode ?? 0) !== 0) return { text: texts.join(""), json, errors, exitCode: reply.exitCode ?? 255 };
    done++;
  }
  return { text: `${texts.join("")}processed ${done} commands\n`, json, errors };
}

/** Runs a command whose options are known. */
function answer(tool: Tool, args: Arguments, words: string, mayWait = false): Reply | Promise<Reply> {
  try {
    const command = select(args);
    if ("text" in command) return command;
    if (command.takesTime && !mayWait) throw new BpftoolError(NEEDS_TIME(`bpftool ${words}`));
    const reply = command.run(tool, args);
    if (!(reply instanceof Promise)) return reply;
    return reply.catch((error: unknown) => {
      if (error instanceof BpftoolError) return failed(error, tool.options);
      throw error;
    });
  } catch (error) {
    if (!(error instanceof BpftoolError)) throw error;
    return failed(error, tool.options);
  }
}

function start(
  machine: BpftoolMachine,
  words: readonly string[],
  { files = machineFiles(machine.linux) }: BpftoolRun,
  mayWait: boolean,
): { reply: Reply | Promise<Reply>; options: ToolOptions } {
  let options: ToolOptions = { json: false, pretty: false, bpffs: false, debug: false };
  try {
    const { letters, rest } = readOptions(words);
    const pretty = letters.has("p");
    options = { json: pretty || letters.has("j"), pretty, bpffs: letters.has("f"), debug: letters.has("d") };
    if (letters.has("h")) return { reply: help("bpftool"), options };
    if (letters.has("V")) return { reply: version(), options };
    const tool: Tool = { machine, files, options };
    return { reply: answer(tool, new Arguments(rest), words.join(" "), mayWait), options };
  } catch (error) {
    if (!(error instanceof BpftoolError)) throw error;
    return { reply: failed(error, options), options };
  }
}

/**
 * Runs one bpftool command on a machine, given as its words. Nothing is thrown for what bpftool refuses: its message is in `errors`, its
 * code in `exitCode`. Commands that let the machine run (`prog profile`, `map event_pipe`) answer that they must be awaited.
 *
 * @example bpftool(machine, ["prog", "show", "id", "3"]).text
 */
export function bpftool(machine: BpftoolMachine, words: readonly string[], run: BpftoolRun = {}): BpftoolResult {
  const { reply, options } = start(machine, words, run, false);
  // Commands that take time were refused.
  return new BpftoolResult(reply as Reply, options);
}

/** The same, which also lets the machine run where the command asks for it. */
export async function bpftoolInTime(
  machine: BpftoolMachine,
  words: readonly string[],
  run: BpftoolRun = {},
): Promise<BpftoolResult> {
  const { reply, options } = start(machine, words, run, true);
  return new BpftoolResult(await reply, options);
}
