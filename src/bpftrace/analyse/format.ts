import type { Type } from "../types/type.ts";
import { kindText } from "../types/type-text.ts";

/** One conversion of a format of `printf`. */
export interface Conversion {
  readonly flags: string;
  /** `*`: it is the next argument. */
  readonly width: string;
  readonly precision: string;
  readonly length: string;
  /** `d`, `s`, ..., or `r`, `rx`, `rh` for bytes, `gr` for GFP flags. */
  readonly kind: string;
}

const CONVERSION = /%(?:%|([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?(hh|h|ll|l|j|z|t)?(rx|rh|r|gr|[diuoxXcsp]))/g;

/**
 * Takes a format apart into texts and conversions.
 *
 * @example parseFormat("a %5d\n") // ["a ", { width: "5", kind: "d", ... }, "\n"]
 */
export function parseFormat(format: string): readonly (string | Conversion)[] {
  const parts: (string | Conversion)[] = [];
  let from = 0;
  for (const match of format.matchAll(CONVERSION)) {
    if (match.index > from) parts.push(format.slice(from, match.index));
    from = match.index + match[0].length;
    const [whole, flags = "", width = "", precision = "", length = "", kind = ""] = match;
    parts.push(whole === "%%" ? "%" : { flags, width, precision, length, kind });
  }
  if (from < format.length) parts.push(format.slice(from));
  return parts;
}

/** Kinds of values that each letter prints. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  s: [
    "string",
    "kstack",
    "ustack",
    "ksym",
    "usym",
    "inet",
    "username",
    "probe",
    "mac_address",
    "timestamp",
    "buffer",
    "array",
    ...["strerror", "signal_name", "syscall_name", "cgroup_path"],
  ],
  r: ["buffer"],
  rx: ["buffer"],
  rh: ["buffer"],
  c: ["integer"],
};
const NUMBERS: readonly string[] = [
  "integer",
  "pointer",
  "ksym",
  "usym",
  "username",
  "count",
  "sum",
  "avg",
  "min",
  "max",
];

/** What is wrong with the values of a format, in bpftrace's words. */
export function checkFormat(name: string, format: string, types: readonly Type[]): string | undefined {
  const conversions = parseFormat(format).filter((part) => typeof part !== "string");
  const stars =
    conversions.filter(({ width }) => width === "*").length +
    conversions.filter(({ precision }) => precision === "*").length;
  const wanted = conversions.length + stars;
  if (wanted > types.length)
    return `${name}: Not enough arguments for format string (${types.length} supplied, ${wanted} expected)`;
  if (wanted < types.length)
    return `${name}: Too many arguments for format string (${types.length} supplied, ${wanted} expected)`;
  let at = 0;
  for (const { width, precision, kind, length } of conversions) {
    for (const part of [width, precision]) {
      if (part !== "*") continue;
      const type = types[at++]!;
      if (type.kind !== "integer")
        return `${name}: %* specifier expects a value of type integer (${kindText(type)} supplied)`;
    }
    const type = types[at++]!;
    const word = kindText(type);
    const takes = TAKES[kind] ?? NUMBERS;
    const enumeration = kind === "s" && type.kind === "integer" && (type.names !== undefined || type.bool === true);
    if (takes.includes(word) || enumeration) continue;
    return `${name}: %${length}${kind} specifier expects a value of type ${takes[0]} (${word} supplied)`;
  }
  return undefined;
}
