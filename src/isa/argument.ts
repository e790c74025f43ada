/**
 * Arguments that a function cannot take at all. Cells are checked before they run, but values of type `any`, plain data
 * and JavaScript get past the checker: then the line that passes the argument is told, not one deep inside.
 */
import type { Instruction } from "./instruction.ts";

/**
 * An argument of the wrong kind: a mistake of the calling line, not of a program or a map.
 *
 * @example try { encode([{ code: 999 }]) } catch (error) { (error as ArgumentError).argument } // "insns[0].code"
 */
export class ArgumentError extends Error {
  readonly code = "ARGUMENT";
  /** Which argument, or which member of it: `program.insns[3].code`. */
  readonly argument: string;
  /** What it must be. */
  readonly wanted: string;

  constructor(argument: string, wanted: string, got: unknown, hint = "") {
    super(`${argument} must be ${wanted}, got ${describe(got)}.${hint === "" ? "" : ` ${hint}`}`);
    this.name = "ArgumentError";
    this.argument = argument;
    this.wanted = wanted;
  }
}

/** Longest text that is repeated whole. */
const LONGEST = 40;

/** A value in a few words, for messages. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return value !== null && typeof value === "object" ? "an object" : String(value);
}

/** Whether anything can be read from the value's members. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === "object";

/** Checks a whole number from `least` to `most`. */
export function requireWhole(
  argument: string,
  value: unknown,
  least: number,
  most: number = Number.POSITIVE_INFINITY,
): asserts value is number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return;
  const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new ArgumentError(argument, `a whole number ${range}`, value);
}

/** Checks bytes; hexadecimal text and lists of numbers are told how to become some. */
export function requireBytes(argument: string, value: unknown): asserts value is Uint8Array {
  if (value instanceof Uint8Array) return;
  const hint =
    typeof value === "string"
      ? 'Bytes from hexadecimal digits: fromHex("0a0b").'
      : Array.isArray(value)
        ? "Bytes from numbers: Uint8Array.from([1, 2])."
        : "";
  throw new ArgumentError(argument, "bytes (a Uint8Array)", value, hint);
}

/** What each field of an instruction holds. Signed fields may also be written as their unsigned bits (`0xffffffff`). */
const RANGES: readonly (readonly [field: keyof Instruction, least: number, most: number])[] = [
  ["code", 0, 0xff],
  ["dst", 0, 0xf],
  ["src", 0, 0xf],
  ["offset", -0x8000, 0xffff],
  ["imm", -0x8000_0000, 0xffff_ffff],
];

/** Checks a list of instructions, every field of each. */
export function requireInstructions(argument: string, value: unknown): asserts value is readonly Instruction[] {
  if (!Array.isArray(value)) throw new ArgumentError(argument, "a list of instructions", value);
  for (const [index, insn] of value.entries()) {
    if (!isObject(insn)) throw new ArgumentError(`${argument}[${index}]`, "an instruction", insn);
    for (const [field, least, most] of RANGES) requireWhole(`${argument}[${index}].${field}`, insn[field], least, most);
  }
}
