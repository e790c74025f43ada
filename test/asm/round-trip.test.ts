import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { disassemble } from "../../src/asm/disassemble.ts";
import { OPERAND_FIELDS, type Operand } from "../../src/isa/opcode-row.ts";
import { OPCODES, opcodeOf } from "../../src/isa/opcodes.ts";
import { checkReserved } from "../../src/isa/reserved.ts";
import { instructionOf, program, slots } from "../isa/arbitrary.ts";
import { asm, names } from "./names.ts";

describe.each(["llvm", "mnemonic"] as const)("assemble(disassemble(p)) is p, in the form %s", (form) => {
  test.each(OPCODES)("$name", (row) => {
    fc.assert(
      fc.property(instructionOf(row), (insns) => {
        const text = disassemble(insns, { form, ...names });
        const assembled = asm(text);
        expect(assembled.insns).toEqual(insns);
        expect(text).not.toContain(".quad");
        expect([form, undefined]).toContain(assembled.form);
      }),
      { numRuns: 25 },
    );
  });

  test("for programs of valid instructions, with names and without", () => {
    fc.assert(
      fc.property(program, fc.boolean(), (insns, named) => {
        expect(asm(disassemble(insns, { form, ...(named ? names : {}) })).insns).toEqual(insns);
      }),
      { numRuns: 300 },
    );
  });

  test("for any slots whatever", () => {
    fc.assert(
      fc.property(slots, (insns) => {
        expect(asm(disassemble(insns, { form, ...names })).insns).toEqual(insns);
      }),
      { numRuns: 500 },
    );
  });
});

/** How a test writes each operand. */
const SAMPLE: Readonly<Record<Operand, string>> = {
  rd: "r3",
  rs: "r4",
  wd: "w3",
  ws: "w4",
  imm: "-7",
  imm32: "0xfffffff9",
  if64: "-7",
  if32: "-7",
  imm64: "0x1122334455667788",
  disp: "- 16",
  index: "+ 6",
  near: "+5",
  far: "pc+6",
  helper: "bpf_trace_printk",
  btfId: "17",
  btfFd: "18",
  btfIndex: "19",
  map: "events.data",
  mapSymbol: "events.data",
  mapIdx: "2",
  value: "+24",
  toSpace: "3",
  fromSpace: "4",
};

describe("every text form of a row assembles to that row", () => {
  const forms = OPCODES.flatMap((row) => [...row.text, ...row.mnemonic].map((text) => ({ row, text, name: row.name })));
  test.each(forms)("$name: $text", ({ row, text }) => {
    const written = text.replaceAll(/\{(\w+)\}/g, (_, operand: Operand) => SAMPLE[operand]);
    const { insns } = asm(written);
    expect(opcodeOf(insns[0])).toBe(row);
    expect(checkReserved(insns[0], insns[1])).toBeUndefined();
    const values: Partial<Record<string, number>> = { dst: 3, src: 4 };
    for (const [, operand] of text.matchAll(/\{([rw][ds])\}/g)) {
      const [field] = OPERAND_FIELDS[operand as "rd"];
      expect(insns[0][field]).toBe(values[field]);
    }
  });
});

test("what the log prints in common with this form assembles to the same", () => {
  // Where a row has no log form of its own, its first form is read with Linux's spelling of operands as well.
  const spelled: Partial<Record<Operand, string>> = { disp: "-16", if64: "0x7", if32: "0xfffffff9", near: "pc+5" };
  for (const row of OPCODES.filter(({ log, name }) => log === undefined && name !== "call_helper")) {
    const text = row.text[0].replaceAll(/\{(\w+)\}/g, (_, operand: Operand) => spelled[operand] ?? SAMPLE[operand]);
    expect(opcodeOf(asm(text).insns[0])).toBe(row);
  }
});
