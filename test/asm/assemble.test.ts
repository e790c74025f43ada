import { describe, expect, test } from "vitest";
import { AsmError } from "../../src/asm/diagnostics.ts";
import { encode, toHex } from "../../src/isa/encode.ts";
import { asm } from "./names.ts";

const hex = (text: string) => toHex(encode(asm(text).insns)).replaceAll(/(.{16})(?=.)/g, "$1 ");

/** Encodings by hand from RFC 9669: code, src and dst, offset, imm, little-endian. */
test.each([
  ["r0 = 1", "b700000001000000"],
  ["r0 = -1", "b7000000ffffffff"],
  ["r1 = r10", "bfa1000000000000"],
  ["w0 += 5", "0400000005000000"],
  ["w3 = w4", "bc43000000000000"],
  ["w1 = 0xffffffff", "b4010000ffffffff"],
  ["r2 += -8", "07020000f8ffffff"],
  ["r2 -= 8", "1702000008000000"],
  ["r1 s>>= 3", "c701000003000000"],
  ["r1 >>= r2", "7f21000000000000"],
  ["r1 /= r2", "3f21000000000000"],
  ["r1 s/= r2", "3f21010000000000"],
  ["w1 s%= 7", "9401010007000000"],
  ["r1 = -r1", "8701000000000000"],
  ["w1 = -w1", "8401000000000000"],
  ["r1 = (s8)r2", "bf21080000000000"],
  ["w1 = (s16)w2", "bc21100000000000"],
  ["r1 = be16 r1", "dc01000010000000"],
  ["r1 = le64 r1", "d401000040000000"],
  ["r1 = bswap32 r1", "d701000020000000"],
  ["r1 = addr_space_cast(r2, 0, 1)", "bf21010001000000"],
  ["r1 = addr_space_cast(r2, 1, 0)", "bf21010000000100"],
  ["r2 = *(u32 *)(r1 + 0)", "6112000000000000"],
  ["r2 = *(u8 *)(r1 + 23)", "7112170000000000"],
  ["w2 = *(u8 *)(r1 + 23)", "7112170000000000"],
  ["r2 = *(s16 *)(r1 - 2)", "8912feff00000000"],
  ["*(u64 *)(r10 - 8) = r1", "7b1af8ff00000000"],
  ["*(u32 *)(r10 - 4) = w1", "631afcff00000000"],
  ["*(u16 *)(r10 - 2) = 7", "6a0afeff07000000"],
  ["r0 = *(u8 *)skb[14]", "300000000e000000"],
  ["r0 = *(u16 *)skb[r7 + 2]", "4870000002000000"],
  ["r0 = *(u16 *)skb[r7]", "4870000000000000"],
  ["lock *(u64 *)(r1 + 0) += r2", "db21000000000000"],
  ["lock *(u32 *)(r1 + 4) ^= w2", "c3210400a0000000"],
  ["r1 = atomic_fetch_add((u64 *)(r2 + 0), r1)", "db12000001000000"],
  ["w1 = atomic_fetch_or((u32 *)(r2 + 0), w1)", "c312000041000000"],
  ["r1 = xchg_64(r2 + 8, r1)", "db120800e1000000"],
  ["w1 = xchg32_32(r2 + 8, w1)", "c3120800e1000000"],
  ["r0 = cmpxchg_64(r2 + 0, r0, r1)", "db120000f1000000"],
  ["w0 = cmpxchg32_32(r2 + 0, w0, w1)", "c3120000f1000000"],
  ["r1 = load_acquire((u64 *)(r2 + 0))", "db21000000010000"],
  ["store_release((u8 *)(r2 + 1), w1)", "d312010010010000"],
  ["r1 = 0x1122334455667788 ll", "1801000088776655 0000000044332211"],
  ["r1 = -1 ll", "18010000ffffffff 00000000ffffffff"],
  ["r1 = map[sizes]", "1811000000000000 0000000000000000"],
  ["r1 = map[events.data]", "1811000001000000 0000000000000000"],
  ["r1 = map[7]", "1811000007000000 0000000000000000"],
  ["r1 = events.data ll", "1811000001000000 0000000000000000"],
  ["r1 = map[sizes][0]", "1821000000000000 0000000000000000"],
  ["r1 = map[sizes][0]+8", "1821000000000000 0000000008000000"],
  ["r1 = map[events.data][0] + 0x10", "1821000001000000 0000000010000000"],
  ["r1 = btf[77]", "183100004d000000 0000000000000000"],
  ["r1 = btf[77][3]", "183100004d000000 0000000003000000"],
  ["r1 = func[+3]", "1841000003000000 0000000000000000"],
  ["r1 = map_idx[2]", "1851000002000000 0000000000000000"],
  ["r1 = map_idx[2][0]+4", "1861000002000000 0000000004000000"],
  ["goto +3", "0500030000000000"],
  ["goto pc-1", "0500ffff00000000"],
  ["gotol +100000", "06000000a0860100"],
  ["may_goto +2", "e500020000000000"],
  ["if r1 > r2 goto +1", "2d21010000000000"],
  ["if w1 s< 5 goto +3", "c601030005000000"],
  ["if r1 & 0x10 goto -2", "4501feff10000000"],
  ["if w1 == 0xffffffff goto +0", "16010000ffffffff"],
  ["call 1", "8500000001000000"],
  ["call map_lookup_elem", "8500000001000000"],
  ["call bpf_ktime_get_ns", "8500000005000000"],
  ["call pc+4", "8510000004000000"],
  ["call -4", "85100000fcffffff"],
  ["call kfunc[1234]", "85200000d2040000"],
  ["call kfunc[1234][1]", "85200100d2040000"],
  ["callx r3", "8d03000000000000"],
  ["exit", "9500000000000000"],
  [".quad 0x1122334455667788", "8877665544332211"],
])("%s", (text, expected) => {
  expect(hex(text)).toBe(expected);
});

