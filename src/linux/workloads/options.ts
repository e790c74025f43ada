import { nearest } from "../nearest.ts";
import { shown } from "../shown.ts";

/** A workload, or a parameter of one, that does not exist or makes no sense. */
export class WorkloadError extends Error {
  readonly code = "EINVAL";
  /** The name that was given. */
  readonly given: string;
  /** The names that there are. */
  readonly known: readonly string[];
  constructor(message: string, given: string, known: readonly string[]) {
    super(known.length === 0 || known.includes(given) ? message : `${message}.${hint(given, known)}`);
    this.name = "WorkloadError";
    this.given = given;
    this.known = known;
  }
}

function hint(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  const similar = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
  return `${similar} There are: ${known.join(", ")}.`;
}

/** One parameter of a workload: a number above 0. */
export interface Parameter {
  readonly usual: number;
  /** More than this would keep a real computer busy for ever. */
  readonly most: number;
  /** A count: whole numbers only. */
  readonly whole?: true;
}

/** All parameters of a workload, by their names. */
export type ParameterTable<Options> = { readonly [Name in keyof Options]: Parameter };

/** A workload's parameters, the usual values for those not given; throws `WorkloadError`. */
export function withDefaults<Options extends Record<keyof Options, number>>(
  workload: string,
  table: ParameterTable<Options>,
  given: Partial<Options>,
): Options {
  const rows = Object.entries<Parameter>(table);
  const known = Object.keys(table);
  const options = Object.fromEntries(rows.map(([name, { usual }]) => [name, usual])) as Options;
  if (typeof given !== "object" || given === null) {
    const message = `workload ${workload} takes its parameters as an object, not ${shown(given)}`;
    throw new WorkloadError(message, "", known);
  }
  for (const [name, value] of Object.entries<number | undefined>(given)) {
    if (value === undefined) continue;
    const row = Object.hasOwn(table, name) ? table[name as keyof Options] : undefined;
    if (row === undefined) throw new WorkloadError(`workload ${workload} has no parameter "${name}"`, name, known);
    const wrong = reason(value, row);
    if (wrong !== undefined) {
      throw new WorkloadError(`workload ${workload}: ${name} must be ${wrong}, not ${shown(value)}`, name, known);
    }
    options[name as keyof Options] = value as Options[keyof Options];
  }
  return options;
}

/** What a value should be and is not. */
function reason(value: unknown, { most, whole }: Parameter): string | undefined {
  if (typeof value !== "number" || !(value > 0)) return "a number above 0";
  if (value > most) return `at most ${most}`;
  return whole && !Number.isInteger(value) ? "a whole number" : undefined;
}
