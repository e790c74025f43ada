/** Source lines in the log and the checks of their records, before the running Linux. */
import { describe, expect, test } from "vitest";
import { SOURCE_LINE_CASES } from "../verifier/source-line-cases.ts";
import { TYPED_CASES } from "../verifier/typed-cases.ts";
import { typedProgram } from "../verifier/typed-programs.ts";
import { available, suiteName } from "./bpf.ts";
import { comparable, compare, KERNEL } from "./verifier-compare.ts";

describe.skipIf(!available || KERNEL === undefined)(suiteName("verifier: source lines"), () => {
  test.each(SOURCE_LINE_CASES.map((each) => [each.name, each] as const))("%s: as Linux", (_, { program, error }) => {
    for (const level of [2, 1]) {
      const { linux, ours } = compare(program, level);
      expect(linux.error).toBe(error);
      expect(ours.error).toBe(error);
      expect(ours.errno).toBe(linux.errno);
      expect(comparable(ours.log)).toBe(comparable(linux.log));
    }
  });

  test("programs with callbacks, iterators and global functions, a line for two instructions", {
    timeout: 60_000,
  }, () => {
    for (const program of TYPED_CASES.map((each) => typedProgram(each, KERNEL!))) {
      const starts = new Set(program.functions?.map(({ insn }) => insn));
      if (starts.size === 0) continue;
      const lineInfo = program.insns.flatMap(({ code }, insn) =>
        code !== 0 && (starts.has(insn) || insn % 2 === 0)
          ? [{ insn, file: "/src/prog.c", text: `\t line ${insn >> 1}`, line: 1 + (insn >> 2), column: insn % 7 }]
          : [],
      );
      for (const level of [1, 2]) {
        const { linux, ours } = compare({ ...program, lineInfo }, level);
        expect(comparable(ours.log)).toBe(comparable(linux.log));
      }
    }
  });
});
