/** Classic BPF: what tcpdump compiles its filters to and sockets still take (`struct sock_filter`). */
import { ArgumentError, isObject, requireWhole } from "../../isa/argument.ts";

/** One instruction: an opcode, distances of a jump where its condition holds and where not, a constant. */
export interface ClassicInstruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  /** 32 bits, unsigned. */
  readonly k: number;
}

/** Linux takes at most so many. */
export const MOST_INSTRUCTIONS = 4096;

/** A program that Linux would refuse, or text that is none; nothing was made of it. */
export class ClassicError extends Error {
  readonly code = "EINVAL";
  /** The instruction's number, or the character of a filter expression. */
  readonly at: number;
  /** What to do. */
  readonly hint: string;

  constructor(at: number, place: string, problem: string, hint: string) {
    super(`${place} ${at}: ${problem}. ${hint}`);
    this.name = "ClassicError";
    this.at = at;
    this.hint = hint;
  }
}

/**
 * What `tcpdump -ddd` prints: the number of instructions, then one a line as four decimal numbers.
 *
 * @throws {ClassicError} where a line is none of that, or their number is another one.
 * @example parseDdd("1\n6 0 0 262144\n") // [{ code: 6, jt: 0, jf: 0, k: 262144 }]
 */
export function parseDdd(text: string): readonly ClassicInstruction[] {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const wanted = Number(lines[0]);
  const insns = lines.slice(1).map((line, at) => {
    const numbers = /^\d+ \d+ \d+ \d+$/.test(line) ? line.split(" ").map(Number) : [];
    const [code, jt, jf, k] = numbers;
    if (numbers.length === 0 || code > 0xffff || jt > 0xff || jf > 0xff || k > 0xffff_ffff)
      throw new ClassicError(
        at,
        "instruction",
        `"${line.slice(0, 40)}" is no instruction`,
        "It is four numbers: code, jt, jf, k.",
      );
    return { code, jt, jf, k };
  });
  if (!/^\d+$/.test(lines[0] ?? "") || wanted !== insns.length)
    throw new ClassicError(
      0,
      "line",
      `the first line is not the number of instructions (${insns.length})`,
      "Paste all that `tcpdump -ddd` prints.",
    );
  return insns;
}

/** Checks that each field of each instruction is a number of its size. */
export function requireClassic(argument: string, value: unknown): asserts value is readonly ClassicInstruction[] {
  if (!Array.isArray(value)) throw new ArgumentError(argument, "a list of classic instructions", value);
  for (const [at, insn] of value.entries()) {
    if (!isObject(insn)) throw new ArgumentError(`${argument}[${at}]`, "{ code, jt, jf, k }", insn);
    for (const [field, most] of [
      ["code", 0xffff],
      ["jt", 0xff],
      ["jf", 0xff],
      ["k", 0xffff_ffff],
    ] as const)
      requireWhole(`${argument}[${at}].${field}`, insn[field], 0, most);
  }
}
