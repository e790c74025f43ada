import fc from "fast-check";
import { expect, test } from "vitest";
import { tokenize } from "../../src/asm/tokenize.ts";

const kinds = (text: string) => tokenize(text).tokens[0].map(({ kind, text: word }) => `${kind} ${word}`);

test.each<[string, string[]]>([
  ["r1 s>>= 0xff", ["name r1", "symbol s>>=", "number 0xff"]],
  ["r1 s> s2", ["name r1", "symbol s>", "name s2"]],
  ["a<<=1<<2", ["name a", "symbol <<=", "number 1", "symbol <<", "number 2"]],
  ["r1=-1", ["name r1", "symbol =", "symbol -", "number 1"]],
  [".LBB0_1: x.y$z", ["name .LBB0_1", "symbol :", "name x.y$z"]],
  ["1f 2b 0b1 0b 0xb", ["local 1f", "local 2b", "number 0b1", "local 0b", "number 0xb"]],
  ["1_000 0x_1 12ab 0x", ["number 1_000", "unknown 0x_1", "unknown 12ab", "unknown 0x"]],
  ['"é" 😀', ['unknown "', "unknown é", 'unknown "', "unknown 😀"]],
  [
    "*(u32 *)(r1+0)",
    [
      "symbol *",
      "symbol (",
      "name u32",
      "symbol *",
      "symbol )",
      "symbol (",
      "name r1",
      "symbol +",
      "number 0",
      "symbol )",
    ],
  ],
])("%j", (text, expected) => {
  expect(kinds(text)).toEqual(expected);
});

test.each(["// r0", "# r0", "; r0", "   ; r0 /* no comment begins here", "/* r0 */", "/**/", ""])(
  "%j has no tokens",
  (text) => {
    expect(tokenize(text)).toMatchObject({ tokens: [[]], openComment: undefined });
  },
);

test("a semicolon after tokens is one", () => {
  expect(kinds("exit ; x")).toEqual(["name exit", "symbol ;", "name x"]);
});

test("a block comment over lines hides what is in it", () => {
  const { tokens } = tokenize("a /* b\n c \n d */ e /* f */ g");
  expect(tokens.map((line) => line.map(({ text }) => text))).toEqual([["a"], [], ["e", "g"]]);
});

test("a comment without end is told by where it begins", () => {
  expect(tokenize("a\n  /* b\nc").openComment).toMatchObject({ line: 2, column: 3 });
});

test("every token stands where it says, and only blanks and comments stand between", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const { lines, tokens } = tokenize(text);
      expect(tokens).toHaveLength(lines.length);
      tokens.forEach((found, index) => {
        let end = 0;
        for (const token of found) {
          expect(token.line).toBe(index + 1);
          const at = token.column - 1;
          expect(lines[index].slice(at, at + token.text.length)).toBe(token.text);
          expect(lines[index].slice(end, at)).toMatch(/^(?:\s|\/\*.*\*\/|.*\*\/)*$/);
          end = at + token.text.length;
        }
      });
    }),
  );
});
