import { describe, expect, test } from "vitest";
import type { ProgramType } from "../../src/programs/types.ts";
import { exampleProgram } from "../../src/verifier/catalogue.ts";
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
      const values = (row.format.match(/%(02)?[dsux]/g) ?? []).length;
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
      "It comes from the call at instruction 5, and nothing has compared it with 0 on this path.",
  );
  expect(explanation.line).toMatchObject({ text: expect.stringContaining("*(u64 *)(r6 + 0)") });
  expect(explanation.history.map(({ at, register, learned }) => [at, register, learned])).toEqual([
    [5, "R0", "r0 is the result of bpf_map_lookup_elem"],
    [6, "R6", "r6 is a copy of r0"],
  ]);
  expect(verify(explanation.fixes[0]!.program).ok).toBe(true);
  expect(explanation.fixes[0]).toMatchObject({
    title: "Leave the program if it is NULL",
    diff: "  r6 = r0\n+ if r6 != 0 goto checked\n+ r0 = 0\n+ exit\n+ checked:\n  r0 = *(u64 *)(r6 + 0)",
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
    "Compare r6 with 15 instead of 40",
    "Leave the program if r6 is above 15",
    "Keep r6 from 0 to 15",
  ]);
  expect(explanation.fixes[0].diff).toContain("- if r6 > 40 goto out\n+ if r6 > 15 goto out");
  expect(explanation.cause).toContain("begins at byte 40, and the map's value has bytes 0 to 15");
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

describe("the branch that decides", () => {
  test("the safe path to the same instruction, where this one goes around the check", () => {
    const text = `r7 = *(u32 *)(r1 + 0)\n${lookup("hash")} if r7 == 0 goto use\nif r0 == 0 goto out\nuse: r0 = *(u64 *)(r0 + 0)\nout: r0 = 0\nexit`;
    const { branch } = explain(program(text))!;
    expect(branch).toMatchObject({
      at: 7,
      register: "R0",
      ends: "same",
      refused: { condition: "r7 == 0", to: 9, value: expect.stringContaining("map_value_or_null") },
      fine: { condition: "r7 != 0", to: 8, value: "map_value(map=hash,ks=4,vs=16)" },
    });
  });

  test("the wrong side of a comparison", () => {
    const explanation = explain(program(`${lookup("hash")} if r0 != 0 goto +1\nr0 = *(u64 *)(r0 + 0)\nr0 = 0\nexit`))!;
    expect(explanation.branch).toMatchObject({
      at: 6,
      ends: "elsewhere",
      refused: { condition: "r0 == 0", value: "0" },
      fine: { condition: "r0 != 0", value: "map_value(map=hash,ks=4,vs=16)" },
    });
    expect(explanation.cause).toContain("It is NULL here");
    expect(explanation.fixes[0].diff).toContain("- if r0 != 0 goto +1\n+ if r0 == 0 goto +1");
  });

  test("set on one side only, which is the second that is followed", () => {
    const { branch } = explain(program("r2 = *(u32 *)(r1 + 0)\nif r2 == 0 goto +1\nr0 = 1\nexit"))!;
    expect(branch).toMatchObject({ at: 1, ends: "same", refused: { condition: "r2 == 0", to: 3 } });
  });

  test("none where no branch has to do with it", () => {
    expect(explain(program(`${lookup("hash")} r0 = *(u64 *)(r0 + 0)\nexit`))!.branch).toBeUndefined();
  });
});

describe("loops are told once", () => {
  test("an endless one: what never changes", () => {
    const { loop, cause } = explain(program("r1 = 3\nl: r2 = 0\nif r1 != 10 goto l\nr0 = 0\nexit"))!;
    expect(loop?.conditions).toMatchObject([{ at: 2, condition: "r1 != 10", values: ["3"] }]);
    expect(cause).toContain("with r1 always 3");
  });

  test("a register that changes in each round has one step in the history", () => {
    const text = "r6 = 0\nl: r6 += 1\nif r6 != 200 goto l\nr0 = *(u8 *)(r6 + 0)\nexit";
    const { history } = explain(program(text))!;
    expect(history.map(({ at, rounds }) => [at, rounds])).toEqual([
      [0, undefined],
      [1, 200],
      [2, 200],
    ]);
  });
});

