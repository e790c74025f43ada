import type { Stack } from "./look.ts";

/** A number that a program printed; 0 where it printed something else. */
export const num = (value: unknown): number =>
  typeof value === "number" ? value : typeof value === "bigint" ? Number(value) : 0;

/** A text that a program printed. */
export const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** A number with its sign in 64 bits: an address or a result. */
export const wide = (value: unknown): bigint =>
  typeof value === "bigint" ? value : typeof value === "number" ? BigInt(value) : 0n;

/** A stack that a program printed. */
export const stack = (value: unknown): Stack =>
  typeof value === "object" && value !== null && "functions" in value
    ? (value as Stack)
    : { addresses: [], functions: [] };
