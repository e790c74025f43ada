import { describe, expect, test } from "vitest";
import { explain } from "../../src/verifier/explain.ts";
import { insertBefore } from "../../src/verifier/insert.ts";
import type { MessageRow } from "../../src/verifier/message-row.ts";
import { MESSAGES } from "../../src/verifier/messages.ts";
import { verify } from "../../src/verifier/verify.ts";
import { fillMessage, fillSentence } from "../../src/verifier/words.ts";
import { CASES } from "./cases.ts";
import { lookup, program } from "./programs.ts";

describe("the catalogue", () => {
  test.each(Object.entries(MESSAGES as Readonly<Record<string, MessageRow>>))(
    "%s says what is wrong and what to do",
    (_, row) => {
      const values = (row.format.match(/%(02)?[dsx]/g) ?? []).length;
      expect(row.cause).toMatch(/^[A-Z{r].*\.$/);
      expect(row.mend).toMatch(/[.]$/);
      for (const [, index] of `${row.cause} ${row.mend}`.matchAll(/\{(\d)/g))
        expect(Number(index)).toBeLessThan(values);
      if (row.register !== undefined) expect(row.register).toBeLessThan(values);
    },
  );

  test("formats are filled in order, numbers in hexadecimal where Linux does", () => {
    expect(fillMessage("unknown opcode %02x", [0xd])).toBe("unknown opcode 0d");
    expect(fillMessage("R%d type=%s expected=%s", [1, "fp", "ctx"])).toBe("R1 type=fp expected=ctx");
    expect(fillSentence("r{0} is {1:type} at fp{2:signed}", [3, "pkt_end", -8])).toBe(
      "r3 is the end of the packet, behind which nothing may be read at fp-8",
    );
  });

  test("no sentence of a case keeps a placeholder", () => {
    for (const each of CASES.filter(({ error, errno }) => error !== undefined && errno !== "E2BIG")) {
      const explanation = explain(each.program)!;
      expect(`${explanation.cause} ${explanation.mend}`).not.toMatch(/\{|undefined/);
      if (each.at !== undefined) expect(explanation.at).toBe(each.at);
    }
  });
});

test("an accepted program needs no explanation", () => {
  expect(explain(program("r0 = 0\nexit"))).toBeUndefined();
});

test("a missing NULL check: where the pointer came from, and ways out that are verified", () => {
  const refused = program(`${lookup("hash")} r6 = r0\nr0 = *(u64 *)(r6 + 0)\nexit`);
  const explanation = explain(refused)!;
  expect(explanation.cause).toBe(
    "r6 is used as an address, but it is the result of a lookup, which is NULL if there is no such element. " +
      "It comes from the call at instruction 5, and nothing has compared it with 0 since.",
  );
  expect(explanation.line).toMatchObject({ text: expect.stringContaining("*(u64 *)(r6 + 0)") });
  expect(explanation.history.map(({ at, register, learned }) => [at, register, learned])).toEqual([
    [5, "R0", "r0 is the result of bpf_map_lookup_elem"],
    [6, "R6", "r6 is a copy of r0"],
  ]);
  expect(explanation.fixes[0]).toEqual({
    title: "Leave the program if it is NULL",
    diff: "  r6 = r0\n+ if r6 != 0x0 goto pc+2\n+ r0 = 0\n+ exit\n  r0 = *(u64 *)(r6 + 0)",
  });
});

test("a register that a call destroyed", () => {
  const explanation = explain(program("r2 = 1\ncall get_prandom_u32\nr0 = r2\nexit"))!;
  expect(explanation.cause).toContain("The call of bpf_get_prandom_u32 destroys r2 (instruction 1).");
});

test("an index without a good bound: what each comparison taught, and a bound that fits the map", () => {
  const text = `call get_prandom_u32\nr6 = r0\nif r6 > 40 goto out\n${lookup("array")} r0 += r6\nr0 = *(u8 *)(r0 + 0)\nout:\nr0 = 0\nexit`;
  const explanation = explain(program(text))!;
  expect(explanation.message).toBe("max_outside");
  expect(explanation.history.map(({ learned }) => learned)).toContain("on this branch r6 <= 40");
  expect(explanation.fixes.map(({ title }) => title)).toEqual([
    "Leave the program if r6 is above 15",
    "Keep r6 from 0 to 15",
  ]);
});

test("through a function and the stack", () => {
  const text = `r1 = 7\n*(u64 *)(r10 - 8) = r1\ncall f\nr3 = *(u64 *)(r10 - 8)\nr0 = *(u8 *)(r3 + 0)\nexit\nf:\nr0 = 0\nexit`;
  const explanation = explain(program(text))!;
  expect(explanation.history.map(({ at, register }) => [at, register])).toEqual([
    [0, "R1"],
    [1, "fp-8"],
    [3, "R3"],
  ]);
});

describe("inserted instructions", () => {
  const nop = { code: 0xbf, dst: 6, src: 6, offset: 0, imm: 0 };

  test("jumps, loops and calls lead where they led", () => {
    const text =
      "r6 = 0\nr0 = 0\n1: r0 += 1\nif r0 < 9 goto 1b\ncall f\nif r0 == 3 goto +1\nr0 = 1\nexit\nf:\nr0 = 3\nexit";
    const original = program(text);
    for (let at = 1; at < original.insns.length - 3; at++) {
      const verdict = verify(insertBefore(original, at, [nop]));
      expect([at, verdict.ok || verdict.error]).toEqual([at, true]);
      expect(verdict.facts[7 + (at <= 7 ? 1 : 0)].seen).toBe(true);
    }
  });
});
