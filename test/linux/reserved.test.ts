import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode } from "../../src/isa/encode.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import { OPCODES, opcodeOf, operandsOf, requiredValue } from "../../src/isa/opcodes.ts";
import { checkReserved } from "../../src/isa/reserved.ts";
import { instructionOf } from "../isa/arbitrary.ts";
import { available, close, mapCreate, progLoad, suiteName } from "./bpf.ts";

const insn = (code: number, dst = 0, src = 0, offset = 0, imm = 0): Instruction => ({ code, dst, src, offset, imm });

/** Puts slots where Linux reaches them with every register set: r6 is the context, the others are numbers. */
function around(slots: readonly Instruction[]): Instruction[] {
  const numbers = [0, 1, 2, 3, 4, 5, 7, 8].map((register) => insn(0xb7, register, 0, 0, register + 1));
  return [
    insn(0xbf, 6, 1),
    insn(0x61, 9, 6),
    insn(0x7a, 10, 0, -8, 0),
    ...numbers,
    // Reached, but not what is behind it only through it: `exit` is among them.
    insn(0x15, 9, 0, slots.length, 7),
    ...slots,
    insn(0xb7, 0, 0, 0, 0),
    insn(0xb7, 0, 0, 0, 0),
    insn(0x95),
  ];
}

/** Linux looks up what these name (maps, BTF, functions) before it looks at their fields: only the refusal is compared. */
const LOOKED_UP = /^(ld_(?!abs|ind)|call_subprog|call_kfunc)/;

/** What Linux says when the fields of an instruction, looked at alone, are wrong. */
const ABOUT_FIELDS =
  /reserved|unknown opcode|unknown insn|unrecognized|invalid (?:BPF_|atomic|operand|ALU|src|bpf_ld_imm64)|BPF_\w+ uses|R1[1-5] is invalid|invalid may_goto/i;

/** The last line of a refusal but for the statistics. */
const messageOf = (log: string): string =>
  log
    .trimEnd()
    .split("\n")
    .filter((line) => !line.startsWith("processed"))
    .at(-1) ?? "";

describe.skipIf(!available)(suiteName("fields of instructions"), () => {
  const map = available
    ? mapCreate({ type: "array", keySize: 4, valueSize: 8, maxEntries: 1, name: "fields" })
    : undefined;
  const load = (slots: readonly Instruction[]) => {
    const answer = progLoad({ type: "socket_filter", insns: encode(around(slots)), mapFds: [map!.fd], logLevel: 1 });
    if (answer.fd >= 0) close(answer.fd);
    return answer;
  };
  test("the one exception: Linux does not look at the offset of `exit`, which the RFC reserves", () => {
    const odd = { ...insn(0x95), offset: 1 };
    expect(checkReserved(odd)).toMatchObject({ kind: "reserved", field: "offset" });
    expect(load([odd]).fd).toBeGreaterThanOrEqual(0);
  });

  const targetsInside = (slots: Instruction[]): Instruction[] => {
    const operands = opcodeOf(slots[0])?.text.flatMap((text) => operandsOf(text)) ?? [];
    if (operands.includes("near")) return [{ ...slots[0], offset: 0 }, ...slots.slice(1)];
    return operands.includes("far") ? [{ ...slots[0], imm: 0 }, ...slots.slice(1)] : slots;
  };

  test.each(OPCODES)("$name: what we call wrong Linux refuses", (row) => {
    const fields = (["dst", "src", "offset", "imm"] as const).filter(
      (field) => requiredValue(row, field) !== undefined,
    );
    fc.assert(
      fc.property(
        instructionOf(row),
        fc.constantFrom(...fields, "none"),
        fc.integer({ min: 1, max: 10 }),
        (slots, field, value) => {
          if (field === "none") return;
          const [first, ...rest] = targetsInside(slots);
          const wrong = [{ ...first, [field]: value }, ...rest];
          if (checkReserved(wrong[0], wrong[1]) === undefined) return;
          if (row.name === "exit" && field === "offset") return;
          const { fd, log, errno } = load(wrong);
          const reason = LOOKED_UP.test(row.name) ? expect.any(String) : expect.stringMatching(ABOUT_FIELDS);
          expect([fd < 0, errno, messageOf(log)]).toEqual([true, expect.any(String), reason]);
        },
      ),
      { numRuns: 12 },
    );
  });
});
