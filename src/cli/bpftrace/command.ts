import { readFileSync } from "node:fs";
import { print as printProgram } from "../../bpftrace/ast/print.ts";
import { BpftraceError, type Source } from "../../bpftrace/diagnostics.ts";
import { parse } from "../../bpftrace/syntax/parse-program.ts";
import { DurationError, parseDuration } from "../../linux/duration.ts";
import { VerifierError } from "../../verifier/verification.ts";
import { packageVersion } from "../package.ts";
import { UsageError } from "../usage.ts";
import { debugText } from "./debug.ts";
import { infoText } from "./info.ts";
import { listText } from "./list.ts";
import { type MachineWords, makeMachine } from "./machine.ts";
import { type Given, OptionError, readOptions, usageText } from "./options.ts";
import { openSink } from "./output-file.ts";
import { runProgram } from "./run.ts";

/**
 * `bpfbook bpftrace`: bpftrace's command line, on a simulated machine. Resolves to bpftrace's exit codes: that of `exit()`, 1
 * for a program or words that are refused.
 *
 * @example
 * await bpftraceCommand(["-e", "tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }", "--for", "1s"]);
 */
export async function bpftraceCommand(args: readonly string[]): Promise<number> {
  try {
    return await command(readOptions(args));
  } catch (error) {
    if (error instanceof OptionError) process.stderr.write(`bpftrace: ${error.message}\n`);
    else if (error instanceof BpftraceError) process.stderr.write(`${error.message}\n`);
    else if (error instanceof VerifierError) process.stderr.write(`ERROR: Error loading program: ${error.message}\n`);
    else if (error instanceof UsageError) process.stderr.write(`ERROR: ${error.message}\n`);
    else throw error;
    return 1;
  }
}

async function command(given: Given): Promise<number> {
  const { values } = given;
  const out = (text: string): number => {
    process.stdout.write(text);
    return 0;
  };
  if (values.version !== undefined) return out(`bpfbook bpftrace ${packageVersion()}\n`);
  checkWords(given);
  const words: MachineWords = { ...values };
  if (values.info !== undefined) return out(infoText(makeMachine(words, false)));
  if (values.list !== undefined && values.program === undefined)
    return listText(makeMachine(words, false), given.words[0], values.verbose !== undefined);
  const program = readProgram(given);
  if (program === undefined) {
    process.stderr.write(usageText());
    return 1;
  }
  const { source, parameters } = program;
  if (values.fmt !== undefined) return out(printProgram(parse(source)));
  const options = { read: importedText, args: parameters, options: given.named, unsafe: values.unsafe !== undefined };
  if (values.debug !== undefined) return out(debugText(makeMachine(words, false), source, options));
  const sink = openSink(values.output);
  try {
    return await runProgram(values, source, options, sink.write);
  } finally {
    sink.close();
  }
}

const FORMATS: ReadonlySet<string> = new Set(["text", "json"]);
const STYLES: ReadonlySet<string> = new Set(["0.17", "0.26"]);

/** Values that are words of a list, or times. */
function checkWords({ values }: Given): void {
  const { format = "text", style = "0.26", for: time } = values;
  if (!FORMATS.has(format)) throw new UsageError(`Invalid output format "${format}"\nValid formats: 'text', 'json'`);
  if (!STYLES.has(style)) throw new UsageError(`--style ${style}: it is 0.17 or 0.26`);
  if (time === undefined) return;
  try {
    parseDuration(time);
  } catch (error) {
    if (error instanceof DurationError) throw new UsageError(`--for ${time}: ${error.message}`);
    throw error;
  }
}

/** A file that a program imports; undefined where it cannot be read. */
function importedText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** The program's text, and what is left of the words; undefined where there is neither `-e` nor a file. */
function readProgram({
  values,
  words,
}: Given): { readonly source: Source; readonly parameters: readonly string[] } | undefined {
  if (values.program !== undefined) return { source: { name: "stdin", text: values.program }, parameters: words };
  const [file, ...parameters] = words;
  if (file === undefined) return undefined;
  try {
    const text = readFileSync(file === "-" ? 0 : file, "utf8");
    return { source: { name: file === "-" ? "stdin" : file, text }, parameters };
  } catch (error) {
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: "No such file or directory",
      EISDIR: "Is a directory",
      EACCES: "Permission denied",
    };
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new UsageError(`failed to open file '${file}': ${reasons[code] ?? code}`);
  }
}
