import { describe, expect, test } from "vitest";
import {
  atomic,
  BuildError,
  build,
  call,
  callKfunc,
  callRegister,
  callSubprog,
  castAddressSpace,
  exit,
  jump,
  jumpFar,
  label,
  loadAcquire,
  loadFunction,
  loadPacket,
  mayGoto,
  Register,
  r0,
  r1,
  r2,
  r3,
  r10,
  store,
  storeRelease,
  w0,
  w1,
} from "../../src/asm/builder.ts";
import { asm } from "./names.ts";

test.each([
  [r0.mov(1), "r0 = 1"],
  [r0.mov(r1), "r0 = r1"],
  [w0.mov(w1), "w0 = w1"],
  [w0.mov(0xffff_ffff), "w0 = -1"],
  [r0.add(-8), "r0 += -8"],
  [r0.sub(r1), "r0 -= r1"],
  [r0.mul(3), "r0 *= 3"],
  [w0.div(w1), "w0 /= w1"],
  [r0.sdiv(r1), "r0 s/= r1"],
  [r0.mod(3), "r0 %= 3"],
  [w0.smod(3), "w0 s%= 3"],
  [r0.or(1), "r0 |= 1"],
  [r0.and(r2), "r0 &= r2"],
  [r0.xor(r2), "r0 ^= r2"],
  [r0.lsh(3), "r0 <<= 3"],
  [r0.rsh(3), "r0 >>= 3"],
  [w0.arsh(w1), "w0 s>>= w1"],
  [w0.neg(), "w0 = -w0"],
  [r0.signExtend(32, r1), "r0 = (s32)r1"],
  [w0.signExtend(8, w1), "w0 = (s8)w1"],
  [r1.swap("be", 16), "r1 = be16 r1"],
  [r1.swap("bswap", 64), "r1 = bswap64 r1"],
  [r2.load("u32", r1, 4), "r2 = *(u32 *)(r1 + 4)"],
  [r2.load("s16", r1, -4), "r2 = *(s16 *)(r1 - 4)"],
  [store("u64", r10, -8, r1), "*(u64 *)(r10 - 8) = r1"],
  [store("u8", r10, -8, 7), "*(u8 *)(r10 - 8) = 7"],
  [atomic("add", "u64", r1, 0, r2), "lock *(u64 *)(r1 + 0) += r2"],
  [atomic("fetch_xor", "u32", r1, 0, r2), "r2 = atomic_fetch_xor((u32 *)(r1 + 0), r2)"],
  [atomic("xchg", "u64", r1, 8, r2), "r2 = xchg_64(r1 + 8, r2)"],
  [atomic("cmpxchg", "u64", r1, 8, r2), "r0 = cmpxchg_64(r1 + 8, r0, r2)"],
  [r1.loadImm64(0x1122334455667788n), "r1 = 0x1122334455667788 ll"],
  [r1.loadImm64(-2n), "r1 = -2 ll"],
  [r1.loadMap(1), "r1 = map[1]"],
  [r1.loadMapValue(1, 8), "r1 = map[1][0]+8"],
  [r1.loadMapByPlace(1), "r1 = map_idx[1]"],
  [r1.loadMapValueByPlace(1, 8), "r1 = map_idx[1][0]+8"],
  [r1.loadBtfId(42), "r1 = btf[42]"],
  [r1.loadBtfId(42, 3), "r1 = btf[42][3]"],
  [call(5), "call ktime_get_ns"],
  [exit(), "exit"],
])("%# makes %o", (part, text) => {
  expect(build(part)).toEqual(asm(text).insns);
});

test("a program with labels is what its text is", () => {
  const built = build(
    r2.load("u32", r1, 0),
    r3.loadImm64(5n),
    label("again"),
    r2.jeq(r3, "done"),
    w1.jslt(-3, "again"),
    r1.jset(1, "done"),
    callSubprog("twice"),
    jump("again"),
    [label("done"), r0.mov(0), exit()],
    label("twice"),
    exit(),
  );
  const text = `
    r2 = *(u32 *)(r1 + 0)
    r3 = 5 ll
again:
    if r2 == r3 goto done
    if w1 s< -3 goto again
    if r1 & 1 goto done
    call twice
    goto again
done: r0 = 0
    exit
twice: exit`;
  expect(built).toEqual(asm(text).insns);
});

