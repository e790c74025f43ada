import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode } from "../../src/isa/encode.ts";
import { PROGRAMS } from "../../src/programs/table.ts";
import type { ProgramType } from "../../src/programs/types.ts";
import { refusalText, VerifierError } from "../../src/verifier/verification.ts";
import { verify } from "../../src/verifier/verify.ts";
import { programFromTape } from "../linux/verifier-programs.ts";
import { CASES } from "./cases.ts";
import { lookup, program } from "./programs.ts";

test.each(CASES.map((each) => [each.name, each] as const))("%s", (_, { program, error, errno, at }) => {
  const verdict = verify(program);
  expect({ ok: verdict.ok, error: verdict.error, errno: verdict.errno }).toEqual({
    ok: error === undefined,
    error,
    errno,
  });
  if (at !== undefined) expect(verdict.at).toBe(at);
  expect(verdict.log).toBe("");
});

describe("the log", () => {
  const branch = program("r2 = *(u32 *)(r1 + 0)\nr0 = 0\nif r2 > 5 goto +1\nr0 = r2\nexit");

  test("level 2: every path, with what each instruction changed", () => {
    expect(verify(branch, { logLevel: 2 }).log).toBe(`func#0 @0
Live regs before insn:
      0: .1........ (61) r2 = *(u32 *)(r1 +0)
      1: ..2....... (b7) r0 = 0
      2: 0.2....... (25) if r2 > 0x5 goto pc+1
      3: ..2....... (bf) r0 = r2
      4: 0......... (95) exit
0: R1=ctx() R10=fp0
0: (61) r2 = *(u32 *)(r1 +0)          ; R1=ctx() R2=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))
1: (b7) r0 = 0                        ; R0=0
2: (25) if r2 > 0x5 goto pc+1         ; R2=scalar(smin=smin32=0,smax=umax=smax32=umax32=5,var_off=(0x0; 0x7))
3: (bf) r0 = r2                       ; R0=scalar(id=1,smin=smin32=0,smax=umax=smax32=umax32=5,var_off=(0x0; 0x7)) R2=scalar(id=1,smin=smin32=0,smax=umax=smax32=umax32=5,var_off=(0x0; 0x7))
4: (95) exit

from 2 to 4: R0=0 R1=ctx() R2=scalar(smin=umin=umin32=6,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0
4: R0=0 R1=ctx() R2=scalar(smin=umin=umin32=6,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0
4: (95) exit
processed 6 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`);
  });

  test("level 1: only the path that failed, nothing of an accepted program", () => {
    expect(verify(branch, { logLevel: 1 }).log).toMatch(/^processed 6 insns /);
    const refused = program("r2 = *(u32 *)(r1 + 0)\nif r2 == 0 goto +2\nr0 = 0\nexit\nexit");
    const { log } = verify(refused, { logLevel: 1 });
    expect(log).not.toContain("r0 = 0");
    expect(log).toMatch(/\nR0 !read_ok\nprocessed 5 insns /);
  });

  test("level 4: statistics", () => {
    expect(verify(program("*(u64 *)(r10 - 24) = 1\nr0 = 0\nexit"), { logLevel: 4 }).log).toMatch(
      /^verification time \d+ usec\nstack depth 24\nprocessed 3 insns [^\n]*\n$/,
    );
  });
});

describe("facts for the rewriter", () => {
  test("what loads and stores point to, which map, which key", () => {
    const text = `r6 = r1\n${lookup("array")} r0 = *(u64 *)(r0 + 0)\nr0 = *(u32 *)(r6 + 0)\nexit`;
    const { ok, facts, stackDepth } = verify(program(text));
    expect(ok).toBe(true);
    expect(stackDepth).toEqual([8]);
    expect(facts[1]).toEqual({ seen: true, pointer: "stack" });
    expect(facts[4]).toEqual({ seen: true, map: 0 });
    expect(facts[6]).toEqual({ seen: true, map: 0, constantKey: 0 });
    expect(facts[7]).toEqual({ seen: true, pointer: "map_value" });
    expect(facts[8]).toEqual({ seen: true, pointer: "ctx" });
  });

  test("a map or key that differs between paths is not named", () => {
    const text = `r7 = *(u32 *)(r1 + 0)
      *(u32 *)(r10 - 4) = 0
      r1 = map[array]
      if r7 == 0 goto +3
      *(u32 *)(r10 - 4) = 1
      r1 = map[hash]
      r2 = r10
      r2 += -4
      call map_lookup_elem
      r0 = 0
      exit`;
    const { ok, facts } = verify(program(text));
    expect(ok).toBe(true);
    expect(facts[10]).toEqual({ seen: true });
  });

  test("code that no run reaches is not seen", () => {
    const { ok, facts } = verify(program("r0 = 1\nif r0 == 1 goto +1\nr0 = 2\nexit"));
    expect(ok).toBe(true);
    expect(facts.map(({ seen }) => seen)).toEqual([true, true, false, true]);
  });
});

