/** One option or positional argument of a tool, as its users type it. */
export interface ToolOption {
  /** `["-p", "--pid"]`; none: a positional argument, which may be left out unless it is `required`. */
  readonly flags?: readonly string[];
  readonly kind: "flag" | "int" | "float" | "text" | "list";
  readonly help: string;
  /** What its value is called in the usage; left out: the name in capitals. */
  readonly metavar?: string;
  readonly required?: boolean;
  readonly initial?: number | string;
  readonly choices?: readonly string[];
}

/** Options by the name that programs know them by. */
export type ToolOptions = Readonly<Record<string, ToolOption>>;

type ValueOf<Row extends ToolOption> = Row["kind"] extends "flag"
  ? boolean
  : Row["kind"] extends "list"
    ? readonly string[]
    : Row["kind"] extends "text"
      ? string
      : number;

type IsSet<Row extends ToolOption> = Row extends
  | { readonly kind: "flag" | "list" }
  | { readonly initial: number | string }
  | { readonly required: true }
  ? true
  : false;

/** What was given on the command line, by name; flags are false where they were not. */
export type Given<Options extends ToolOptions> = {
  readonly [Name in keyof Options]: IsSet<Options[Name]> extends true
    ? ValueOf<Options[Name]>
    : ValueOf<Options[Name]> | undefined;
};

/** Words that a tool cannot use: the usage and one line, as Python's argparse prints them. */
export class UsageFault extends Error {
  override readonly name = "UsageFault";
  /** 0: help was asked for; 2: the words are wrong. */
  readonly code: 0 | 2;
  constructor(message: string, code: 0 | 2) {
    super(message);
    this.code = code;
  }
}

/** What is needed to say how a tool is used. */
export interface Usage {
  readonly program: string;
  readonly summary: string;
  readonly options: ToolOptions;
}

const isPositional = ({ flags }: ToolOption): boolean => flags === undefined;

/** How a value is called: `PID`, or the choices. */
const valueName = (name: string, { metavar, choices }: ToolOption): string =>
  choices !== undefined ? `{${choices.join(",")}}` : (metavar ?? name.replaceAll(/[A-Z]/g, "_$&").toUpperCase());

const positionalName = (name: string, option: ToolOption): string => option.metavar ?? name;

/** The `usage:` lines, folded before column 78 as argparse does. */
export function usageLine({ program, options }: Usage): string {
  const rows = Object.entries(options);
  const words = [
    "[-h]",
    ...rows.flatMap(([name, option]) =>
      isPositional(option)
        ? []
        : [`[${option.flags![0]}${option.kind === "flag" ? "" : ` ${valueName(name, option)}`}]`],
    ),
  ];
  const positionals = rows
    .filter(([, option]) => isPositional(option))
    .map(([name, option]) => {
      const shown = positionalName(name, option);
      if (option.kind === "list") return option.required ? `${shown} [${shown} ...]` : `[${shown} ...]`;
      return option.required ? shown : `[${shown}]`;
    });
  const start = `usage: ${program} `;
  const whole = [...words, ...positionals].join(" ");
  if (start.length + whole.length <= 78) return `${start}${whole}\n`;
  const indent = " ".repeat(start.length);
  const folded = (parts: readonly string[]): string[] => {
    const lines: string[] = [];
    for (const part of parts) {
      const last = lines.at(-1);
      if (last !== undefined && indent.length + last.length + 1 + part.length <= 78)
        lines[lines.length - 1] = `${last} ${part}`;
      else lines.push(part);
    }
    return lines;
  };
  return `${start}${[...folded(words), ...folded(positionals)].join(`\n${indent}`)}\n`;
}

/** What `-h` prints. */
export function helpText(usage: Usage): string {
  const rows = Object.entries(usage.options);
  const row = (left: string, help: string): string =>
    left.length <= 20 ? `  ${left.padEnd(22)}${help}` : `  ${left}\n${" ".repeat(24)}${help}`;
  const positionals = rows.filter(([, option]) => isPositional(option));
  const others = rows.filter(([, option]) => !isPositional(option));
  return [
    usageLine(usage),
    `${usage.summary}\n`,
    ...(positionals.length === 0
      ? []
      : [
          `positional arguments:\n${positionals.map(([name, option]) => row(positionalName(name, option), option.help)).join("\n")}\n`,
        ]),
    `options:\n${[
      row("-h, --help", "show this help message and exit"),
      ...others.map(([name, option]) =>
        row(
          option
            .flags!.map((flag) => (option.kind === "flag" ? flag : `${flag} ${valueName(name, option)}`))
            .join(", "),
          option.help,
        ),
      ),
    ].join("\n")}\n`,
  ].join("\n");
}

