import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lineOf } from "../../src/verifier/source-lines.ts";
import { verify } from "../../src/verifier/verify.ts";
import { SOURCE_LINE_CASES } from "./source-line-cases.ts";

describe("source lines in the log", () => {
  test.each(SOURCE_LINE_CASES.map((each) => [each.name, each] as const))("%s", (_, { program, error }) => {
    expect(verify(program).error).toBe(error);
  });

  test("stand before the first instruction of a line, without the folder of the file", () => {
    const { log } = verify(SOURCE_LINE_CASES[0].program, { logLevel: 2 });
    expect(log).toContain("; line 1; @ prog.c:1\n0: (61) r6 = *(u32 *)(r1 +0)");
    expect(log).toContain("; line 9; @ prog.c:9\n8: (bf) r0 = r1");
    // Back in the main function, its line is printed again.
    expect(log.match(/; line 1; @/g)).toHaveLength(2);
  });

  test("an instruction belongs to the last record that does not begin behind it", () => {
    const place = fc.nat({ max: 50 });
    fc.assert(
      fc.property(fc.uniqueArray(place, { minLength: 1 }), place, (places, index) => {
        const lines = [0, ...places.filter((each) => each > 0)]
          .sort((a, b) => a - b)
          .map((insn) => ({ insn, file: "a.c", text: "", line: 1, column: 1 }));
        expect(lineOf(lines, index)).toBe(lines.findLast(({ insn }) => insn <= index));
      }),
    );
  });
});
