import { expect, test } from "vitest";
import { checkReserved } from "../../src/isa/reserved.ts";

const insn = (code: number, fields = {}) => ({ code, dst: 0, src: 0, offset: 0, imm: 0, ...fields });

test.each([
  ["exit with a number", insn(0x95, { imm: 7 }), { kind: "reserved", field: "imm", value: 7, allowed: [0] }],
  ["a load with a number", insn(0x61, { imm: 1 }), { kind: "reserved", field: "imm", value: 1, allowed: [0] }],
  [
    "arithmetic with an offset",
    insn(0x07, { offset: 2 }),
    { kind: "reserved", field: "offset", value: 2, allowed: [0] },
  ],
  [
    "division that is neither signed nor not",
    insn(0x3f, { offset: 2 }),
    { kind: "reserved", field: "offset", value: 2, allowed: [0, 1] },
  ],
  [
    "signed division with a number too",
    insn(0x3f, { offset: 1, imm: 3 }),
    { kind: "reserved", field: "imm", value: 3, allowed: [0] },
  ],
  [
    "byte order of 24 bits",
    insn(0xdc, { imm: 24 }),
    { kind: "reserved", field: "imm", value: 24, allowed: [16, 32, 64] },
  ],
  [
    "a conditional jump with both operands",
    insn(0x1d, { imm: 1 }),
    { kind: "reserved", field: "imm", value: 1, allowed: [0] },
  ],
  ["goto with a number", insn(0x05, { imm: 1 }), { kind: "reserved", field: "imm", value: 1, allowed: [0] }],
  ["gotol with an offset", insn(0x06, { offset: 1 }), { kind: "reserved", field: "offset", value: 1, allowed: [0] }],
  [
    "a helper call with an offset",
    insn(0x85, { offset: 1 }),
    { kind: "reserved", field: "offset", value: 1, allowed: [0] },
  ],
  ["an unknown call", insn(0x85, { src: 5 }), { kind: "reserved", field: "src", value: 5, allowed: [0, 1, 2] }],
  ["a code without instruction", insn(0xff), { kind: "opcode", code: 0xff }],
  ["a register above r10", insn(0xbf, { dst: 11 }), { kind: "register", field: "dst", value: 11 }],
  ["a source register above r10", insn(0x61, { src: 15 }), { kind: "register", field: "src", value: 15 }],
])("%s", (_, instruction, fault) => {
  expect(checkReserved(instruction)).toEqual(fault);
});

test("an atomic operation that does not exist names those that do", () => {
  expect(checkReserved(insn(0xdb, { imm: 2 }))).toMatchObject({
    kind: "reserved",
    field: "imm",
    allowed: [0x00, 0x01, 0x40, 0x41, 0x50, 0x51, 0xa0, 0xa1, 0xe1, 0xf1, 0x100, 0x110],
  });
});

test("ld_imm64 needs its second slot, which is a number only", () => {
  expect(checkReserved(insn(0x18))).toEqual({ kind: "second_slot" });
  expect(checkReserved(insn(0x18), insn(0x95))).toEqual({ kind: "second_slot" });
  expect(checkReserved(insn(0x18), insn(0, { dst: 1 }))).toEqual({ kind: "second_slot" });
  expect(checkReserved(insn(0x18), insn(0, { imm: -1 }))).toBeUndefined();
});

test("the second number of a map load is reserved, of a map value it is the offset", () => {
  expect(checkReserved(insn(0x18, { src: 1 }), insn(0, { imm: 4 }))).toEqual({
    kind: "reserved",
    field: "next",
    value: 4,
    allowed: [0],
  });
  expect(checkReserved(insn(0x18, { src: 2 }), insn(0, { imm: 4 }))).toBeUndefined();
});

test("a field that is no register may hold any of its values", () => {
  expect(checkReserved(insn(0x07, { imm: -(2 ** 31) }))).toBeUndefined();
  expect(checkReserved(insn(0x61, { offset: -(2 ** 15) }))).toBeUndefined();
});
