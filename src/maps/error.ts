import type { Errno } from "./errno.ts";

/**
 * A map operation that Linux refuses, as people meet it: `errno` is Linux's name, the message says what was asked and
 * what to do.
 *
 * @example try { sizes.set(5, 1n, "noexist"); } catch (error) { (error as MapError).errno } // "EEXIST"
 */
export class MapError extends Error {
  readonly errno: Errno;
  /** Name of the map. */
  readonly map: string;
  /** What was wrong. */
  readonly problem: string;
  /** What to do about it. */
  readonly hint: string;

  constructor(errno: Errno, map: string, problem: string, hint: string, cause?: unknown) {
    super(`map "${map}": ${problem} (${errno}). ${hint}`, cause === undefined ? undefined : { cause });
    this.name = "MapError";
    this.errno = errno;
    this.map = map;
    this.problem = problem;
    this.hint = hint;
  }
}
