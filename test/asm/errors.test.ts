import { describe, expect, test } from "vitest";
import { AsmError } from "../../src/asm/diagnostics.ts";
import { asm, errorsOf } from "./names.ts";

/** Text, the words that must be underlined ("" for the end of the line), what the message says, the suggestion. */
test.each<[string, string, string, string?]>([
  ["r1 = r11", "r11", "there is no register r11"],
  ["w12 += 1", "w12", "there is no register w12"],
  ["r1 = w2", "w2", "`w2` has 32 bits, but this instruction has 64: write `r2`"],
  ["w1 = *(u64 *)(r2 + 0)", "u64", "expected `u8`, `u16` or `u32`, found `u64`"],
  ["r1 = *(u64 *)(w2 + 0)", "w2", "`w2` has 32 bits"],
  ["r1 = r2 + 5", "+", "expected the end of the line, found `+`"],
  ["exti", "exti", "expected an instruction, found `exti`", "exit"],
  ["gotto +1", "gotto", "expected an instruction", "goto"],
  ["xmov r0, 1", "xmov", "expected an instruction", "mov"],
  ["if r1 > r2 gto out\nout: exit", "gto", "expected `goto`, found `gto`", "goto"],
  ["r1 = *(u33 *)(r2 + 0)", "u33", "expected `u8`, `u16`, `u32`, `u64`, `s8`, `s16` or `s32`, found `u33`", "u32"],
  ["r1 = *(u32 *)(r2 8)", "8", "expected `+`, `-` or `)`, found `8`"],
  ["*(s8 *)(r1 + 0) = 1", "s8", "expected `u8`, `u16`, `u32` or `u64`, found `s8`", "u8"],
  ["r0 = (5 + ", "", "expected a number, but the line ends here"],
  ["r0 = (5", "", "expected `)`, but the line ends here"],
  ["if r1 >", "", "but the line ends here"],
  ["goto", "", "expected a label or `+` or `-` and a number of instructions"],
  ["goto +", "", "expected a number of instructions"],
  ["goto pas\npass: exit", "pas", "there is no label `pas`", "pass"],
  ["goto nowhere", "nowhere", "there is no label `nowhere`"],
  ["goto 1f", "1f", "there is no label `1:` after this line"],
  ["goto 2b\n2: exit", "2b", "there is no label `2:` before this line"],
  ["call map_lokup_elem", "map_lokup_elem", "there is no helper or label", "map_lookup_elem"],
  ["call bpf_ktime_getns", "bpf_ktime_getns", "there is no helper or label", "bpf_ktime_get_ns"],
  ["call sub\nsub1: exit", "sub", "there is no helper or label", "sub1"],
  ["r1 = map[size]", "size", "there is no map `size`", "sizes"],
  ["r1 = map[other]", "other", "there is no map `other`: there are `sizes`, `events.data`"],
  ["r1 = 5000000000", "5000000000", "5000000000 does not fit in 32 bits; `ll` after the number loads all 64 bits"],
  ["r1 = 0xffffffff", "0xffffffff", "`ll` after the number"],
  ["r1 += 0xffffffff", "0xffffffff", "does not fit in 32 bits with a sign"],
  ["r1 = 0x10000000000000000 ll", "0x10000000000000000", "does not fit in 64 bits"],
  ["*(u32 *)(r1 + 40000) = 5", "+ 40000", "40000 does not fit in 16 bits"],
  ["goto +32768", "+32768", "does not fit in 16 bits; `gotol` (`ja32`) reaches further"],
  ["r1 = be16 r2", "r2", "this must be the same register as before, r1"],
  ["w1 = -w2", "w2", "this must be the same register as before, w1"],
  ["r1 = be24 r1", "be24", "found `be24`", "be64"],
  ["r0 = 'x'", "'", "found `'`"],
  ["r0 = 12abc", "12abc", "found `12abc`"],
  ["r0 = 0x", "0x", "found `0x`"],
  ["r0 = 💥", "💥", "found `💥`"],
  [".quad", "", "expected a number"],
  [".quad 1 2", "2", "expected the end of the line"],
  ["r1 = addr_space_cast(r2, 65536, 0)", "65536", "does not fit in 16 bits"],
  ["a: exit\na: exit", "a", "label `a` is already on line 1"],
  // The mnemonic form.
  ["add %r0", "", "expected `,`, but the line ends here"],
  ["adn %r0, 1\nmov %r0, 1", "adn", "expected an instruction, found `adn`", "add"],
  ["mvo %r0, 1", "mvo", "expected an instruction, found `mvo`", "mov"],
  ["mov32 %w0, 1", "%w0", "the instruction's name tells the width: write `r0`"],
  ["mov %r11, 1", "%r11", "there is no register %r11"],
  ["mov %r0, 5000000000", "5000000000", "does not fit in 32 bits; `lddw` loads all 64 bits"],
  ["ldxdw %r1, [%r2+40000]", "+40000", "40000 does not fit in 16 bits"],
  ["ldxdw %r1, %r2", "%r2", "expected `[`, found `%r2`"],
  ["lock add %r1, %r2", "%r1", "expected `[`, found `%r1`"],
  ["jeq %r1, 0, ned\nend: exit", "ned", "there is no label `ned`", "end"],
  ["ja exit", "exit", "there is no label `exit`"],
  ["call local fnc\nfunc: exit", "fnc", "there is no helper or label `fnc`", "func"],
  ["lddw %r1, map_by_fd(size)", "size", "there is no map `size`", "sizes"],
  // One text, one form.
  ["r0 = 1\nadd %r0, 1\nmov %r0, 1", "add", "this is the mnemonic form (`add %r0, 1`), but line 1 is in LLVM's"],
  ["exit\nmov %r0, 1\nr0 = 2", "r0", "this is LLVM's form (`r0 += 1`), but line 2 is in the mnemonic form"],
  // What people bring from elsewhere, and listings.
  ["r1 = map[id:3]", ":", "a listing names maps by ids: write a map's name or its index here, `map[counts]`"],
  ["if r1 > goto x", "goto", "compare with a number or a register: `if r1 > 0 goto label`"],
  ["r0 = 1\nmv r1, r0", "mv", "a register is copied by `r1 = r2`; in the mnemonic form by `mov r1, r2`"],
  ["exit()", "(", "no parentheses: `exit`"],
  // Constants and maps.
  ["ro = 1", "ro", "there is no register `ro` (a constant with such a name needs .equ)", "r0"],
  [".equ r1, 5", "r1", "expected a constant's name, found `r1`"],
  [".equ SIZE 5", "5", "expected `,`, found `5`"],
  [".equ SIZE, ", "", "expected a number, but the line ends here"],
  [".equ SIZE, 5 6", "6", "expected the end of the line, found `6`"],
  ["SIZE = 5\nSIZE = 6", "SIZE", "constant `SIZE` is already on line 1"],
  ["SIZE = LIMIT\nLIMIT = 5", "LIMIT", "expected a number, found `LIMIT`"],
  ["LIMIT = 5\nr0 = LIMT", "LIMT", "found `LIMT`", "LIMIT"],
  ["LIMIT = 0x100000000\nr0 = LIMIT", "LIMIT", "4294967296 does not fit in 32 bits"],
  [".eqv SIZE, 5", ".eqv", "there is no directive `.eqv`: .equ, .map and .quad exist", ".equ"],
  [".map counts, aray, key 4", "aray", "there is no map type `aray`", "array"],
  [".map counts, array, keys 4", "keys", "expected `key`, `value`, `entries` or `flags`, found `keys`", "key"],
  [".map counts, array, key 4, key 4", "key", "expected `value`, `entries` or `flags`, found `key`"],
  [".map counts, array, key", "", "expected a number, but the line ends here"],
  [".map counts, array, key 0x100000000", "0x100000000", "4294967296 is no size: 0 to 4294967295"],
  [".map counts", "", "expected `,`, but the line ends here"],
  [".map counts, hash\n.map counts, hash", "counts", "map `counts` is already on line 1"],
])("%j", (text, underlined, message, suggestion) => {
  const errors = errorsOf(text);
  expect(errors).toHaveLength(1);
  const { line, column, length, sourceLine } = errors[0];
  expect(sourceLine).toBe(text.split("\n")[line - 1]);
  if (underlined === "") expect([column, length]).toEqual([sourceLine.trimEnd().length + 1, 1]);
  else expect(sourceLine.slice(column - 1, column - 1 + length)).toBe(underlined);
  expect(errors[0].message).toContain(message);
  expect(errors[0].suggestion).toBe(suggestion);
});