test.each([
  ["r1 = (1 << 4) | 3", 19],
  ["r1 = 2 + 3 * 4", 14],
  ["r1 = 10 - 4 - 3", 3],
  ["r1 = -(1 + 1)", -2],
  ["r1 = ~0", -1],
  ["r1 = 0b101 ^ 0x0f", 10],
  ["r1 = 1_000_000", 1_000_000],
  ["r1 = 0xff >> 4 & 6", 6],
  ["r1 = - - 5", 5],
])("a constant expression: %s", (text, imm) => {
  expect(asm(text).insns[0].imm).toBe(imm);
});

test("the displacement of an access is an expression too", () => {
  expect(asm("r1 = *(u64 *)(r10 - 8 * 2)").insns[0].offset).toBe(-16);
  expect(asm("r1 = *(u64 *)(r10 - 8 + 4)").insns[0].offset).toBe(-4);
  expect(asm("r1 = *(u64 *)(r2)").insns[0].offset).toBe(0);
});

describe("labels", () => {
  test("jump forward and back, over ld_imm64's two slots", () => {
    const { insns, labels } = asm("top: if r1 == 0 goto end\nr2 = 1 ll\ngoto top\nend:\n  exit");
    expect(insns.map(({ offset }) => offset)).toEqual([3, 0, 0, -4, 0]);
    expect([...labels]).toEqual([
      ["top", 0],
      ["end", 4],
    ]);
  });

  test("several on one place, and one at the end", () => {
    expect([...asm("a: b:\nc:\nexit\nd:").labels.values()]).toEqual([0, 0, 0, 1]);
  });

  test("a call of a label is a subprogram's, also when a helper has its name", () => {
    const { insns } = asm("call twice\ncall map_lookup_elem\nexit\ntwice: exit\nmap_lookup_elem: exit");
    expect(insns[0]).toMatchObject({ code: 0x85, src: 1, imm: 2 });
    expect(insns[1]).toMatchObject({ code: 0x85, src: 1, imm: 2 });
  });

  test("func[] and gotol reach them by imm", () => {
    const { insns } = asm("r2 = func[callback]\ngotol callback\nexit\ncallback: exit");
    expect(insns[0]).toMatchObject({ src: 4, imm: 3 });
    expect(insns[2]).toMatchObject({ code: 0x06, offset: 0, imm: 1 });
  });

  test("numeric labels mean the nearest before or after", () => {
    const { insns } = asm("1: goto 1f\n1: goto 1b\ngoto 1f\n1: exit");
    expect(insns.map(({ offset }) => offset)).toEqual([0, -1, 0, 0]);
  });

  test("named like compilers name them", () => {
    expect(asm("goto .LBB0_2\nLBB0$1: .LBB0_2: exit").insns[0].offset).toBe(0);
  });
});

