/** The programs of test/verifier/typed-cases.ts before the running Linux: verdict, errno, message and the whole log. */
import { describe, expect, test } from "vitest";
import { TYPED_CASES } from "../verifier/typed-cases.ts";
import { typedProgram } from "../verifier/typed-programs.ts";
import { available, suiteName } from "./bpf.ts";
import { comparable, compare, KERNEL } from "./verifier-compare.ts";

describe.skipIf(!available || KERNEL === undefined)(suiteName("verifier: programs with types"), () => {
  test.each(TYPED_CASES.map((each) => [each.name, each] as const))("%s: as Linux", (_, each) => {
    for (const level of [2, 1]) {
      const { linux, ours } = compare(typedProgram(each, KERNEL!), level);
      expect(linux.error).toBe(each.error);
      expect(linux.errno).toBe(each.errno);
      expect(ours.error).toBe(each.error);
      expect(ours.errno).toBe(each.errno);
      expect(comparable(ours.log)).toBe(comparable(linux.log));
    }
  });
});
