import { type Duration, parseDuration } from "../../linux/duration.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../../plot/displayable.ts";
import { errnoText } from "../error.ts";
import { absolute, machineFiles } from "../files.ts";
import type { BpftoolMachine, ToolFiles } from "../tool.ts";
import { errnoOf } from "../write.ts";
import { COMMANDS } from "./commands/table.ts";
import { expandPattern } from "./glob.ts";
import { type Pipeline, parseLine, type Redirect, ShellSyntaxError, type SimpleCommand, type Word } from "./parse.ts";
import { bytesOf, failed, type Output, printed, type ShellContext, type ShellProgram, textOf } from "./program.ts";

/** What a line of the shell printed. In a cell it shows itself as a terminal would. */
export class ShellResult implements Displayable {
  /** Standard output. */
  readonly text: string;
  /** Standard error. */
  readonly errors: string;
  /** Of the last command that ran. */
  readonly exitCode: number;

  constructor(text: string, errors: string, exitCode: number) {
    this.text = text;
    this.errors = errors;
    this.exitCode = exitCode;
  }

  toString(): string {
    return this.text;
  }

  [DISPLAY](): MimeBundle {
    return { "text/plain": this.errors + this.text };
  }
}

/** How a line is run. */
export interface ShellOptions {
  /** How long, in virtual time, a command runs that would go on until Ctrl-C; default `"10s"`. */
  readonly for?: Duration;
}

/** Finds commands that the shell does not know: bcc's tools. */
export type MorePrograms = (name: string) => ShellProgram | undefined;

/** Stands for the last exit code in a line that is read and has not run. */
const LAST_CODE = "\u0000?";

/** `make` may call `make`. */
const MOST_DEPTH = 16;

/**
 * A shell of root on a machine. It keeps its directory and the last exit code from line to line.
 *
 * @example
 * (await m.shell("echo one two | wc -w")).text; // "2\n"
 */
export class Shell {
  readonly #machine: BpftoolMachine;
  readonly #more: MorePrograms;
  readonly #moreNames: () => readonly string[];
  readonly #files: ToolFiles;
  #cwd = "/root";
  #last = 0;
  #depth = 0;

  constructor(
    machine: BpftoolMachine,
    more: MorePrograms = () => undefined,
    moreNames: () => readonly string[] = () => [],
  ) {
    this.#machine = machine;
    this.#more = more;
    this.#moreNames = moreNames;
    this.#files = machineFiles(machine.linux, () => this.#cwd);
  }

  /** The working directory. */
  get cwd(): string {
    return this.#cwd;
  }

  /** Runs a line, or several; nothing is thrown for what users type. */
  async run(line: string, { for: duration = "10s" }: ShellOptions = {}): Promise<ShellResult> {
    const { out, errors, code } = await this.#line(line, parseDuration(duration));
    return new ShellResult(textOf(out), errors, code);
  }

  async #line(line: string, duration: number): Promise<Output> {
    let pipelines: readonly Pipeline[];
    try {
      pipelines = parseLine(line, (name) => this.#variable(name));
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      this.#last = 2;
      return failed(`bash: ${error.message}\n`, 2);
    }
    if (this.#depth >= MOST_DEPTH) return failed("bash: too many shells within each other\n", 1);
    this.#depth++;
    try {
      const outs: Uint8Array[] = [];
      let errors = "";
      let code = 0;
      for (const [index, { commands, after }] of pipelines.entries()) {
        if (index > 0 && after === "&&" && code !== 0) continue;
        if (index > 0 && after === "||" && code === 0) continue;
        const output = await this.#pipeline(commands, duration);
        outs.push(output.out);
        errors += output.errors;
        code = output.code;
        this.#last = code;
      }
      return { out: concat(outs), errors, code };
    } finally {
      this.#depth--;
    }
  }

  #variable(name: string): string {
    const known: Readonly<Record<string, string>> = {
      // What it is when its command runs.
      ...{ "?": LAST_CODE, PWD: this.#cwd, HOME: "/root", USER: "root", SHELL: "/bin/bash" },
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    };
    return known[name] ?? "";
  }

  async #pipeline(commands: readonly SimpleCommand[], duration: number): Promise<Output> {
    let input: Uint8Array = new Uint8Array();
    let errors = "";
    let code = 0;
    for (const command of commands) {
      const output = await this.#command(command, input, duration);
      input = output.out;
      errors += output.errors;
      code = output.code;
    }
    return { out: input, errors, code };
  }

