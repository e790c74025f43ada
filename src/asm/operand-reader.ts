import { REGISTER_COUNT } from "../isa/constants.ts";
import type { Operand } from "../isa/opcode-row.ts";
import { readConstant, readDisplacement } from "./expression.ts";
import type { Reader } from "./reader.ts";

/** What was written for an operand, before names mean anything. */
export type Written =
  | { readonly kind: "register"; readonly number: number }
  | { readonly kind: "number"; readonly value: bigint }
  /** A jump target counted from the next instruction. */
  | { readonly kind: "relative"; readonly value: bigint }
  /** A label, helper or map. */
  | { readonly kind: "name"; readonly name: string }
  /** The nearest numeric label of that name, behind or ahead. */
  | { readonly kind: "local"; readonly number: string; readonly ahead: boolean };

export interface Captured {
  readonly operand: Operand;
  readonly written: Written;
  /** Index of its first token and of the token after it; equal when nothing was written. */
  readonly start: number;
  readonly end: number;
}

/** What the text around a statement tells the grammar. */
export interface Surroundings {
  /** A call of a name is a subprogram's where a label has that name. */
  isLabel(name: string): boolean;
}

/** Reads one operand at token `at`; undefined where none stands there. */
export function readOperand(
  operand: Operand,
  reader: Reader,
  at: number,
  surroundings: Surroundings,
): Captured | undefined {
  const found = read(operand, reader, at, surroundings);
  return found && { operand, written: found.written, start: at, end: found.end };
}

interface Found {
  readonly written: Written;
  readonly end: number;
}

function read(operand: Operand, reader: Reader, at: number, surroundings: Surroundings): Found | undefined {
  switch (operand) {
    case "rd":
    case "rs":
      return register(reader, at, "r");
    case "wd":
    case "ws":
      return register(reader, at, "w");
    case "imm":
    case "imm32":
    case "if64":
    case "if32":
    case "imm64":
    case "btfId":
    case "btfFd":
    case "btfIndex":
    case "mapIdx":
    case "toSpace":
    case "fromSpace":
      return constant(reader, at);
    case "disp":
    case "index":
    case "value":
      return displacement(reader, at);
    case "near":
    case "far":
      return target(reader, at);
    case "helper": {
      const token = reader.tokens[at];
      if (token?.kind === "name" && surroundings.isLabel(token.text)) return undefined;
      // A signed number is the distance to a subprogram.
      if (token?.text === "-") return undefined;
      return numberByName(reader, at) ?? name(reader, at, "a helper's name or number") ?? constant(reader, at);
    }
    case "map":
      return name(reader, at, "a map's name") ?? constant(reader, at);
    case "mapSymbol":
      // Any other word on the right of `=` is a slip, and the error should not be about maps.
      return reader.is(at + 1, "ll") ? name(reader, at, "a map's name") : undefined;
  }
}

const REGISTER_NAME = /^%?([rw])(0|[1-9][0-9]?)$/;

/** What a register's name says, whether or not there is such a register: `w7` is the lower half of register 7. */
export function registerOf(text: string): { readonly letter: "r" | "w"; readonly number: number } | undefined {
  const match = REGISTER_NAME.exec(text);
  return match ? { letter: match[1] as "r" | "w", number: Number(match[2]) } : undefined;
}

function register(reader: Reader, at: number, letter: "r" | "w"): Found | undefined {
  const found = registerOf(reader.tokens[at]?.text ?? "");
  if (found !== undefined && found.number < REGISTER_COUNT && found.letter === letter) {
    return { written: { kind: "register", number: found.number }, end: at + 1 };
  }
  reader.expect(at, letter === "r" ? "a register (r0 to r10)" : "a half register (w0 to w10)");
  return undefined;
}

function constant(reader: Reader, at: number): Found | undefined {
  const read = readConstant(reader, at);
  return read && { written: { kind: "number", value: read.value }, end: read.end };
}

/** A constant that stands alone, where other names mean something else. */
function numberByName(reader: Reader, at: number): Found | undefined {
  const token = reader.tokens[at];
  const value = token?.kind === "name" ? reader.constants.get(token.text) : undefined;
  return value === undefined ? undefined : { written: { kind: "number", value }, end: at + 1 };
}

/** Nothing written is a displacement of 0. */
function displacement(reader: Reader, at: number): Found {
  reader.expect(at, "`+`");
  reader.expect(at, "`-`");
  const { value, end } = readDisplacement(reader, at) ?? { value: 0n, end: at };
  return { written: { kind: "number", value }, end };
}

function name(reader: Reader, at: number, what: string): Found | undefined {
  const token = reader.tokens[at];
  if (token?.kind === "name" && registerOf(token.text) === undefined) {
    return { written: { kind: "name", name: token.text }, end: at + 1 };
  }
  reader.expect(at, what);
  return undefined;
}

/** `label`, `1f`, `+3`, `-3`, and Linux's `pc+3`. */
function target(reader: Reader, at: number): Found | undefined {
  const token = reader.tokens[at];
  const signAt = token?.text === "pc" ? at + 1 : at;
  const sign = reader.tokens[signAt]?.text;
  if (sign === "+" || sign === "-") {
    const distance = reader.tokens[signAt + 1];
    if (distance?.kind !== "number") {
      reader.expect(signAt + 1, "a number of instructions");
      return undefined;
    }
    // Only a number here: it cannot be out of the expression reader's reach.
    const value = readConstant(reader, signAt + 1)?.value ?? 0n;
    return { written: { kind: "relative", value: sign === "-" ? -value : value }, end: signAt + 2 };
  }
  if (token?.kind === "local") {
    const written = { kind: "local", number: token.text.slice(0, -1), ahead: token.text.endsWith("f") } as const;
    return { written, end: at + 1 };
  }
  const found = name(reader, at, "a label");
  if (found === undefined) reader.expect(at, "`+` or `-` and a number of instructions");
  return found;
}
