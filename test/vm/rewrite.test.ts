import { describe, expect, test } from "vitest";
import type { Instruction } from "../../src/isa/instruction.ts";
import { SK_BUFF, XDP_BUFF } from "../../src/memory/objects.ts";
import type { ProgramType } from "../../src/programs/types.ts";
import type { InstructionFacts, Verdict } from "../../src/verifier/verdict.ts";
import { ProgramError } from "../../src/vm/errors.ts";
import { rewrite } from "../../src/vm/rewrite.ts";
import { assembleText } from "./support.ts";

/** A verdict by hand: all seen but the slots in `dead`; loads and stores by r1 go to the context. */
function verdictFor(insns: readonly Instruction[], dead: readonly number[] = []): Verdict {
  const facts = insns.map((insn, at): InstructionFacts => {
    const seen = !dead.includes(at);
    const isLoad = (insn.code & 7) === 1;
    const isStore = (insn.code & 7) === 2 || (insn.code & 7) === 3;
    const base = isLoad ? insn.src : insn.dst;
    if (!isLoad && !isStore) return { seen };
    return { seen, pointer: base === 1 ? "ctx" : base === 10 ? "stack" : undefined };
  });
  return { ok: true, log: "", processed: insns.length, stackDepth: [64, 32], facts };
}

function rewriteText(type: ProgramType, text: string, dead: readonly number[] = []) {
  const insns = assembleText(text);
  return rewrite({ type, name: "test", insns, maps: [], license: "GPL" }, verdictFor(insns, dead));
}

const xdp = XDP_BUFF.members;
const skb = SK_BUFF.members;

describe("context accesses", () => {
  test.each([
    ["a packet pointer is loaded whole", "xdp", "r2 = *(u32 *)(r1 + 4)", `r2 = *(u64 *)(r1 + ${xdp.data_end.offset})`],
    ["a number where it lies", "xdp", "r2 = *(u32 *)(r1 + 12)", `r2 = *(u32 *)(r1 + ${xdp.ingress_ifindex.offset})`],
    ["a part of a number", "sched_cls", "r2 = *(u8 *)(r1 + 2)", `r2 = *(u8 *)(r1 + ${skb.len.offset + 2})`],
    ["a number with fewer bytes", "sched_cls", "r2 = *(u32 *)(r1 + 16)", `r2 = *(u16 *)(r1 + ${skb.protocol.offset})`],
    ["bytes that it does not have", "sched_cls", "r2 = *(u16 *)(r1 + 18)", "r2 = 0"],
    [
      "extended from a sign that is 0",
      "sched_cls",
      "r2 = *(s32 *)(r1 + 16)",
      `r2 = *(u16 *)(r1 + ${skb.protocol.offset})`,
    ],
    ["extended from its own sign", "sched_cls", "r2 = *(s16 *)(r1 + 0)", `r2 = *(s16 *)(r1 + ${skb.len.offset})`],
    ["an array byte for byte", "sched_cls", "r2 = *(u64 *)(r1 + 56)", `r2 = *(u64 *)(r1 + ${skb.cb.offset + 8})`],
    ["a store", "sched_cls", "*(u32 *)(r1 + 8) = r2", `*(u32 *)(r1 + ${skb.mark.offset}) = r2`],
    ["a store to an array", "sched_cls", "*(u8 *)(r1 + 50) = 5", `*(u8 *)(r1 + ${skb.cb.offset + 2}) = 5`],
    ["a store that is cut", "sched_cls", "*(u32 *)(r1 + 44) = r2", `*(u16 *)(r1 + ${skb.tc_index.offset}) = r2`],
    [
      "a store of a constant in range",
      "sched_cls",
      "*(u32 *)(r1 + 12) = 7",
      `*(u16 *)(r1 + ${skb.queue_mapping.offset}) = 7`,
    ],
    ["a store of a constant out of range", "sched_cls", "*(u32 *)(r1 + 12) = 65535", ""],
    [
      "a store that is skipped out of range",
      "sched_cls",
      "*(u32 *)(r1 + 12) = r2",
      `if r2 >= 65535 goto +1\n*(u16 *)(r1 + ${skb.queue_mapping.offset}) = r2`,
    ],
    ["registers of a kprobe lie where they are", "kprobe", "r2 = *(u64 *)(r1 + 80)", "r2 = *(u64 *)(r1 + 80)"],
  ] as const)("%s", (_, type, before, after) => {
    expect(rewriteText(type, `${before}\nexit`).insns).toEqual(assembleText(`${after}\nexit`));
  });

  test("other pointers are left alone", () => {
    const { insns, facts } = rewriteText(
      "xdp",
      "r0 = *(u32 *)(r10 - 4)\nr0 = *(u32 *)(r6 + 0)\n*(u8 *)(r6 + 0) = 1\nexit",
    );
    expect(insns).toEqual(assembleText("r0 = *(u32 *)(r10 - 4)\nr0 = *(u32 *)(r6 + 0)\n*(u8 *)(r6 + 0) = 1\nexit"));
    expect(facts.map(({ access }) => access)).toEqual(["proved", "probe", "proved", undefined]);
  });
});

