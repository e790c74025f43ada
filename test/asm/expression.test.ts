import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readConstant, readDisplacement } from "../../src/asm/expression.ts";
import { Reader } from "../../src/asm/reader.ts";
import { tokenize } from "../../src/asm/tokenize.ts";

const reader = (text: string) => new Reader(tokenize(text).tokens[0]);
const constant = (text: string) => readConstant(reader(text), 0);

interface Sample {
  readonly text: string;
  readonly value: bigint;
}

const number: fc.Arbitrary<Sample> = fc
  .tuple(fc.bigInt({ min: 0n, max: 2n ** 33n }), fc.constantFrom(10, 16, 2))
  .map(([value, radix]) => {
    const prefix = { 10: "", 16: "0x", 2: "0b" }[radix];
    return { text: prefix + value.toString(radix), value };
  });

const APPLY = {
  "+": (a: bigint, b: bigint) => a + b,
  "-": (a: bigint, b: bigint) => a - b,
  "*": (a: bigint, b: bigint) => a * b,
  "&": (a: bigint, b: bigint) => a & b,
  "|": (a: bigint, b: bigint) => a | b,
  "^": (a: bigint, b: bigint) => a ^ b,
};

/** Fully bracketed expressions, with what they come to. */
const expression: fc.Arbitrary<Sample> = fc.letrec<{ any: Sample }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2 },
    number,
    tie("any").map(({ text, value }) => ({ text: `-(${text})`, value: -value })),
    tie("any").map(({ text, value }) => ({ text: `~(${text})`, value: ~value })),
    fc.tuple(tie("any"), fc.constantFrom(..."+-&|^"), tie("any")).map(([a, sign, b]) => ({
      text: `(${a.text} ${sign} ${b.text})`,
      value: APPLY[sign as "+"](a.value, b.value),
    })),
  ),
})).any;

test("a bracketed expression is worth what BigInt says", () => {
  fc.assert(
    fc.property(expression, ({ text, value }) => {
      expect(constant(text)?.value).toBe(value);
    }),
  );
});

test("without brackets the operators bind as in C", () => {
  const signs = fc.array(fc.constantFrom(..."+-*&|^"), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(signs, fc.array(fc.nat({ max: 99 }), { minLength: 6, maxLength: 6 }), (operators, numbers) => {
      const text = operators.reduce((sum, sign, index) => `${sum} ${sign} ${numbers[index + 1]}`, String(numbers[0]));
      // JavaScript binds these operators as C does, and on BigInt exactly.
      const exact = new Function(`return ${text.replaceAll(/\d+/g, "$&n")}`)() as bigint;
      expect(constant(text)?.value).toBe(exact);
    }),
  );
});

test("reading stops where the expression ends", () => {
  expect(constant("5 ll")).toEqual({ value: 5n, end: 1 });
  expect(constant("(1 + 2) * 3) = 4")).toEqual({ value: 9n, end: 7 });
  expect(constant("1 + label")).toEqual({ value: 1n, end: 1 });
});

describe("what is no expression says what was expected, and where", () => {
  test.each([
    ["", 0, "a number"],
    ["label", 0, "a number"],
    ["-", 1, "a number"],
    ["(1 + ", 3, "a number"],
    ["(1 2)", 2, "`)`"],
  ])("%j", (text, furthest, expected) => {
    const at = reader(text);
    expect(readConstant(at, 0)).toBeUndefined();
    expect(at.furthest).toBe(furthest);
    expect(at.expected).toContain(expected);
  });
});

test.each([
  ["+ 8", 8n],
  ["-8", -8n],
  ["- 8 + 4", -4n],
  ["- 2 * 8", -16n],
])("the displacement %s", (text, value) => {
  expect(readDisplacement(reader(text), 0)?.value).toBe(value);
});

test("a displacement needs its sign", () => {
  expect(readDisplacement(reader("8"), 0)).toBeUndefined();
  expect(readDisplacement(reader(""), 0)).toBeUndefined();
});
