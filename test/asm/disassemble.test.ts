import { describe, expect, test } from "vitest";
import { disassemble, formatInstruction } from "../../src/asm/disassemble.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import { asm, names } from "./names.ts";

const insn = (code: number, fields: Partial<Instruction> = {}): Instruction => ({
  code,
  dst: 0,
  src: 0,
  offset: 0,
  imm: 0,
  ...fields,
});

describe("disassemble", () => {
  test("a program with its labels, helpers and maps", () => {
    const text = `    r2 = r10
    r2 += -4
    *(u32 *)(r2 + 0) = 0
    r1 = map[sizes]
    call map_lookup_elem
    if r0 == 0 goto L10
    r1 = 1
    lock *(u64 *)(r0 + 0) += r1
    call func_12
L10:
    r0 = 0
    exit
func_12:
    r0 = 0x8000000000000000 ll
    goto L10
`;
    expect(disassemble(asm(text).insns, names)).toBe(text);
  });

  test("without names there are numbers", () => {
    expect(disassemble(asm("r1 = map[sizes]\ncall ktime_get_ns").insns)).toBe("    r1 = map[0]\n    call 5\n");
  });

  test("a jump to nowhere, or into ld_imm64, is written with its distance", () => {
    const insns = [insn(0x05, { offset: 1 }), insn(0x18, { imm: 5 }), insn(0, { imm: 0 }), insn(0x05, { offset: -9 })];
    expect(disassemble(insns)).toBe("    goto +1\n    r0 = 0x5 ll\n    goto -9\n");
  });

  test("what is no instruction is written as its bytes", () => {
    const insns = [insn(0xff), insn(0x95, { imm: 1 }), insn(0xbf, { dst: 12 }), insn(0x18)];
    expect(disassemble(insns)).toBe(
      "    .quad 0x00000000000000ff\n    .quad 0x0000000100000095\n    .quad 0x0000000000000cbf\n    .quad 0x0000000000000018\n",
    );
  });

  test("nothing is no text", () => {
    expect(disassemble([])).toBe("");
  });
});

/** As Linux's verifier prints them; test/linux/disasm.test.ts compares every row with the running Linux. */
test.each<[string, string]>([
  ["r0 = 0", "(b7) r0 = 0"],
  ["r1 = r2", "(bf) r1 = r2"],
  ["w1 = w2", "(bc) w1 = w2"],
  ["r2 += -8", "(07) r2 += -8"],
  ["w2 = 0xffffffff", "(b4) w2 = -1"],
  ["r1 s/= r2", "(3f) r1 s/= r2"],
  ["r1 = (s8)r2", "(bf) r1 = (s8)r2"],
  ["r1 = -r1", "(87) r1 = -r1"],
  ["r1 = be16 r1", "(dc) r1 = be16 r1"],
  ["r1 = bswap64 r1", "(d7) r1 = bswap64 r1"],
  ["r2 = *(u32 *)(r1 + 0)", "(61) r2 = *(u32 *)(r1 +0)"],
  ["w2 = *(u32 *)(r1 + 0)", "(61) r2 = *(u32 *)(r1 +0)"],
  ["r2 = *(s8 *)(r1 - 1)", "(91) r2 = *(s8 *)(r1 -1)"],
  ["*(u64 *)(r10 - 8) = r1", "(7b) *(u64 *)(r10 -8) = r1"],
  ["*(u8 *)(r10 - 8) = -1", "(72) *(u8 *)(r10 -8) = -1"],
  ["lock *(u64 *)(r1 + 0) += r2", "(db) lock *(u64 *)(r1 +0) += r2"],
  ["r2 = atomic_fetch_add((u64 *)(r1 + 0), r2)", "(db) r2 = atomic64_fetch_add((u64 *)(r1 +0), r2)"],
  ["w2 = atomic_fetch_add((u32 *)(r1 + 0), w2)", "(c3) r2 = atomic_fetch_add((u32 *)(r1 +0), r2)"],
  ["r2 = xchg_64(r1 + 8, r2)", "(db) r2 = atomic64_xchg((u64 *)(r1 +8), r2)"],
  ["r0 = cmpxchg_64(r1 + 8, r0, r2)", "(db) r0 = atomic64_cmpxchg((u64 *)(r1 +8), r0, r2)"],
  ["w2 = load_acquire((u8 *)(r1 + 8))", "(d3) r2 = load_acquire((u8 *)(r1 +8))"],
  ["r0 = *(u8 *)skb[14]", "(30) r0 = *(u8 *)skb[14]"],
  ["r0 = *(u8 *)skb[r1 - 2]", "(50) r0 = *(u8 *)skb[r1 + -2]"],
  ["r1 = 0x1122334455667788 ll", "(18) r1 = 0x1122334455667788"],
  ["goto +3", "(05) goto pc+3"],
  ["gotol -3", "(06) gotol pc-3"],
  ["may_goto +1", "(e5) may_goto pc+1"],
  ["if r0 != 0 goto +1", "(55) if r0 != 0x0 goto pc+1"],
  ["if w0 s< -1 goto -2", "(c6) if w0 s< 0xffffffff goto pc-2"],
  ["if r1 > r2 goto +0", "(2d) if r1 > r2 goto pc+0"],
  ["call map_lookup_elem", "(85) call bpf_map_lookup_elem#1"],
  ["call 0", "(85) call bpf_unspec#0"],
  ["call 4000", "(85) call unknown#4000"],
  ["call pc+2", "(85) call pc+2"],
  ["call kfunc[77]", "(85) call kernel-function#77"],
  ["exit", "(95) exit"],
])("%s is logged as %s", (text, logged) => {
  expect(formatInstruction(asm(text).insns, 0, names)).toBe(logged);
});