describe("dead code", () => {
  test("is removed, and jumps over it are mended", () => {
    const text = "if r1 == 0 goto out\nr0 = 1\ngoto out\nr0 = 2\nr0 = 3\nout: exit";
    const { insns, origin } = rewriteText("xdp", text, [3, 4]);
    // `goto out` jumps over nothing now, but it is not seen to be a no-op until the next load of this program.
    expect(insns).toEqual(assembleText("if r1 == 0 goto out\nr0 = 1\ngoto out\nout: exit"));
    expect(origin).toEqual([0, 1, 2, 5]);
  });

  test("a branch that is always taken becomes a jump", () => {
    const { insns } = rewriteText("xdp", "if r1 == 0 goto a\nr0 = 1\nexit\na: r0 = 2\nexit", [1, 2]);
    expect(insns).toEqual(assembleText("goto a\na: r0 = 2\nexit"));
  });

  test("a branch that is never taken is gone", () => {
    const { insns } = rewriteText("xdp", "if r1 == 0 goto a\nr0 = 1\nexit\na: r0 = 2\nexit", [3, 4]);
    expect(insns).toEqual(assembleText("r0 = 1\nexit"));
  });

  test("both slots of a ld_imm64 live or die together", () => {
    expect(rewriteText("xdp", "r0 = 5 ll\nexit").insns).toHaveLength(3);
    expect(rewriteText("xdp", "goto a\nr0 = 5 ll\na: exit", [1, 2]).origin).toEqual([0, 3]);
  });

  test("functions move, and calls follow", () => {
    const text = "r1 = 1\ngoto +1\nr1 = 2\ncall f\nexit\nf: r0 = r1\nexit";
    const { insns, subprograms } = rewriteText("xdp", text, [2]);
    expect(insns).toEqual(assembleText("r1 = 1\ngoto +0\ncall f\nexit\nf: r0 = r1\nexit"));
    expect(subprograms).toEqual([
      { start: 0, stackDepth: 64 },
      { start: 4, stackDepth: 32 },
    ]);
  });

  test("a context store that grew moves what follows", () => {
    const text = "if r2 == 0 goto out\n*(u32 *)(r1 + 12) = r2\nr2 = 1\nout: exit";
    const { insns, origin } = rewriteText("sched_cls", text);
    expect(insns[0]).toMatchObject({ offset: 3 });
    expect(origin).toEqual([0, 1, 1, 2, 3]);
  });
});

test.each([
  ["forwards", (store: Instruction, count: number) => [jump(count), ...new Array<Instruction>(count).fill(store)]],
  [
    "backwards",
    (store: Instruction, count: number) => [...new Array<Instruction>(count).fill(store), jump(-count - 1)],
  ],
])("a jump %s that rewriting moves out of reach is an error", (_, build) => {
  const [store] = assembleText("*(u32 *)(r1 + 12) = r2") as [Instruction];
  const load = (count: number) => {
    const insns = [...build(store, count), ...assembleText("exit")];
    return rewrite({ type: "sched_cls", name: "long", insns, maps: [], license: "GPL" }, verdictFor(insns));
  };
  // Each store becomes two instructions.
  expect(load(16_000).insns).toHaveLength(32_002);
  expect(() => load(16_400)).toThrow(/beyond a 16-bit offset/);
});

function jump(offset: number): Instruction {
  return { code: 0x05, dst: 0, src: 0, offset, imm: 0 };
}

test("a program that the verifier rejected is not rewritten", () => {
  const insns = assembleText("exit");
  const verdict: Verdict = {
    ...verdictFor(insns),
    ok: false,
    errno: "EACCES",
    error: "R0 !read_ok",
    at: 0,
  };
  const spec = { type: "xdp", name: "bad", insns, maps: [], license: "GPL" } as const;
  expect(() => rewrite(spec, verdict)).toThrow(new ProgramError("not-verified", 0, "R0 !read_ok"));
});
