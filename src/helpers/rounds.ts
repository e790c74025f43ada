import type { Callbacks } from "./callbacks.ts";
import type { HelperFunction } from "./row.ts";

/**
 * A helper that wants a function of the program called before it goes on: plain data and a pure continuation, so that a run
 * which is stepped can stop inside of the function, and go back.
 */
export interface Round {
  /** Low half of the function's address. */
  readonly callback: number;
  /** r1..r5, low and high halves. */
  readonly halves: readonly number[];
  /** What the helper does with the low half of the function's result: another round, or its own result. */
  readonly next: (result: number) => Round | number;
  /** Gives back what the helper holds, for a run that ends inside of the function. */
  readonly abandon?: () => void;
}

/** A helper in rounds, bound to a host: its arguments are those of `HelperFunction`; a number where it calls nothing. */
export type HelperInRounds = (...args: number[]) => Round | number;

/**
 * Makes a helper in rounds one that calls the functions itself.
 *
 * @example implement: ({ callbacks }) => callAll(callbacks, eachElement(host))
 */
export function callAll(callbacks: Callbacks, helper: HelperInRounds): HelperFunction {
  return (...args) => {
    let round = helper(...args);
    while (typeof round !== "number") {
      let result: number;
      try {
        result = callbacks.at(round.callback)!(...round.halves);
      } catch (error) {
        round.abandon?.();
        throw error;
      }
      round = round.next(result);
    }
    return round;
  };
}
