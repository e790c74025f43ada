import type { ToolOption } from "./options.ts";
import { ToolError } from "./tool.ts";

/** Options that many tools have. */
export const PID = { flags: ["-p", "--pid"], kind: "int", help: "trace this PID only" } as const satisfies ToolOption;
export const TIMESTAMP = {
  flags: ["-T", "--timestamp"],
  kind: "flag",
  help: "include timestamp on output",
} as const satisfies ToolOption;
export const MILLISECONDS = {
  flags: ["-m", "--milliseconds"],
  kind: "flag",
  help: "millisecond histogram",
} as const satisfies ToolOption;
export const INTERVAL = { kind: "int", help: "output interval, in seconds" } as const satisfies ToolOption;
export const EVERY_SECOND = {
  kind: "int",
  initial: 1,
  help: "output interval, in seconds",
} as const satisfies ToolOption;
export const COUNT = { kind: "int", help: "number of outputs" } as const satisfies ToolOption;
export const IPV4 = {
  flags: ["-4", "--ipv4"],
  kind: "flag",
  help: "trace IPv4 family only",
} as const satisfies ToolOption;
export const IPV6 = {
  flags: ["-6", "--ipv6"],
  kind: "flag",
  help: "trace IPv6 family only",
} as const satisfies ToolOption;
export const NO_CLEAR = {
  flags: ["-C", "--noclear"],
  kind: "flag",
  help: "don't clear the screen",
} as const satisfies ToolOption;
export const MAX_ROWS = {
  flags: ["-r", "--maxrows"],
  kind: "int",
  initial: 20,
  help: "maximum rows to print, default 20",
} as const satisfies ToolOption;

/** A predicate of all conditions that are there. */
export function filter(...conditions: readonly (string | false | undefined)[]): string {
  const wanted = conditions.filter((condition) => condition !== undefined && condition !== false && condition !== "");
  return wanted.length === 0 ? "" : `/${wanted.join(" && ")}/`;
}

/** A condition that a value is the wanted one, where one is wanted. */
export const is = (what: string, wanted: number | undefined): string | false =>
  wanted !== undefined && `${what} == ${wanted}`;

/** A condition that a value is one of a list of ports: `80,443`. Throws `ToolError`. */
export function oneOfPorts(what: string, list: string | undefined): string | false {
  if (list === undefined) return false;
  const ports = list.split(",").map((port) => {
    if (/^\s*\d+\s*$/.test(port)) return Number(port);
    throw new ToolError(`ValueError: invalid literal for int() with base 10: '${port}'`);
  });
  return `(${ports.map((port) => `${what} == ${port}`).join(" || ")})`;
}

/** A regular expression that a user typed. Throws `ToolError`. */
export function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new ToolError(`invalid regular expression '${text}': ${(error as Error).message}`);
  }
}

/** What the tools that draw a whole screen print above it. */
export const topHead = (look: { clock(): string; file(path: string): string }): string =>
  `\n${look.clock().padEnd(8)} loadavg: ${look.file("/proc/loadavg")}\n`;