  async #command({ words, redirects }: SimpleCommand, piped: Uint8Array, duration: number): Promise<Output> {
    const expanded = words.flatMap((word) => this.#expand(word));
    let input = piped;
    for (const { kind, target } of redirects) {
      if (kind !== "<") continue;
      const path = this.#expand(target)[0] ?? "";
      try {
        input = this.#files.read(path);
      } catch (error) {
        return failed(this.#refusal(path, error));
      }
    }
    const output = expanded.length === 0 ? printed("") : await this.#execute(expanded, input, duration);
    return this.#redirect(output, redirects);
  }

  #expand(word: Word): string[] {
    const known = word.text.replaceAll(LAST_CODE, String(this.#last));
    const text = known.startsWith("~/") ? `/root${known.slice(1)}` : known;
    if (!word.pattern) return [text];
    const found = expandPattern(this.#machine.linux, text, this.#cwd);
    return found.length === 0 ? [text] : found;
  }

  async #execute(words: readonly string[], input: Uint8Array, duration: number): Promise<Output> {
    const name = words[0]!.replace(/^(\/usr)?\/s?bin\//, "");
    const program = COMMANDS.find((each) => each.name === name) ?? this.#more(name);
    if (program === undefined) {
      if (this.#machine.linux.files.lookup(absolute(name, this.#cwd)) !== undefined && name.includes("/"))
        return failed(`bash: ${words[0]}: Permission denied\n`, 126);
      return failed(`bash: ${words[0]}: command not found\n`, 127);
    }
    const context: ShellContext = {
      ...{ machine: this.#machine, files: this.#files, words, input, cwd: this.#cwd, duration },
      chdir: (path) => {
        this.#cwd = path;
      },
      run: (line) => this.#line(line, duration),
      names: () => [...COMMANDS.map((each) => each.name), ...this.#moreNames()].sort(),
    };
    try {
      return await program.run(context);
    } catch (error) {
      // A file that cannot be read or written is every command's own trouble.
      const errno = errnoOf(error);
      if (errno === undefined || !(error instanceof Error)) throw error;
      const path = "path" in error ? String(error.path) : error.message.replace(/: .*$/, "");
      return failed(`${name}: ${path}: ${errnoText(errno)}\n`);
    }
  }

  #redirect(output: Output, redirects: readonly Redirect[]): Output {
    let { out, errors } = output;
    const { code } = output;
    for (const { kind, target } of redirects) {
      if (kind === "<") continue;
      if (kind === "2>&1") {
        out = concat([bytesOf(errors), out]);
        errors = "";
        continue;
      }
      const path = this.#expand(target)[0] ?? "";
      const toErrors = kind === "2>" || kind === "2>>";
      const bytes = toErrors ? bytesOf(errors) : kind === "&>" ? concat([bytesOf(errors), out]) : out;
      try {
        const before = kind.endsWith(">>") ? this.#known(path) : new Uint8Array();
        if (absolute(path, this.#cwd) !== "/dev/null") this.#files.write(path, concat([before, bytes]));
      } catch (error) {
        return failed(errors + this.#refusal(path, error));
      }
      if (toErrors) errors = "";
      else out = new Uint8Array();
      if (kind === "&>") errors = "";
    }
    return { out, errors, code };
  }

  #known(path: string): Uint8Array {
    return this.#machine.linux.files.lookup(absolute(path, this.#cwd)) === undefined
      ? new Uint8Array()
      : this.#files.read(path);
  }

  #refusal(path: string, error: unknown): string {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    return errno === "EINVAL"
      ? `bash: echo: write error: ${errnoText(errno)}\n`
      : `bash: ${path}: ${errnoText(errno)}\n`;
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