describe("the columns", () => {
  test("count from 1 and are not moved by labels, tabs or comments", () => {
    expect(errorsOf("\tL: /* x */ r1 = r12")[0]).toMatchObject({ line: 1, column: 18, length: 3 });
  });

  test("are right in lines that end in carriage returns", () => {
    expect(errorsOf("r0 = 1\r\n  exitt\r\n")[0]).toMatchObject({
      line: 2,
      column: 3,
      length: 5,
      sourceLine: "  exitt",
    });
  });
});

describe("all errors of a text at once", () => {
  const text = "  r1 = r11\n  goto nowhere\n  exti\nexit /* open";

  test("in the order of the text, whatever stage found them", () => {
    expect(errorsOf(text).map(({ line, column }) => [line, column])).toEqual([
      [1, 8],
      [2, 8],
      [3, 3],
      [4, 6],
    ]);
  });

  test("the message shows each with its line underlined", () => {
    const attempt = () => asm(text);
    expect(attempt).toThrow(AsmError);
    expect(attempt).toThrow(
      "1:8: there is no register r11: r0 to r10 (and their lower halves w0 to w10) exist\n" +
        "  r1 = r11\n" +
        "       ^~~\n" +
        "2:8: ",
    );
    expect(attempt).toThrow(/\n3:3: [\s\S]*\n4:6: /);
  });

  test("of very many the message shows the first twenty, and how many more there are", () => {
    const attempt = () => asm("exti\n".repeat(30));
    expect(attempt).toThrow(/\n20:1: /);
    expect(attempt).not.toThrow(/\n21:1: /);
    expect(attempt).toThrow(/\n\(and 10 more errors\)$/);
  });

  test("a suggestion is in the message; tabs in front stay tabs", () => {
    expect(() => asm("\texti")).toThrow(
      "1:2: expected an instruction, found `exti`; did you mean `exit`?\n\texti\n\t^~~~",
    );
  });

  test("the class and code tell them from other errors", () => {
    expect(() => asm("?")).toThrow(expect.objectContaining({ name: "AsmError", code: "ASM" }));
  });
});