describe("pruning", () => {
  test("thirty branches in a row are not followed 2^30 times", () => {
    const branches = Array.from({ length: 30 }, () => "if r6 == 0 goto +1\nr7 = 1").join("\n");
    const { ok, processed } = verify(program(`r6 = *(u32 *)(r1 + 0)\nr7 = 0\n${branches}\nr0 = 0\nexit`));
    expect(ok).toBe(true);
    expect(processed).toBeLessThan(1000);
  });

  test("a number that an access depends on is compared exactly", () => {
    // The second path comes to the access with an index that is too great.
    const text = `call get_prandom_u32
      r7 = 0
      if r0 == 0 goto +1
      r7 = 100
      ${lookup("array")} r0 += r7
      r0 = *(u8 *)(r0 + 0)
      exit`;
    expect(verify(program(text)).error).toBe("R0 min value is outside of the allowed memory range");
  });
});

describe("never throws, never accepts what it does not model", () => {
  const types = Object.keys(PROGRAMS) as ProgramType[];

  test("bytes of any kind", () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ minLength: 0, maxLength: 160 }), (type, bytes) => {
        const insns = decode(bytes.slice(0, bytes.length & ~7));
        const verdict = verify({ type, name: "any", insns, maps: [], license: "" }, { logLevel: 2 });
        expect(verdict.error ?? "").not.toMatch(/verifier bug/);
        if (!verdict.ok) expect(verdict.errno).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });

  test("generated programs, at every log level the same verdict", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 0xffffff }), { minLength: 10, maxLength: 60 }), (tape) => {
        const generated = programFromTape(tape);
        const [quiet, loud] = [verify(generated), verify(generated, { logLevel: 1 })];
        expect(quiet.error ?? "").not.toMatch(/verifier bug/);
        expect({ ...loud, log: "" }).toEqual({ ...quiet, log: "" });
      }),
    );
  });

  test.each([["kernel functions without Linux's BTF", { code: 0x85, dst: 0, src: 2, offset: 0, imm: 1 }]])(
    "%s: refused, and says so",
    (feature, insn) => {
      const base = program("r0 = 0\nexit");
      const { ok, error, errno } = verify({ ...base, insns: [insn, ...base.insns] }, { kernel: undefined });
      expect({ ok, error, errno }).toEqual({
        ok: false,
        error: `bpfbook's verifier does not model ${feature} yet`,
        errno: "EOPNOTSUPP",
      });
    },
  );

  test("empty programs, unknown licences, programs of no type", () => {
    const base = program("r0 = 0\nexit");
    expect(verify({ ...base, insns: [] })).toMatchObject({ ok: false, errno: "E2BIG" });
    expect(verify({ ...base, license: "none of yours" }).ok).toBe(true);
    expect(verify({ ...base, type: "raw" })).toMatchObject({ ok: false, errno: "EINVAL" });
  });

  test("64 maps are taken, one more is not", () => {
    const using = (count: number) => {
      const base = program("r0 = 0\nexit");
      const maps = Array.from({ length: count }, (_, index) => ({
        ...{ type: "array", name: `m${index}`, keySize: 4, valueSize: 8, maxEntries: 1, flags: 0 },
      })) as unknown as typeof base.maps;
      const loads = maps.flatMap((_, imm) => [
        { code: 0x18, dst: 1, src: 1, offset: 0, imm },
        { code: 0, dst: 0, src: 0, offset: 0, imm: 0 },
      ]);
      // Each map twice: what counts is how many there are.
      return verify({ ...base, maps, insns: [...loads, ...loads, ...base.insns] });
    };
    expect(using(64).ok).toBe(true);
    expect(using(65)).toMatchObject({
      ok: false,
      errno: "E2BIG",
      error: "The total number of maps per program has reached the limit of 64",
    });
  });

  test("where Linux gives no message, the error has a sentence", () => {
    const base = program("r0 = 0\nexit");
    const empty = { ...base, insns: [] };
    expect(refusalText(verify(empty))).toBe("The program has no instructions.");
    expect(new VerifierError(empty, verify(empty)).message).toContain("The program has no instructions.");
    expect(refusalText(verify({ ...base, type: "raw" }))).toBe("The program type is not one that is verified.");
    expect(refusalText(verify({ ...base, insns: base.insns.slice(1) }))).toBe("R0 !read_ok");
  });
});
