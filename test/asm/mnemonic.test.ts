import { describe, expect, test } from "vitest";
import { disassemble } from "../../src/asm/disassemble.ts";
import { decode, encode, fromHex, toHex } from "../../src/isa/encode.ts";
import { asm } from "./names.ts";

const hex = (text: string): string => toHex(encode(asm(text).insns));

// Every spelling that the assemblers of bpf_conformance, ubpf and rbpf read; bytes from RFC 9669's tables.
test.each([
  ["add %r1, %r2", "0f21000000000000"],
  ["add64 r1, 0x605", "0701000005060000"],
  ["add32 %r1, 5", "0401000005000000"],
  ["sub %r1, 5", "1701000005000000"],
  ["mul32 %r1, %r2", "2c21000000000000"],
  ["div %r1, 5", "3701000005000000"],
  ["sdiv %r1, %r2", "3f21010000000000"],
  ["sdiv32 %r1, -5", "34010100fbffffff"],
  ["or %r1, 5", "4701000005000000"],
  ["and32 %r1, 0xffffffff", "54010000ffffffff"],
  ["lsh %r1, %r2", "6f21000000000000"],
  ["rsh32 %r1, 5", "7401000005000000"],
  ["neg %r1", "8701000000000000"],
  ["neg32 %r1", "8401000000000000"],
  ["mod32 %r1, %r2", "9c21000000000000"],
  ["smod %r1, 5", "9701010005000000"],
  ["xor %r1, %r2", "af21000000000000"],
  ["mov r0, 0x88776655", "b700000055667788"],
  ["mov %r1, -1", "b7010000ffffffff"],
  ["mov32 %r0, 1", "b400000001000000"],
  ["arsh32 %r1, %r2", "cc21000000000000"],
  ["movsx832 %r0, %r1", "bc10080000000000"],
  ["movsx1632 %r0, %r1", "bc10100000000000"],
  ["movsx864 %r0, %r1", "bf10080000000000"],
  ["movsx1664 %r0, %r1", "bf10100000000000"],
  ["movsx3264 %r0, %r1", "bf10200000000000"],
  ["le16 %r0", "d400000010000000"],
  ["be32 %r0", "dc00000020000000"],
  ["be64 r0", "dc00000040000000"],
  ["swap32 %r0", "d700000020000000"],
  ["bswap16 %r0", "d700000010000000"],
  ["ldxb %r0, [%r1]", "7110000000000000"],
  ["ldxdw %r0, [%r1+8]", "7910080000000000"],
  ["ldxh r0, [r1-0x10]", "6910f0ff00000000"],
  ["ldxw %r0, [%r10-4]", "61a0fcff00000000"],
  ["ldxsw %r0, [%r10-4]", "81a0fcff00000000"],
  ["ldxwsx %r0, [%r10-4]", "81a0fcff00000000"],
  ["ldxbsx %r0, [%r1]", "9110000000000000"],
  ["stdw [%r10-4], 0xCCBBAA99", "7a0afcff99aabbcc"],
  ["stb [%r1+2], 0x11", "7201020011000000"],
  ["stxdw [%r10-8], %r0", "7b0af8ff00000000"],
  ["stxh [r1+2], r2", "6b21020000000000"],
  ["lddw %r1, 0x0123456789abcdef", "18010000efcdab890000000067452301"],
  ["lddw %r1, map_by_fd(sizes)", "18110000000000000000000000000000"],
  ["lddw %r1, map[events.data]", "18110000010000000000000000000000"],
  ["lddw %r1, map_val(map_by_fd(sizes))+8", "18210000000000000000000008000000"],
  ["lddw %r1, map_by_idx(3)", "18510000030000000000000000000000"],
  ["lddw %r1, map_val(map_by_idx(3))", "18610000030000000000000000000000"],
  ["lddw %r1, var_addr(7)", "18310000070000000000000000000000"],
  ["lddw %r1, code_addr(+1)\nexit", "184100000100000000000000000000009500000000000000"],
  ["ja +2", "0500020000000000"],
  ["ja32 -1", "06000000ffffffff"],
  ["jeq %r1, 0, +3", "1501030000000000"],
  ["jne r1, r2, +0x3", "5d21030000000000"],
  ["jset32 %r1, 0x10, -1", "4601ffff10000000"],
  ["jsle32 %r1, %r2, +1", "de21010000000000"],
  ["call 1", "8500000001000000"],
  ["call bpf_map_lookup_elem", "8500000001000000"],
  ["call helper 1", "8500000001000000"],
  ["call local +1", "8510000001000000"],
  ["call runtime 5", "8520000005000000"],
  ["call runtime 5, 2", "8520020005000000"],
  ["call %r2", "8d02000000000000"],
  ["callx %r2", "8d02000000000000"],
  ["lock add [%r1+8], %r2", "db21080000000000"],
  ["lock or32 [%r1], %r2", "c321000040000000"],
  ["lock and64 [%r1], %r2", "db21000050000000"],
  ["lock fetch add [%r10-8], %r1", "db1af8ff01000000"],
  ["lock fetch or32 [%r10-8], %r1", "c31af8ff41000000"],
  ["lock fetch_xor32 [%r10-8], %r1", "c31af8ffa1000000"],
  ["lock xchg [%r10-8], %r1", "db1af8ffe1000000"],
  ["lock cmpxchg32 [%r10-8], %r1", "c31af8fff1000000"],
  ["load_acquire_w %r1, [%r2+4]", "c321040000010000"],
  ["store_release_dw [%r2+4], %r1", "db12040010010000"],
  ["addr_space_cast %r1, %r2, 0, 1", "bf21010001000000"],
  ["ldabsw 0x3", "2000000003000000"],
  ["ldindb r1, 0x3", "5010000003000000"],
  ["may_goto +1", "e500010000000000"],
  ["exit", "9500000000000000"],
])("%s", (text, bytes) => {
  expect(hex(text)).toBe(bytes);
});

