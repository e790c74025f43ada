import { SyntaxFault } from "../diagnostics.ts";

const LITERAL = /0[xX][0-9a-fA-F_]*|0[bB][01_]+|[0-9][0-9_]*/y;
const TAIL = /\w*/y;

/** Nanoseconds of each unit of a duration. */
export const DURATION_UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

const MOST = (1n << 64n) - 1n;

/**
 * An integer literal: decimal, octal, hexadecimal, `1e6`, `1_000`, with C's suffixes, which mean nothing, or the unit of a
 * duration. Throws `SyntaxFault`.
 *
 * @example readInteger("10ms", 0) // { value: 10_000_000n, end: 4 }
 */
export function readInteger(text: string, start: number): { readonly value: bigint; readonly end: number } {
  LITERAL.lastIndex = start;
  const digits = LITERAL.exec(text)![0];
  TAIL.lastIndex = start + digits.length;
  const tail = TAIL.exec(text)![0];
  const end = start + digits.length + tail.length;
  const fail = (message: string): never => {
    throw new SyntaxFault(message, { start, end });
  };
  const plain = digits.replaceAll("_", "");
  const unit = DURATION_UNITS[tail];
  const fits = (value: bigint) =>
    value > MOST ? fail("Failed to convert integer: Numerical result out of range") : value;
  const exponent = /^[eE](\d+)(?:[uU]?[lL]{0,2})$/.exec(tail)?.[1];
  if (exponent !== undefined) {
    if (!/^[1-9]$/.test(plain))
      return fail(`Coefficient part of scientific literal must be in range (0,9), got: ${plain}`);
    if (exponent.length > 2 || Number(exponent) > 16) return fail(`Exponent will overflow integer range: ${exponent}`);
    return { value: BigInt(plain) * 10n ** BigInt(exponent), end };
  }
  const known = tail === "" || unit !== undefined || /^(?:[uU][lL]{0,2}|[lL]{1,2}[uU]?)$/.test(tail);
  if (!known || /^0[xX]$/.test(plain) || /^0[0-7]*[89]/.test(plain))
    return fail("Found trailing non-numeric characters");
  const value = /^0[0-7]+$/.test(plain) ? BigInt(`0o${plain.slice(1)}`) : BigInt(plain);
  return { value: fits(value * (unit ?? 1n)), end };
}