describe("fixes in the text", () => {
  /** Makes the change that a diff shows. */
  function patched(text: string, diff: string): string {
    const lines = text.split("\n");
    const hunk = diff.split("\n");
    const old = hunk.filter((line) => !line.startsWith("+")).map((line) => line.slice(2));
    // Lines of a hunk follow each other, but for empty ones, comments and labels between them.
    const positions: number[] = [];
    for (let start = 0; start < lines.length && positions.length < old.length; start++) {
      positions.length = 0;
      for (let at = start; at < lines.length && positions.length < old.length; at++) {
        if (lines[at].trim() === old[positions.length]) positions.push(at);
        else if (positions.length === 0 || !/^\s*(\w+:)?\s*$/.test(lines[at])) break;
      }
    }
    expect(positions.length).toBe(old.length);
    const out: string[] = [];
    let next = 0;
    for (const line of hunk) {
      const to = line.startsWith("+") ? (hunkEnds(hunk, line) ? positions[old.length - 1] + 1 : next) : undefined;
      if (to !== undefined) {
        if (!line.startsWith("+ ")) continue;
        // New lines stand right in front of the old line that follows them.
        const following = hunk.slice(hunk.indexOf(line)).find((each) => !each.startsWith("+"));
        const limit = following === undefined ? next : positions[old.indexOf(following.slice(2))];
        while (next < limit) out.push(lines[next++]);
        out.push(line.slice(2));
        continue;
      }
      const at = positions[old.indexOf(line.slice(2))];
      while (next < at) out.push(lines[next++]);
      if (line.startsWith("-")) next++;
      else out.push(lines[next++]);
    }
    return [...out, ...lines.slice(next)].join("\n");
  }
  const hunkEnds = (hunk: readonly string[], line: string): boolean => hunk.at(-1) === line;

  const TEXTS: readonly (readonly [name: string, text: string, type?: ProgramType])[] = [
    ["a NULL check", `${lookup("hash")} r6 = r0\nr1 = *(u64 *)(r6 + 0)\nr0 = 0\nexit`],
    [
      "a NULL check behind a label",
      `r7 = *(u32 *)(r1 + 0)\n${lookup("hash")} if r7 == 0 goto use\nif r0 == 0 goto out\nuse: r0 = *(u64 *)(r0 + 0)\nout: r0 = 0\nexit`,
    ],
    ["a comparison turned around", `${lookup("hash")} if r0 != 0 goto out\nr0 = *(u64 *)(r0 + 0)\nout:\nr0 = 0\nexit`],
    ["a value over a call", "r2 = 1\ncall get_prandom_u32\nr0 = r2\nexit"],
    ["a result on one side", "r2 = *(u32 *)(r1 + 0)\nif r2 == 0 goto out\nr0 = 1\nout:\nexit"],
    [
      "a bound",
      `call get_prandom_u32\nr6 = r0\nif r6 > 40 goto out\n${lookup("array")} r0 += r6\nr0 = *(u8 *)(r0 + 0)\nout:\nr0 = 0\nexit`,
    ],
    ["no bound", `call get_prandom_u32\nr6 = r0\n${lookup("array")} r0 += r6\nr0 = *(u8 *)(r0 + 0)\nr0 = 0\nexit`],
    [
      "too few bytes",
      "r2 = *(u32 *)(r1 + 0)\nr3 = *(u32 *)(r1 + 4)\nr4 = r2\nr4 += 14\nif r4 > r3 goto out\nr5 = *(u8 *)(r2 + 23)\nout:\nr0 = 2\nexit",
      "xdp",
    ],
    ["no check of the packet", "r2 = *(u32 *)(r1 + 0)\nr5 = *(u8 *)(r2 + 23)\nr0 = 2\nexit", "xdp"],
    ["a copy that a call left alone", "r6 = r1\ncall get_prandom_u32\nr2 = *(u32 *)(r1 + 0)\nr0 = 0\nexit"],
    ["no exit", "r0 = 0"],
    ["a mnemonic text", "mov %r1, 2\nexit"],
  ];

  test.each(TEXTS.map(([name, text, type = "socket_filter"]) => ({ name, text, type })))(
    "$name: the changed text is accepted",
    ({ text, type }) => {
      const fixes = explain(program(text, type))!.fixes;
      expect(fixes.length).toBeGreaterThan(0);
      for (const { diff, next } of fixes) {
        expect(next).toBeUndefined();
        const verdict = verify(program(patched(text, diff!), type));
        expect([patched(text, diff!), verdict.ok || verdict.error]).toEqual([expect.anything(), true]);
      }
    },
  );

  test("a license is a change of the program", () => {
    const { fixes } = explain(
      program("r1 = r10\nr1 += -8\nr2 = 8\nr3 = 0\ncall probe_read_kernel\nr0 = 0\nexit", "kprobe", "MIT"),
    )!;
    expect(fixes).toMatchObject([{ title: 'Put the program under the license "GPL"', diff: '+ license: "GPL"' }]);
  });

  test("where one change is not enough, what the verifier says next", () => {
    const { fixes } = explain(program(`${lookup("hash")} r6 = *(u64 *)(r0 + 0)\nr0 = *(u64 *)(r0 + 64)\nexit`))!;
    expect(fixes).toHaveLength(1);
    expect(fixes[0].next).toBe("R0 min value is outside of the allowed memory range");
  });
});

