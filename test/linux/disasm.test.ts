import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatInstruction } from "../../src/asm/disassemble.ts";
import { helperName } from "../../src/helpers/names.ts";
import { encode } from "../../src/isa/encode.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import type { OpcodeRow } from "../../src/isa/opcode-row.ts";
import { OPCODES, operandsOf } from "../../src/isa/opcodes.ts";
import { instructionOf } from "../isa/arbitrary.ts";
import { available, close, mapCreate, progLoad, suiteName } from "./bpf.ts";

const insn = (code: number, dst = 0, src = 0, offset = 0, imm = 0): Instruction => ({ code, dst, src, offset, imm });

/** Linux refuses these before it prints them, or prints what only it knows (ids of its BTF, file descriptors). */
const NOT_COMPARED = new Set(["ld_btf_id", "ld_map_idx", "ld_map_idx_value", "call_kfunc", "callx"]);

/**
 * Puts an instruction into a program where it and everything else is reachable: r6 is the context, all other registers
 * are numbers, a conditional jump leads around it.
 */
function around(slots: readonly Instruction[]): Instruction[] {
  const numbers = [0, 1, 2, 3, 4, 5, 7, 8].map((register) => insn(0xb7, register, 0, 0, register + 1));
  return [
    insn(0xbf, 6, 1),
    insn(0x61, 9, 6),
    insn(0x7a, 10, 0, -8, 0),
    ...numbers,
    insn(0x15, 9, 0, slots.length, 7),
    ...slots,
    insn(0x85, 0, 1, 0, 2),
    insn(0xb7, 0, 0, 0, 0),
    insn(0x95),
    // The subprogram that the call above and those under test go to.
    insn(0xb7, 0, 0, 0, 1),
    insn(0x95),
  ];
}

/** Jumps and calls go to the next instruction or the one after it, calls to the subprogram; maps are the first one. */
function inside(row: OpcodeRow, [first, ...rest]: Instruction[]): Instruction[] {
  const operands = row.text.flatMap((text) => operandsOf(text));
  if (row.name === "call_subprog") return [{ ...first, imm: 3 }];
  if (row.name === "call_helper") return [{ ...first, imm: first.imm & 0xff }];
  if (row.name === "ld_func") return [{ ...first, imm: 4 }, ...rest];
  if (operands.includes("near")) return [{ ...first, offset: first.offset & 1 }];
  if (operands.includes("far")) return [{ ...first, imm: first.imm & 1 }];
  return [operands.includes("map") ? { ...first, imm: 0 } : first, ...rest];
}

/** Lines of the log by instruction index, without the state that follows them. */
function printed(log: string): Map<number, string> {
  const lines = new Map<number, string>();
  for (const [, index, text] of log.matchAll(/^(\d+): (\([0-9a-f]{2}\) .*?)(?:\s+;.*)?$/gm))
    lines.set(Number(index), text);
  return lines;
}

describe.skipIf(!available)(suiteName("disassembly in the verifier log"), () => {
  const map = available
    ? mapCreate({ type: "array", keySize: 4, valueSize: 8, maxEntries: 1, name: "disasm" })
    : undefined;
  const at = around([]).length - 5;

  test.each(OPCODES.filter(({ name }) => !NOT_COMPARED.has(name)))("$name", (row) => {
    let compared = 0;
    fc.assert(
      fc.property(instructionOf(row), (generated) => {
        const slots = inside(row, generated);
        const insns = around(slots);
        const { log, fd } = progLoad({ type: "socket_filter", insns: encode(insns), mapFds: [map!.fd], logLevel: 2 });
        if (fd >= 0) close(fd);
        const lines = printed(log);
        const seen = lines.get(at);
        if (seen === undefined) return;
        compared += 1;
        const names = {
          helperName,
          mapAddress: () => BigInt(/0x[0-9a-f]+$/.exec(seen)?.[0] ?? 0),
        };
        for (const [index, text] of lines) expect(formatInstruction(insns, index, names)).toBe(text);
      }),
      { numRuns: 30 },
    );
    expect(compared).toBeGreaterThan(0);
  });

  test.each([
    ["a byte order of 24 bits", insn(0xdc, 1, 0, 0, 24)],
    ["a 32-bit operation with a strange offset", insn(0x3c, 1, 2, 7)],
    ["an unknown atomic operation", insn(0xdb, 10, 1, -8, 2)],
    ["a move with a number too", insn(0xbf, 1, 2, 0, 5)],
    ["a negation with a number too", insn(0x87, 1, 0, 0, 5)],
    ["an atomic add of a byte", insn(0xd3, 10, 1, -8)],
    ["an exchange of two bytes", insn(0xcb, 10, 1, -8, 0xe1)],
  ])("%s, which Linux prints and then refuses", (_, slot) => {
    const insns = around([slot]);
    const { log, ok } = progLoad({ type: "socket_filter", insns: encode(insns), logLevel: 2 });
    expect(ok).toBe(false);
    const text = printed(log).get(at) ?? /^\d+: (BUG_\w+)/m.exec(log)?.[1];
    expect(formatInstruction(insns, at)).toBe(text);
  });
});
