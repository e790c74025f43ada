import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, encode } from "../../src/isa/encode.ts";
import { OPERAND_FIELDS } from "../../src/isa/opcode-row.ts";
import {
  fieldsOf,
  OPCODE_TABLE,
  OPCODES,
  opcodeOf,
  operandsOf,
  requiredValue,
  slotsOf,
} from "../../src/isa/opcodes.ts";
import { checkReserved } from "../../src/isa/reserved.ts";
import { instructionOf } from "./arbitrary.ts";

const insn = (code: number, fields = {}) => ({ code, dst: 0, src: 0, offset: 0, imm: 0, ...fields });

describe("the table", () => {
  test("has 256 places, and rows under their own code only", () => {
    expect(OPCODE_TABLE).toHaveLength(256);
    OPCODE_TABLE.forEach((rows, code) => {
      for (const row of rows) expect(row.code).toBe(code);
    });
    expect(OPCODE_TABLE.flat()).toHaveLength(OPCODES.length);
  });

  test("names and text forms are unique", () => {
    const names = OPCODES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const forms of [OPCODES.flatMap(({ text }) => text), OPCODES.flatMap(({ mnemonic }) => mnemonic)]) {
      expect(new Set(forms).size).toBe(forms.length);
    }
  });

  test("every operand of a text form is known, every row documented", () => {
    for (const { text, mnemonic, log, doc } of OPCODES) {
      for (const form of [...text, ...mnemonic, log ?? ""]) {
        for (const operand of operandsOf(form)) expect(OPERAND_FIELDS).toHaveProperty(operand);
      }
      expect(doc).not.toBe("");
      expect(doc).not.toMatch(/\b(?:S?[DX]|MASK|undefined)\b/);
    }
  });

  test("both text forms of a row carry the same fields", () => {
    const carried = (forms: readonly string[]) => new Set(forms.flatMap((form) => [...fieldsOf(form)]));
    for (const { name, text, mnemonic } of OPCODES) expect([name, carried(mnemonic)]).toEqual([name, carried(text)]);
  });

  test("instructions of Linux that use up their code leave no hole by mistake", () => {
    // 2 widths * (12 binary operations * 2 sources + neg) + 3 byte orders.
    const arithmetic = OPCODE_TABLE.filter((rows, code) => rows.length > 0 && [4, 7].includes(code & 7));
    expect(arithmetic).toHaveLength(2 * 25 + 3);
    // 2 widths * 11 comparisons * 2 sources + goto, gotol, may_goto, exit, call, callx.
    const jumps = OPCODE_TABLE.filter((rows, code) => rows.length > 0 && [5, 6].includes(code & 7));
    expect(jumps).toHaveLength(44 + 6);
    // ld_imm64, 6 packet loads; 4 loads and 3 signed ones; 4 stores by immediate, 4 by register, 4 sizes of atomics.
    const memory = OPCODE_TABLE.filter((rows, code) => rows.length > 0 && (code & 7) < 4);
    expect(memory).toHaveLength(7 + 7 + 4 + 8);
  });
});

// From RFC 9669's appendix and Linux's uapi headers.
test.each([
  [insn(0x07), "add64_imm"],
  [insn(0x0c), "add32_reg"],
  [insn(0x37), "div64_imm"],
  [insn(0x37, { offset: 1 }), "sdiv64_imm"],
  [insn(0x9c, { offset: 1 }), "smod32_reg"],
  [insn(0xbf), "mov64_reg"],
  [insn(0xbf, { offset: 32 }), "movsx32to64"],
  [insn(0xbc, { offset: 8 }), "movsx8to32"],
  [insn(0xbf, { offset: 1, imm: 1 }), "addr_space_cast"],
  [insn(0x87), "neg64"],
  [insn(0xd4, { imm: 16 }), "le16"],
  [insn(0xdc, { imm: 64 }), "be64"],
  [insn(0xd7, { imm: 32 }), "bswap32"],
  [insn(0x18), "ld_imm64"],
  [insn(0x18, { src: 1 }), "ld_map_fd"],
  [insn(0x18, { src: 6 }), "ld_map_idx_value"],
  [insn(0x30), "ldabsb"],
  [insn(0x48), "ldindh"],
  [insn(0x61), "ldxw"],
  [insn(0x71), "ldxb"],
  [insn(0x79), "ldxdw"],
  [insn(0x81), "ldxsw"],
  [insn(0x91), "ldxsb"],
  [insn(0x62), "stw"],
  [insn(0x7b), "stxdw"],
  [insn(0xdb), "atomic_add64"],
  [insn(0xc3, { imm: 0x41 }), "atomic_fetch_or32"],
  [insn(0xdb, { imm: 0xe1 }), "xchg64"],
  [insn(0xc3, { imm: 0xf1 }), "cmpxchg32"],
  [insn(0xd3, { imm: 0x100 }), "load_acquire_b"],
  [insn(0xcb, { imm: 0x110 }), "store_release_h"],
  [insn(0x05), "ja"],
  [insn(0x06), "gotol"],
  [insn(0xe5), "may_goto"],
  [insn(0x15), "jeq_imm"],
  [insn(0xde), "jsle32_reg"],
  [insn(0x85), "call_helper"],
  [insn(0x85, { src: 1 }), "call_subprog"],
  [insn(0x85, { src: 2 }), "call_kfunc"],
  [insn(0x95), "exit"],
])("%o is %s", (instruction, name) => {
  expect(opcodeOf(instruction)?.name).toBe(name);
});

test.each([
  ["an unused code", insn(0x00)],
  ["exit of class JMP32", insn(0x96)],
  ["a double-word packet load", insn(0x38)],
  ["a sign-extending double-word load", insn(0x99)],
  ["an unknown atomic operation", insn(0xdb, { imm: 0x10 })],
  ["an atomic add of a byte", insn(0xd3, { imm: 0 })],
  ["a byte order of 24 bits", insn(0xd4, { imm: 24 })],
  ["a sign extension from 24 bits", insn(0xbf, { offset: 24 })],
  ["a 32-bit sign extension from 32 bits", insn(0xbc, { offset: 32 })],
  ["an unknown kind of call", insn(0x85, { src: 3 })],
  ["an unknown kind of ld_imm64", insn(0x18, { src: 7 })],
])("%s has no row", (_, instruction) => {
  expect(opcodeOf(instruction)).toBeUndefined();
});

describe("every row", () => {
  test.each(OPCODES)("$name: decodes to itself, survives encoding, has no fault", (row) => {
    fc.assert(
      fc.property(instructionOf(row), (slots) => {
        expect(opcodeOf(slots[0])).toBe(row);
        expect(slots).toHaveLength(slotsOf(row));
        expect(decode(encode(slots))).toEqual(slots);
        expect(checkReserved(slots[0], slots[1])).toBeUndefined();
      }),
      { numRuns: 25 },
    );
  });

  test.each(OPCODES)("$name: a reserved field that is set is found", (row) => {
    const fields = (["dst", "src", "offset", "imm"] as const).filter(
      (field) => requiredValue(row, field) !== undefined && row.fixed[field] === undefined,
    );
    fc.assert(
      fc.property(instructionOf(row), fc.integer({ min: 1, max: 15 }), (slots, value) => {
        for (const field of fields) {
          const fault = checkReserved({ ...slots[0], [field]: value }, slots[1]);
          // The value may select another form of the same code; then that form's rules hold.
          const other = opcodeOf({ ...slots[0], [field]: value });
          if (other === row) expect(fault).toMatchObject({ kind: "reserved", field, value });
        }
      }),
      { numRuns: 10 },
    );
  });
});
