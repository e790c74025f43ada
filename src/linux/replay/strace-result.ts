import { ERRNO } from "../errno.ts";
import type { StraceResult } from "./strace-line.ts";

/**
 * `= VALUE`, then perhaps a descriptor's path (`-y`), an error's name and text or a decoded value, then perhaps the
 * duration of `-T`. VALUE is decimal, hexadecimal, octal (`umask`) or `?`.
 */
const RESULT = /^\s*= (-?\d+|0x[0-9a-f]+|\?)(?:<[^ ]*>)?(?: (E[A-Z0-9_]+))?(?: \(.*\))?(?: <(\d+)\.(\d{1,9})>)?\s*$/;

/**
 * What follows a call's closing parenthesis; undefined if it is not a result.
 *
 * @example
 * parseResult(" = -1 ENOENT (No such file or directory) <0.000009>") // { value: -2, duration: 9000 }
 */
export function parseResult(text: string): StraceResult | undefined {
  const match = RESULT.exec(text);
  if (match === null) return undefined;
  const [, value, error, seconds, fraction] = match;
  const known = error === undefined ? undefined : ERRNO[error];
  if (error !== undefined && known === undefined) return undefined;
  const number = known !== undefined ? -known : toNumber(value!);
  if (seconds === undefined) return { value: number };
  return { value: number, duration: Number(seconds) * 1e9 + Number(fraction!.padEnd(9, "0")) };
}

function toNumber(value: string): number | undefined {
  if (value === "?") return undefined;
  return /^0[0-7]+$/.test(value) ? Number.parseInt(value, 8) : Number(value);
}