test("a copy of what a call destroyed is used in its place", () => {
  const { fixes } = explain(program("r6 = r1\ncall get_prandom_u32\nr2 = *(u32 *)(r1 + 0)\nr0 = 0\nexit"))!;
  expect(fixes[0].title).toBe("Use r6, which still holds it");
  expect(fixes[0].diff).toContain("- r2 = *(u32 *)(r1 + 0)\n+ r2 = *(u32 *)(r6 + 0)");
});

test("a leak: the call that handed out what is not given back", () => {
  const text = `.map ring, ringbuf, key 0, value 0, entries 4096
r1 = map[ring]\nr2 = 8\nr3 = 0\ncall ringbuf_reserve\nif r0 == 0 goto out\n*(u64 *)(r0 + 0) = 1\nout:\nr0 = 0\nexit`;
  const { cause, history } = explain(exampleProgram({ text }))!;
  expect(history.map(({ at }) => at)).toEqual([4]);
  expect(cause).toContain("It came from bpf_ringbuf_reserve at instruction 4.");
});

test("what a called function takes away from its caller's registers: the call inside it is named", () => {
  const text = `r6 = r1\nr7 = *(u32 *)(r1 + 0)\nr2 = *(u32 *)(r1 + 4)\nr3 = r7\nr3 += 14\nif r3 > r2 goto out
r1 = r6\ncall move\nr0 = *(u8 *)(r7 + 0)\nout:\nr0 = 2\nexit\nmove:\nr2 = 4\ncall xdp_adjust_head\nr0 = 0\nexit`;
  const { cause, history, mend, fixes } = explain(program(text, "xdp"))!;
  expect(history.find((step) => step.lost)).toMatchObject({ at: 12, register: "R7", by: "bpf_xdp_adjust_head" });
  expect(cause).toContain("in a function that is called, bpf_xdp_adjust_head may move the packet");
  expect(mend).toContain("take data and data_end from the context again");
  expect(fixes[0].title).toContain("Take the packet's beginning and end from the context again");
});

test("a security hook that returns 1: the simplest results first, and what they mean", () => {
  const refused = { ...program("r0 = 1\nexit", "lsm"), attachBtfId: "file_open" };
  expect(explain(refused)!.fixes.map(({ title }) => title)).toEqual([
    "Return 0, which permits it",
    "Return -1, -EPERM, which refuses it",
  ]);
});

test("a number in place of the address of a key goes to the stack", () => {
  const text = `.map counts, hash, key 4, value 8, entries 4\nr2 = 1\nr1 = map[counts]\ncall map_lookup_elem\nr0 = 0\nexit`;
  const { cause, fixes } = explain(exampleProgram({ text }))!;
  expect(cause).toContain("the address of bytes on the stack, in the packet");
  expect(fixes[0].diff).toContain("+ *(u64 *)(r10 - 8) = r2\n+ r2 = r10\n+ r2 += -8");
});

test("the lesson of a message has a stable name", () => {
  expect(explain(program("exit"))!.lesson).toBe("docs/verifier-messages.md#not-readable");
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
