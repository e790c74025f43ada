import fc from "fast-check";
import { expect, test } from "vitest";
import { AsmError } from "../../src/asm/diagnostics.ts";
import { disassemble, formatInstruction } from "../../src/asm/disassemble.ts";
import { editDistance, suggest } from "../../src/asm/suggest.ts";
import { decode } from "../../src/isa/encode.ts";
import { program, slots } from "../isa/arbitrary.ts";
import { asm, names } from "./names.ts";

/** Words of the language and things that are none, to be strung together. */
const words = fc.constantFrom(
  ..."r0 r10 r11 w1 w99 = += s>>= s< == ( ) [ ] * u32 u65 + - ~ 0 5 -1 0x 0xff 1f 1b 1: a: a goto gotol if call exit".split(
    " ",
  ),
  ..."lock atomic_fetch_add cmpxchg_64 map btf func skb ll /* */ // # ; , .quad kfunc pc s8 be16 \n \t $ % é \u{1f600}".split(
    " ",
  ),
  "\n",
  "99999999999999999999",
  ..."%r0 [%r1+8] [r2] add mov32 lddw ldxdw stb lock fetch ja jeq, local runtime map_by_fd(sizes) neg".split(" "),
  ...".equ .map SIZE SIZE= hash key value entries 4, = ,".split(" "),
);

function assembles(text: string): void {
  try {
    asm(text);
  } catch (error) {
    if (!(error instanceof AsmError)) throw error;
    const lines = text.split("\n");
    for (const { line, column, length, sourceLine } of error.diagnostics) {
      expect(lines[line - 1].replace(/\r$/, "")).toBe(sourceLine);
      expect(column).toBeGreaterThan(0);
      // The end of a line may be underlined, what is beyond it not.
      expect(column + length - 1).toBeLessThanOrEqual(sourceLine.length + 1);
    }
  }
}

test("any text assembles or is refused with places that exist", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), assembles), { numRuns: 1000 });
});

test("any words of the language do", () => {
  const text = fc.array(words, { maxLength: 30 }).map((parts) => parts.join(" "));
  fc.assert(fc.property(text, assembles), { numRuns: 2000 });
});

test("programs with a piece cut out, doubled or replaced do", () => {
  const mutated = fc
    .tuple(program, fc.nat(), fc.nat({ max: 20 }), fc.oneof(words, fc.constant("")), fc.boolean())
    .map(([insns, at, length, word, mnemonic]) => {
      const text = disassemble(insns, { form: mnemonic ? "mnemonic" : "llvm", ...names });
      const from = text.length === 0 ? 0 : at % text.length;
      return text.slice(0, from) + word + text.slice(from + length);
    });
  fc.assert(fc.property(mutated, assembles), { numRuns: 500 });
});

test("any bytes can be listed, in both forms", () => {
  const whole = fc.uint8Array({ maxLength: 96 }).map((bytes) => decode(bytes.subarray(0, bytes.length & ~7)));
  fc.assert(
    fc.property(fc.oneof(whole, slots), (insns) => {
      expect(disassemble(insns, names).split("\n").length).toBeGreaterThan(insns.length / 2);
      insns.forEach((_, index) => {
        expect(formatInstruction(insns, index, names)).not.toMatch(/[{}]|undefined|NaN/);
      });
    }),
    { numRuns: 500 },
  );
});

// Each takes well under a second where it is done in proportion to the text, and minutes where it is not.
test.each([
  ["statements on one line", "r0 = 1;".repeat(60_000), 60_000],
  ["local labels", "1: goto 1b\n".repeat(60_000), 60_000],
  ["labels that are never reached", `${"1: goto 1f\n".repeat(60_000)}1: exit`, 60_001],
  ["brackets", `r0 = ${"(".repeat(60_000)}`, undefined],
  ["errors", "adx r1, 1\n".repeat(60_000), undefined],
  ["terms of a sum", `r0 = 1${"+0".repeat(60_000)}`, 1],
])("very many %s", (_, text, size) => {
  if (size === undefined) expect(() => asm(text)).toThrow(AsmError);
  else expect(asm(text).insns).toHaveLength(size);
});

test("the edit distance is a distance, in which neighbours that changed places count once", () => {
  expect(editDistance("exti", "exit")).toBe(1);
  expect(editDistance("goto", "gotol")).toBe(1);
  expect(editDistance("", "abc")).toBe(3);
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      const distance = editDistance(a, b);
      expect(distance).toBe(editDistance(b, a));
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});

test("a suggestion is near, or there is none", () => {
  expect(suggest("map_lokup_elem", ["map_update_elem", "map_lookup_elem"])).toBe("map_lookup_elem");
  expect(suggest("xyz", ["exit", "goto"])).toBeUndefined();
  expect(suggest("exit", ["exit"])).toBeUndefined();
  expect(suggest("a", [])).toBeUndefined();
});