describe("comments and separators", () => {
  test("all four kinds of comment", () => {
    const text = `
      ; a listing's source line: don't read "it"
      # r0 = 3
      r0 = 1 // r0 = 4
      r1 /* = 2 */ = 5 /* over
      several lines */
      exit ; done`;
    expect(hex(text)).toBe("b700000001000000 b701000005000000 9500000000000000");
  });

  test("a semicolon separates what looks like instructions, and else begins a comment", () => {
    expect(asm("r0 = 1; exit").insns).toHaveLength(2);
    expect(asm("r0 = 1; out: exit").insns).toHaveLength(2);
    expect(asm("r0 = 1; r1 = map[sizes];").insns).toHaveLength(3);
    expect(asm("r0 = 1 ; the result; exit").insns).toHaveLength(1);
    expect(asm("r0 = 1 ; exit with 1").insns).toHaveLength(1);
  });

  test("right behind an instruction a semicolon only separates, so that no instruction is dropped unseen", () => {
    expect(asm("r0 = 1;exit").insns).toHaveLength(2);
    expect(asm("r0 = 1;;exit;").insns).toHaveLength(2);
    expect(() => asm("r0 = 1;exit()")).toThrow("no parentheses: `exit`");
    expect(() => asm("r0 = 1; the result")).toThrow(
      "found `the`: `;` right behind an instruction separates it from the next; a comment begins with `//` or `#`",
    );
  });

  test.each(["r0 = 1 ; exti", "r0 = 1 ; exit()", "r0 = 1 ; ro = 2", "r0 = 1 ; r12 += 2"])(
    "%j is no comment, but a slip",
    (text) => {
      expect(() => asm(text)).toThrow(AsmError);
    },
  );

  test.each(["exit ; done", "r0 = 1 ; next", "r0 = 1 ; and", "r0 += r1 ; sum", "r0 = 1 ;the result"])(
    "%j ends in a comment",
    (text) => {
      expect(asm(text).insns).toHaveLength(1);
    },
  );

  test("carriage returns, tabs and missing blanks do not matter", () => {
    expect(hex("\tr0=1\r\n\tif r0!=-1 goto+0\r\n")).toBe(hex("r0 = 1\nif r0 != -1 goto +0"));
    expect(hex("*(u64*)(r10-8)=r1")).toBe(hex("*(u64 *)(r10 - 8) = r1"));
  });

  test("nothing but comments is an empty program", () => {
    expect(asm("// nothing\n\n").insns).toEqual([]);
  });
});

test("Linux's own spelling is read too", () => {
  expect(hex("r2 = *(u32 *)(r1 +0)\nif r0 != 0x0 goto pc+1\n*(u64 *)(r10 -8) = r1")).toBe(
    hex("r2 = *(u32 *)(r1 + 0)\nif r0 != 0 goto +1\n*(u64 *)(r10 - 8) = r1"),
  );
});

test("each slot knows its line, as written", () => {
  const { lines } = asm("// start\n  r1 = 1 ll  // wide\nL: exit");
  expect(lines).toEqual([
    { line: 2, column: 3, text: "  r1 = 1 ll  // wide" },
    { line: 2, column: 3, text: "  r1 = 1 ll  // wide" },
    { line: 3, column: 4, text: "L: exit" },
  ]);
});

test("the first program of the course", () => {
  const { insns, labels } = asm(`
    r2 = *(u32 *)(r1 + 0)        // data
    r3 = *(u32 *)(r1 + 4)        // data_end
    r4 = r2
    r4 += 34
    if r4 > r3 goto pass
    r5 = *(u8 *)(r2 + 23)        // ip->protocol
    if r5 != 17 goto pass
    r0 = 1
    exit
pass:
    r0 = 2
    exit
`);
  expect(labels.get("pass")).toBe(9);
  expect(toHex(encode(insns))).toBe(
    "6112000000000000 6113040000000000 bf24000000000000 0704000022000000 2d34040000000000 7125170000000000 5505020011000000 b700000001000000 9500000000000000 b700000002000000 9500000000000000".replaceAll(
      " ",
      "",
    ),
  );
});