/** The value of an option from its word; undefined where the word is none. */
function valueFrom(option: ToolOption, word: string): number | string | undefined {
  switch (option.kind) {
    case "int":
      return /^[+-]?\d+$/.test(word) ? Number(word) : undefined;
    case "float":
      return word.trim() !== "" && Number.isFinite(Number(word)) ? Number(word) : undefined;
    default:
      return word;
  }
}

/** Values where nothing is given. */
export function defaults(options: ToolOptions): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { kind, initial }]) => [
      name,
      initial ?? (kind === "flag" ? false : kind === "list" ? [] : undefined),
    ]),
  );
}

/**
 * Reads a tool's words as argparse does: `-p 7`, `-p7`, `--pid 7`, `--pid=7`, unambiguous beginnings of long options, letters
 * that share a dash. Throws `UsageFault`.
 *
 * @example
 * readOptions({ program: "opensnoop", summary: "", options: { failed: { flags: ["-x"], kind: "flag", help: "" } } }, ["-x"])
 */
export function readOptions(usage: Usage, words: readonly string[]): Record<string, unknown> {
  const { options, program } = usage;
  const given = defaults(options);
  const fail = (message: string): never => {
    throw new UsageFault(`${usageLine(usage)}${program}: error: ${message}\n`, 2);
  };
  const rows = Object.entries(options);
  const waiting = rows.filter(([, option]) => isPositional(option));
  const extra: string[] = [];
  const rest = [...words];
  const store = ([name, option]: readonly [string, ToolOption], word: string): void => {
    const called = isPositional(option) ? positionalName(name, option) : option.flags!.join("/");
    if (option.choices !== undefined && !option.choices.includes(word)) {
      const list = option.choices.map((choice) => `'${choice}'`).join(", ");
      fail(`argument ${called}: invalid choice: '${word}' (choose from ${list})`);
    }
    const value = valueFrom(option, word);
    if (value === undefined) fail(`argument ${called}: invalid ${option.kind} value: '${word}'`);
    given[name] = option.kind === "list" ? [...(given[name] as readonly string[]), value] : value;
  };
  const use = (row: readonly [string, ToolOption], attached: string | undefined): void => {
    const [name, option] = row;
    if (option.kind === "flag") {
      if (attached !== undefined) fail(`argument ${option.flags!.join("/")}: ignored explicit argument '${attached}'`);
      given[name] = true;
      return;
    }
    const word = attached ?? (isValue(rest[0]) ? rest.shift() : undefined);
    if (word === undefined) fail(`argument ${option.flags!.join("/")}: expected one argument`);
    store(row, word!);
  };
  const positional = (word: string): void => {
    const [row] = waiting;
    if (row === undefined) extra.push(word);
    else {
      if (row[1].kind !== "list") waiting.shift();
      store(row, word);
    }
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "-h" || word === "--help") throw new UsageFault(helpText(usage), 0);
    if (word === "--") for (const each of rest.splice(0)) positional(each);
    else if (word.startsWith("--")) {
      const [, name = "", attached] = /^(--[^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      const exact = rows.filter(([, { flags }]) => flags?.includes(name));
      const near =
        exact.length > 0 ? exact : rows.filter(([, { flags }]) => flags?.some((flag) => flag.startsWith(name)));
      if (near.length > 1) {
        const all = near.map(([, { flags }]) => flags!.find((flag) => flag.startsWith(name))).join(", ");
        fail(`ambiguous option: ${word} could match ${all}`);
      }
      if (near[0] === undefined) extra.push(word);
      else use(near[0], attached);
    } else if (word.startsWith("-") && word !== "-" && !/^-\d/.test(word)) {
      for (let letters = word.slice(1); letters !== ""; ) {
        const flag = `-${letters[0]}`;
        const row = rows.find(([, { flags }]) => flags?.includes(flag));
        if (row === undefined) {
          extra.push(word);
          break;
        }
        const more = letters.slice(1);
        if (row[1].kind !== "flag") {
          use(row, more === "" ? undefined : more);
          break;
        }
        use(row, undefined);
        letters = more;
      }
    } else positional(word);
  }
  const missing = waiting.filter(
    ([name, option]) => option.required && (option.kind !== "list" || (given[name] as readonly string[]).length === 0),
  );
  if (missing.length > 0)
    fail(
      `the following arguments are required: ${missing.map(([name, option]) => positionalName(name, option)).join(", ")}`,
    );
  if (extra.length > 0) fail(`unrecognized arguments: ${extra.join(" ")}`);
  return given;
}

/** Whether a word can be the value of the option before it. */
const isValue = (word: string | undefined): boolean =>
  word !== undefined && (!word.startsWith("-") || word === "-" || /^-\d/.test(word));