describe("names in the log", () => {
  const { insns } = asm("r1 = map[sizes]\nr2 = map[events.data][0]+8\ncall kfunc[9][1]");
  const address = (index: number, offset?: number) => 0xffff_8880_0000_0000n + BigInt(index * 256 + (offset ?? 0));

  test("a map's address stands for its index", () => {
    expect(formatInstruction(insns, 0, { mapAddress: address })).toBe("(18) r1 = 0xffff888000000000");
    expect(formatInstruction(insns, 2, { mapAddress: address })).toBe("(18) r2 = 0xffff888000000108");
  });

  test("before Linux has looked the map up, the raw halves are shown", () => {
    expect(formatInstruction(insns, 2)).toBe("(18) r2 = 0x800000001");
  });

  test("a kfunc has the name that its BTF gives", () => {
    const kfuncName = (id: number, index: number) => `bpf_kfunc_${id}_${index}`;
    expect(formatInstruction(insns, 4, { kfuncName })).toBe("(85) call bpf_kfunc_9_1#9");
  });

  test("a helper's name may come with its prefix", () => {
    expect(formatInstruction([insn(0x85, { imm: 5 })], 0, { helperName: () => "bpf_ktime_get_ns" })).toBe(
      "(85) call bpf_ktime_get_ns#5",
    );
  });
});

test.each<[string, Instruction, string]>([
  ["a byte order of 24 bits", insn(0xdc, { imm: 24 }), "(dc) r0 = be24 r0"],
  ["an unknown atomic", insn(0xdb, { imm: 2 }), "BUG_db"],
  ["an atomic add of a byte", insn(0xd3, { dst: 10, offset: -8 }), "(d3) lock *(u8 *)(r10 -8) += r0"],
  ["division with a strange offset", insn(0x3f, { src: 1, offset: 2 }), "(3f) r0 /= r1"],
  ["an unused load", insn(0x01), "BUG_ldx_01"],
  ["an unused ld", insn(0x00), "BUG_ld_00"],
  ["an unused st", insn(0x02), "BUG_st_02"],
  ["an unused arithmetic code", insn(0xff), "(ff) alu64"],
])("%s is logged as Linux logs what it refuses", (_, instruction, logged) => {
  expect(formatInstruction([instruction], 0)).toBe(logged);
});