describe("texts", () => {
  test("labels, comments and statements in a row", () => {
    const text = `
# sum of 1 to 10
mov32 %r0, 0        ; the sum
mov %r1, 10         // what is left
loop:
  add %r0, %r1 ; sub %r1, 1
  jne %r1, 0, loop  /* until nothing is */
  exit`;
    const { insns, labels, form } = asm(text);
    expect(form).toBe("mnemonic");
    expect([...labels]).toEqual([["loop", 2]]);
    expect(insns).toEqual(asm("w0 = 0\nr1 = 10\nr0 += r1\nr1 += -1\nif r1 != 0 goto -3\nexit").insns.with(3, insns[3]));
  });

  test("`exit` as a target is the first exit, unless there is a label of that name", () => {
    expect(asm("jeq %r1, 0, exit\nmov %r0, 1\nexit\nexit").insns[0].offset).toBe(1);
    expect(asm("jeq %r1, 0, exit\nexit\nexit: exit").insns[0].offset).toBe(1);
  });

  test("subprograms", () => {
    const { insns } = asm("mov r1, 1\ncall local twice\ncall twice\nexit\ntwice:\nadd r1, r1\nmov r0, r1\nexit");
    expect(insns.slice(1, 3).map(({ src, imm }) => [src, imm])).toEqual([
      [1, 2],
      [1, 1],
    ]);
  });

  test("a text of words that both forms have is in neither", () => {
    expect(asm("call 5\nmay_goto +0\nexit").form).toBeUndefined();
    expect(asm("r0 = 0\nexit").form).toBe("llvm");
    expect(asm("exit\nlock *(u64 *)(r1 + 0) += r2").form).toBe("llvm");
    expect(asm("exit\nlock add [r1], r2").form).toBe("mnemonic");
  });

  test("registers may have their sign in LLVM's form too, as GNU's assembler writes them", () => {
    expect(hex("%r0 = *(u32 *)(%r1 + 4)\n%r0 %= %r1\n%w1 = 5")).toBe(hex("r0 = *(u32 *)(r1 + 4)\nr0 %= r1\nw1 = 5"));
  });
});

test("prints as ubpf does", () => {
  const program = fromHex(
    "b7000000010000007910080000000000791000000000000055010100050000000500fcff000000009500000000000000",
  );
  expect(disassemble(decode(program), { form: "mnemonic" })).toBe(`    mov %r0, 1
L1:
    ldxdw %r0, [%r1+8]
    ldxdw %r0, [%r1]
    jne %r1, 5, L5
    ja L1
L5:
    exit
`);
});
