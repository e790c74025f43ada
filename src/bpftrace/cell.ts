/**
 * `%%bpftrace [MACHINE] [--for 10s] [--side] [...]`: the cell's text is a bpftrace program. It runs on the machine that was made
 * last, or on the one with the name that is given, and shows itself while it runs.
 */
import { ArgumentError } from "../isa/argument.ts";
import { currentMachine } from "./current.ts";
import { type LiveOptions, LiveProgram } from "./live.ts";

/** What the kernel tells a magic of its cell. */
export interface MagicCell {
  /** 0-based line of the `%%` in the cell. */
  readonly line: number;
  /** TypeScript that the cell becomes, once the magic has ended. */
  become(code: string): void;
}

const USAGE = "%%bpftrace [MACHINE] [--for 10s] [--side] [--json] [--unsafe] [--release 0.17] [PARAMETER...]";

/** How long a cell runs where nothing is said, in virtual time. */
const USUAL = "10s";

/**
 * Runs a cell. Throws `BpftraceError` with the lines of the cell.
 *
 * @example await runCell("m --for 1s", "tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }", cell)
 */
export async function runCell(args: string, body: string, cell: MagicCell): Promise<LiveProgram | undefined> {
  const { machine: name, options } = readArguments(args);
  // Lines of messages are those of the cell.
  const given: LiveOptions = { ...options, firstLine: cell.line + 2 };
  if (name !== undefined) {
    cell.become(`display(await ${name}.bpftrace(${JSON.stringify(given)}).live(${JSON.stringify(body)}));`);
    return undefined;
  }
  const machine = currentMachine();
  if (machine === undefined)
    throw new ArgumentError("%%bpftrace", "a machine", "none", "Make one in a cell before: const m = new Machine()");
  return new LiveProgram(machine, body, given);
}

function readArguments(args: string): { readonly machine: string | undefined; readonly options: LiveOptions } {
  const words = args.split(/\s+/).filter((word) => word !== "");
  const machine = /^[A-Za-z_$][\w$]*$/.test(words[0] ?? "") ? words.shift() : undefined;
  const flag = (name: string): boolean => {
    const at = words.indexOf(name);
    if (at >= 0) words.splice(at, 1);
    return at >= 0;
  };
  const value = (name: string): string | undefined => {
    const at = words.indexOf(name);
    return at < 0 ? undefined : words.splice(at, 2)[1];
  };
  const release = value("--release");
  if (release !== undefined && release !== "0.17" && release !== "0.26")
    throw new ArgumentError("--release of %%bpftrace", "0.17 or 0.26", release, `Write ${USAGE}.`);
  const options: LiveOptions = {
    for: value("--for") ?? USUAL,
    ...(release !== undefined && { release }),
    ...(flag("--side") && { side: true }),
    ...(flag("--json") && { format: "json" as const }),
    ...(flag("--unsafe") && { unsafe: true }),
  };
  const unknown = words.find((word) => word.startsWith("--"));
  if (unknown !== undefined)
    throw new ArgumentError("%%bpftrace", "an option that there is", unknown, `Write ${USAGE}.`);
  return { machine, options: { ...options, args: words } };
}