test("every comparison", () => {
  const all = [
    [r1.jeq(2, "x"), "=="],
    [r1.jne(2, "x"), "!="],
    [r1.jgt(2, "x"), ">"],
    [r1.jge(2, "x"), ">="],
    [r1.jlt(2, "x"), "<"],
    [r1.jle(2, "x"), "<="],
    [r1.jsgt(2, "x"), "s>"],
    [r1.jsge(2, "x"), "s>="],
    [r1.jslt(2, "x"), "s<"],
    [r1.jsle(2, "x"), "s<="],
    [r1.jset(2, "x"), "&"],
  ] as const;
  for (const [branch, sign] of all) {
    expect(build(branch, label("x"))).toEqual(asm(`if r1 ${sign} 2 goto x\nx:`).insns);
  }
});

test("what few need", () => {
  const parts = [
    loadAcquire(r1, "u16", r2, 4),
    storeRelease("u64", r2, -8, r1),
    mayGoto("end"),
    jumpFar("end"),
    loadFunction(r2, "end"),
    callKfunc(5),
    callKfunc(5, 2),
    callRegister(r2),
    loadPacket("u16", 12),
    loadPacket("u8", 3, r3),
    castAddressSpace(r1, r2, 0, 1),
    label("end"),
    exit(),
  ];
  const text = `r1 = load_acquire((u16 *)(r2 + 4))
    store_release((u64 *)(r2 - 8), r1)
    may_goto end
    gotol end
    r2 = func[end]
    call kfunc[5]
    call kfunc[5][2]
    callx r2
    r0 = *(u16 *)skb[12]
    r0 = *(u8 *)skb[r3 + 3]
    r1 = addr_space_cast(r2, 0, 1)
end: exit`;
  expect(build(...parts)).toEqual(asm(text).insns);
});

describe("what cannot be built", () => {
  test.each([
    [
      "a type that is none",
      () => r0.load("u33" as never, r1, 0),
      '"u33" is no type of memory here: u8, u16, u32, u64, s8',
    ],
    ["a signed store", () => store("s8" as never, r1, 0, 0), '"s8" is no type of memory here: u8, u16, u32, u64'],
    ["a packet load of 64 bits", () => loadPacket("u64" as never, 0), "there is no instruction ldabsdw"],
    [
      "an operation that is none",
      () => atomic("nand" as never, "u64", r1, 0, r2),
      "there is no instruction atomic_nand64",
    ],
    ["a number of 33 bits", () => r0.mov(2 ** 32), "4294967296 in mov64_imm is no integer of 32 bits"],
    ["a fraction", () => r0.add(1.5), "1.5 in add64_imm"],
    ["a text", () => r0.mov("a" as never), '"a" is no operand of mov64'],
    ["nothing", () => r0.mov(undefined as never), "undefined is no operand of mov64"],
    ["half a register stored", () => store("u8", r1, 0, w1 as never), "w1 is no operand of store"],
    ["not a number", () => w0.add(Number.NaN), "NaN in add32_imm"],
    ["an offset of 17 bits", () => r0.load("u8", r1, 40_000), "40000 in ldxb is no integer of 16 bits"],
    ["a missing label", () => build(jump("x")), "there is no label x"],
    ["a label twice", () => build(label("x"), label("x")), "label x is there twice"],
    [
      "a jump that is too long",
      () => build(jump("x"), Array.from({ length: 40_000 }, exit), label("x")),
      "40000 in the jump to x is no integer of 16 bits",
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(BuildError);
    expect(make).toThrow(message);
  });
});

test("registers of different widths do not mix", () => {
  // @ts-expect-error a 32-bit register is no operand of 64-bit arithmetic
  expect(() => r0.add(w1)).toThrow("w1 is no operand of add64: a number or a register of 64 bits is");
  // @ts-expect-error the 32-bit form extends 8 and 16 bits
  expect(() => w0.signExtend(32, w1)).toThrow();
  expect(new Register(3, 64).mov(0)).toEqual(r3.mov(0));
});
