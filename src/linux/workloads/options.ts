import { nearest } from "../nearest.ts";

/** A workload, or a parameter of one, that does not exist or makes no sense. */
export class WorkloadError extends Error {
  readonly code = "EINVAL";
  /** What was given. */
  readonly given: string;
  /** What there is. */
  readonly known: readonly string[];
  constructor(message: string, given: string, known: readonly string[]) {
    const near = nearest(given, known);
    const hint = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
    super(`${message}.${hint} There are: ${known.join(", ")}.`);
    this.name = "WorkloadError";
    this.given = given;
    this.known = known;
  }
}

/** A workload's parameters, all of them numbers above 0, with `defaults` for those not given; throws `WorkloadError`. */
export function withDefaults<Options extends Record<keyof Options, number>>(
  workload: string,
  defaults: Options,
  given: Partial<Options>,
): Options {
  const known = Object.keys(defaults);
  for (const [name, value] of Object.entries<number | undefined>(given)) {
    if (!known.includes(name)) throw new WorkloadError(`workload ${workload} has no parameter "${name}"`, name, known);
    if (value !== undefined && !(Number.isFinite(value) && value > 0)) {
      throw new WorkloadError(`workload ${workload}: ${name} must be a number above 0, not ${value}`, name, known);
    }
  }
  return { ...defaults, ...given };
}
