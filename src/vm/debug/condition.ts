/** A text that is no condition on registers: where it goes wrong, and what was expected. */
export class ConditionError extends Error {
  readonly code = "CONDITION";
  readonly text: string;
  /** Character offset in `text`. */
  readonly position: number;
  constructor(text: string, position: number, expected: string) {
    super(`"${text}": expected ${expected} at character ${position + 1}, as in r1 == 5 && w2 s< 0`);
    this.name = "ConditionError";
    this.text = text;
    this.position = position;
  }
}

/** A condition, ready to be asked with r0..r10 (unsigned). */
export type Condition = (registers: readonly bigint[]) => boolean;

type Compare = (a: bigint, b: bigint) => boolean;

const SIGNS: Readonly<Record<string, { readonly signed?: true; readonly compare: Compare }>> = {
  "==": { compare: (a, b) => a === b },
  "!=": { compare: (a, b) => a !== b },
  "<=": { compare: (a, b) => a <= b },
  ">=": { compare: (a, b) => a >= b },
  "<": { compare: (a, b) => a < b },
  ">": { compare: (a, b) => a > b },
  "s<=": { signed: true, compare: (a, b) => a <= b },
  "s>=": { signed: true, compare: (a, b) => a >= b },
  "s<": { signed: true, compare: (a, b) => a < b },
  "s>": { signed: true, compare: (a, b) => a > b },
  "&": { compare: (a, b) => (a & b) !== 0n },
};

const TERM = /\s*([rw])(10|[0-9])\s*(==|!=|s<=|s>=|<=|>=|s<|s>|<|>|&(?!&))\s*/y;
const OPERAND = /([rw])(10|[0-9])\b|(-?(?:0[xX][0-9a-fA-F]+|\d+))/y;
const AND = /\s*&&/y;

/**
 * Reads a condition on registers in the words of the instructions: `r1 == 5`, `w2 s< 0 && r3 != r4`. `r` compares 64 bits,
 * `w` the low 32; `s` marks signed comparisons and `&` asks for a common bit. Throws `ConditionError`.
 *
 * @example readCondition("r1 > 3 && r2 == r3")([0n, 4n, 7n, 7n]); // true
 */
export function readCondition(text: string): Condition {
  const terms: Condition[] = [];
  let at = 0;
  const take = (pattern: RegExp, expected: string): RegExpExecArray => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) throw new ConditionError(text, at, expected);
    at = pattern.lastIndex;
    return found;
  };
  for (;;) {
    const [, width, left, sign] = take(TERM, "a register and a comparison");
    const { signed, compare } = SIGNS[sign!]!;
    const bits = width === "r" ? 64 : 32;
    const cut = (value: bigint) => (signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
    const [, , right, number] = take(OPERAND, "a register or a number");
    const constant = number === undefined ? undefined : parse(number);
    terms.push((registers) => compare(cut(registers[Number(left)]!), cut(constant ?? registers[Number(right)]!)));
    if (text.slice(at).trim() === "") break;
    take(AND, "&& or the end");
  }
  return (registers) => terms.every((term) => term(registers));
}

function parse(text: string): bigint {
  return text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
}
