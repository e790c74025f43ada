import { type Duration, LONGEST, parseDuration } from "../duration.ts";
import type { Linux } from "../linux.ts";
import { nearest } from "../nearest.ts";
import { shown } from "../shown.ts";
import { FAULTS, type FaultParameter, type FaultRow, type FaultValues } from "./table.ts";

/** A fault that does not exist, or cannot be as it was asked for. */
export class FaultError extends Error {
  readonly code = "EINVAL";
  /** What there is instead. */
  readonly known: readonly string[];
  constructor(message: string, known: readonly string[] = []) {
    super(message);
    this.name = "FaultError";
    this.known = known;
  }
}

/** Names of faults. */
export type FaultName = keyof typeof FAULTS;

type Parameters<Name extends FaultName> = (typeof FAULTS)[Name]["parameters"];

/** A number for a parameter that is one, one of its words for the others. */
type ParameterValues<Name extends FaultName> = {
  readonly [Key in keyof Parameters<Name>]?: Parameters<Name>[Key] extends { readonly oneOf: readonly (infer Word)[] }
    ? Word
    : number;
};

/** When it happens, and how badly. */
export type FaultOptions<Name extends FaultName> = ParameterValues<Name> & {
  /** Virtual time from now on; default: at once. */
  readonly at?: Duration;
  /** It ends after this time; default: never. */
  readonly for?: Duration;
};

/** A fault that was asked for. */
export interface InjectedFault {
  readonly name: FaultName;
  readonly options: FaultValues;
  /** Virtual nanoseconds since boot at which it begins. */
  readonly from: number;
}

/**
 * Lets something go wrong at a time. Throws `FaultError` for an unknown fault or parameter, `DurationError`.
 *
 * @example
 * inject(linux, "disk:slow", { at: "3s", for: "2s", disk: "vda", factor: 20 });
 */
export function inject<Name extends FaultName>(linux: Linux, name: Name, options?: FaultOptions<Name>): InjectedFault {
  const known = Object.keys(FAULTS);
  if (!Object.hasOwn(FAULTS, name))
    throw new FaultError(`no such fault: ${shown(name)}.${hint(String(name), known)}`, known);
  const row: FaultRow = FAULTS[name];
  const { at = 0, for: span, ...rest } = optionsOf(name, options);
  const values = valuesOf(name, row.parameters, rest);
  const from = linux.ktimeNs() + parseDuration(at as Duration);
  const length = span === undefined ? undefined : parseDuration(span as Duration);
  if (from + (length ?? 0) > LONGEST) throw new FaultError(`${name}: the machine does not live that long`);
  linux.at(from, (now) => {
    const end = row.begin(linux, values);
    if (length !== undefined) linux.at(now + length, end);
  });
  return { name, options: values, from };
}

function optionsOf(name: string, options: unknown): Record<string, unknown> {
  if (options === undefined) return {};
  if (typeof options === "object" && options !== null) return { ...options };
  throw new FaultError(`${name} takes its options as an object, not ${shown(options)}`);
}

function valuesOf(
  name: string,
  parameters: Readonly<Record<string, FaultParameter>>,
  given: Readonly<Record<string, unknown>>,
): FaultValues {
  const known = Object.keys(parameters);
  for (const key of Object.keys(given))
    if (!Object.hasOwn(parameters, key))
      throw new FaultError(`${name} has no parameter ${shown(key)}.${hint(key, [...known, "at", "for"])}`, known);
  return Object.fromEntries(known.map((key) => [key, checked(`${name}: ${key}`, parameters[key]!, given[key])]));
}

function checked(what: string, row: FaultParameter, value: unknown): number | string {
  if (value === undefined) return row.usual;
  if ("oneOf" in row) {
    if (typeof value === "string" && row.oneOf.includes(value)) return value;
    throw new FaultError(`${what} must be one of ${row.oneOf.join(", ")}, not ${shown(value)}`, row.oneOf);
  }
  if (typeof value === "number" && value >= row.least && value <= row.most) return value;
  throw new FaultError(`${what} must be a number from ${row.least} to ${row.most} (${row.is}), not ${shown(value)}`);
}

function hint(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  const similar = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
  return `${similar} There are: ${known.join(", ")}.`;
}