test("what was expected is there as data", () => {
  expect(errorsOf("lock *(u64 *)(r1 + 0) = r2")[0].expected).toEqual(["`+=`", "`|=`", "`&=`", "`^=`"]);
});

test("a conditional jump that is too long says how far it would be", () => {
  const text = `if r1 == 0 goto end\n${"r0 = 0\n".repeat(32768)}end: exit`;
  expect(errorsOf(text)[0].message).toBe("the label is 32768 instructions away, more than a jump can reach");
});

test("brackets as deep as you like are an error, not a stack overflow", () => {
  const depth = 100_000;
  expect(errorsOf(`r0 = ${"(".repeat(depth)}1${")".repeat(depth)}`)).toHaveLength(1);
  expect(errorsOf(`r0 = ${"- ".repeat(depth)}1`)).toHaveLength(1);
});

test("a number of any length is an error at once", () => {
  expect(errorsOf(`r0 = ${"9".repeat(200_000)}`)[0].message).toContain("does not fit in 32 bits");
  expect(errorsOf("r0 = 1 << 1 << 1000000000000")[0].message).toContain("does not fit in 32 bits");
});

test("names of JavaScript's own objects are only names", () => {
  for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    expect(errorsOf(`goto ${name}`)[0].message).toBe(`there is no label \`${name}\``);
    expect(asm(`goto ${name}\n${name}: exit`).insns).toHaveLength(2);
    expect(errorsOf(`r0 = 1 ${name} 2`)).toHaveLength(1);
  }
});
