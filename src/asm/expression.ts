import type { Reader } from "./reader.ts";

/** A constant that was read, and the index of the token after it. */
export interface Constant {
  readonly value: bigint;
  readonly end: number;
}

/** Binary operators as in C, weakest first. */
const LEVELS: readonly ReadonlyMap<string, (a: bigint, b: bigint) => bigint>[] = [
  new Map([["|", (a, b) => a | b]]),
  new Map([["^", (a, b) => a ^ b]]),
  new Map([["&", (a, b) => a & b]]),
  new Map([
    ["<<", (a, b) => shift(a, b)],
    [">>", (a, b) => shift(a, -b)],
  ]),
  new Map([
    ["+", (a, b) => a + b],
    ["-", (a, b) => a - b],
  ]),
  new Map([["*", (a, b) => a * b]]),
];

/** What is expected where an expression can stand. */
export const A_NUMBER = "a number";

const ADDITIVE = 4;

/** Deeper brackets are refused, so that no text exhausts the stack. */
const DEEPEST = 32;

/** Values are cut here on the way: far outside every operand's range, and small enough to stay quick. */
const LARGEST = 1n << 80n;

/**
 * Reads an integer constant expression: decimal, hexadecimal and binary numbers, names of constants,
 * `- ~ * + << >> & ^ |` and brackets.
 *
 * @returns undefined where none stands at `at`; `reader` then knows what was expected.
 */
export function readConstant(reader: Reader, at: number): Constant | undefined {
  return readLevel(reader, at, 0, 0);
}

/** Reads a displacement, `+ 8` or `- 4 * 2`: the rest of a sum that begins with 0. */
export function readDisplacement(reader: Reader, at: number): Constant | undefined {
  return readRest(reader, { value: 0n, end: at }, ADDITIVE, 0, true);
}

function readLevel(reader: Reader, at: number, level: number, depth: number): Constant | undefined {
  if (level === LEVELS.length) return readUnary(reader, at, depth);
  const left = readLevel(reader, at, level + 1, depth);
  return left && readRest(reader, left, level, depth, false);
}

function readRest(
  reader: Reader,
  left: Constant,
  level: number,
  depth: number,
  required: boolean,
): Constant | undefined {
  let sum = left;
  let some = !required;
  for (;;) {
    const operator = LEVELS[level].get(reader.tokens[sum.end]?.text ?? "");
    if (operator === undefined) return some ? sum : undefined;
    const right = readLevel(reader, sum.end + 1, level + 1, depth);
    // `r1 = 5 & label` is for the grammar to refuse: what was read so far stands.
    if (right === undefined) return some ? sum : undefined;
    sum = { value: clamp(operator(sum.value, right.value)), end: right.end };
    some = true;
  }
}

function readUnary(reader: Reader, at: number, depth: number): Constant | undefined {
  const token = reader.tokens[at];
  if (token?.kind === "number") return { value: numberOf(token.text), end: at + 1 };
  const named = token?.kind === "name" ? reader.constants.get(token.text) : undefined;
  if (named !== undefined) return { value: named, end: at + 1 };
  if (depth < DEEPEST && (token?.text === "-" || token?.text === "~")) {
    const operand = readUnary(reader, at + 1, depth + 1);
    return operand && { value: token.text === "-" ? -operand.value : ~operand.value, end: operand.end };
  }
  if (depth < DEEPEST && token?.text === "(") {
    const inner = readLevel(reader, at + 1, 0, depth + 1);
    if (inner === undefined) return undefined;
    if (reader.is(inner.end, ")")) return { value: inner.value, end: inner.end + 1 };
    reader.expect(inner.end, "`)`");
    return undefined;
  }
  reader.expect(at, A_NUMBER);
  return undefined;
}

/** More digits than any operand has make a number that fits none, at no cost. */
function numberOf(text: string): bigint {
  return text.length > 128 ? LARGEST : clamp(BigInt(text.replaceAll("_", "")));
}

function shift(value: bigint, by: bigint): bigint {
  if (by > 80n || by < -80n) return by > 0n ? clamp(value * LARGEST) : value < 0n ? -1n : 0n;
  return by >= 0n ? value << by : value >> -by;
}

function clamp(value: bigint): bigint {
  if (value > LARGEST) return LARGEST;
  return value < -LARGEST ? -LARGEST : value;
}
