/** One option of the command line, by its rows code, help and messages go. */
interface OptionRow {
  /** The letter behind one dash. */
  readonly short?: string;
  /** The word behind two dashes. */
  readonly long?: string;
  /** What its value is called; left out: it takes none. */
  readonly value?: string;
  /** Why this machine has none of it. */
  readonly refused?: string;
  readonly doc: string;
}

/** Options of bpftrace, then those of the machine that it looks at. */
export const OPTIONS = {
  program: { short: "e", value: "'program'", doc: "run this program" },
  list: {
    short: "l",
    doc: "list places for probes that fit a pattern: -l 'kprobe:vfs_*'; with -v their arguments, too",
  },
  format: { short: "f", value: "FORMAT", doc: "output as text or json" },
  output: { short: "o", value: "FILE", doc: "write what the program prints into a file" },
  quiet: { short: "q", long: "quiet", doc: "only what the program prints itself" },
  verbose: { short: "v", doc: "what the verifier says of each program" },
  debug: { short: "d", doc: "print the syntax tree, the tree with types and the bytecode, and run nothing" },
  pid: { short: "p", long: "pid", value: "PID", doc: "look at programs in this process, and end with it" },
  command: {
    short: "c",
    long: "cmd",
    value: "WORKLOAD",
    doc: "start a workload, and end with its first process (cpid)",
  },
  buffering: { short: "B", value: "MODE", doc: "taken, for output is never held back" },
  unsafe: { long: "unsafe", doc: "allow what changes the machine: signal(), override()" },
  noWarnings: { long: "no-warnings", doc: "no warnings" },
  dryRun: { long: "dry-run", doc: "read, check, compile, verify, and run nothing" },
  test: { long: "test", doc: "run the program's test: probes and say which of them hold" },
  bench: { long: "bench", doc: "run the program's bench: probes and say how long each takes" },
  fmt: { long: "fmt", doc: "print the program in one way of writing" },
  info: { long: "info", doc: "what this machine's Linux can do" },
  version: { short: "V", long: "version", doc: "the version" },
  workload: { long: "workload", value: "NAME", doc: "what the machine does (mixed); none for nothing" },
  replay: { long: "replay", value: "FILE", doc: "the machine does what a log of strace -f -ttt says" },
  for: { long: "for", value: "TIME", doc: "how long, in the machine's time (10s), unless the program ends itself" },
  seed: { long: "seed", value: "N", doc: "the machine's seed: the same seed, the same run" },
  cpus: { long: "cpus", value: "N", doc: "the machine's CPUs (2)" },
  release: { long: "release", value: "X.Y", doc: "the machine's Linux: 6.1, 6.12, 6.18" },
  style: { long: "style", value: "X.Y", doc: "print as bpftrace 0.17 or 0.26" },
  checks: { short: "k", refused: "helpers that fail are not reported", doc: "report helpers that fail" },
  include: { short: "I", value: "DIR", refused: "the machine's types are always there", doc: "where C headers lie" },
  header: { long: "include", value: "FILE", refused: "the machine's types are always there", doc: "a C header" },
  elf: { long: "emit-elf", value: "FILE", refused: "programs are not written as objects", doc: "write an object file" },
  llvm: { long: "emit-llvm", value: "FILE", refused: "no LLVM is used", doc: "write LLVM's form" },
  usdt: { long: "usdt-file-activation", refused: "static probes are always on", doc: "activate static probes" },
} as const satisfies Readonly<Record<string, OptionRow>>;

export type OptionName = keyof typeof OPTIONS;

/** What was given on the command line. */
export interface Given {
  readonly values: { readonly [Name in OptionName]?: string };
  /** The file, and the program's positional parameters. */
  readonly words: readonly string[];
  /** `--name=value` behind `--`: the program's named parameters. */
  readonly named: Readonly<Record<string, string>>;
}

/** Words of the command line that mean nothing, in getopt's words. */
export class OptionError extends Error {
  override readonly name = "OptionError";
  readonly code = "OPTION";
}

const ROWS = Object.entries(OPTIONS) as readonly (readonly [OptionName, OptionRow])[];

/**
 * Reads a command line as getopt does: letters may share a dash (`-lv`), values may follow their letter (`-e'...'`), other
 * words stand anywhere. Throws `OptionError`.
 *
 * @example
 * readOptions(["-lv", "kprobe:vfs_*"]) // values { list: "", verbose: "" }, words ["kprobe:vfs_*"]
 */
export function readOptions(args: readonly string[]): Given {
  const values: { [Name in OptionName]?: string } = {};
  const words: string[] = [];
  const named: Record<string, string> = {};
  const rest = [...args];
  const take = ([name, row]: readonly [OptionName, OptionRow], spelled: string, attached: string | undefined): void => {
    if (row.refused !== undefined) throw new OptionError(`${spelled} has no meaning on this machine: ${row.refused}`);
    if (row.value === undefined) {
      if (attached !== undefined) throw new OptionError(`option '${spelled}' doesn't allow an argument`);
      values[name] = "";
      return;
    }
    const value = attached ?? rest.shift();
    if (value === undefined) {
      const short = spelled.length === 2;
      throw new OptionError(
        short ? `option requires an argument -- '${spelled[1]}'` : `option '${spelled}' requires an argument`,
      );
    }
    values[name] = value;
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      for (const each of rest.splice(0)) {
        const [, name, value = "true"] = /^--([^=]+)(?:=(.*))?$/s.exec(each) ?? [];
        if (name === undefined) words.push(each);
        else named[name] = value;
      }
    } else if (word.startsWith("--")) {
      const [, name = "", attached] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      const found = ROWS.find(([, { long }]) => long === name);
      if (found === undefined) throw new OptionError(`unrecognized option '--${name}'`);
      take(found, `--${name}`, attached);
    } else if (word.startsWith("-") && word !== "-") {
      for (let letters = word.slice(1); letters !== ""; ) {
        const letter = letters[0]!;
        const found = ROWS.find(([, { short }]) => short === letter);
        if (found === undefined) throw new OptionError(`invalid option -- '${letter}'`);
        const more = letters.slice(1);
        const takes = found[1].value !== undefined;
        take(found, `-${letter}`, takes && more !== "" ? more : undefined);
        letters = takes ? "" : more;
      }
    } else words.push(word);
  }
  return { values, words, named };
}

/** The help, a line an option. */
export function usageText(): string {
  const rows = ROWS.filter(([, { refused }]) => refused === undefined).map(([, { short, long, value, doc }]) => {
    const names = [short && `-${short}`, long && `--${long}`].filter((name) => name !== undefined).join(", ");
    return `    ${`${names}${value === undefined ? "" : ` ${value}`}`.padEnd(24)} ${doc}`;
  });
  const usage = ["[options] filename", "[options] - <stdin input>", "[options] -e 'program'"];
  return [
    "USAGE:",
    ...usage.map((line) => `    bpfbook bpftrace ${line}`),
    "",
    "OPTIONS:",
    ...rows,
    "",
    "Words behind the file are $1, $2, ...; --name=value behind -- is what getopt() reads.",
    "",
  ].join("\n");
}
