import { expect, test } from "vitest";
import type { Instruction } from "../../src/isa/instruction.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import { replaceFunctions } from "../../src/vm/replace.ts";
import type { Xlated } from "../../src/vm/types.ts";

const insn = (code: number, imm = 0, src = 0): Instruction => ({ code, dst: 0, src, offset: 0, imm });
const EXIT = insn(0x95);
const MAP: MapSpec = { type: "array", name: "m", keySize: 4, valueSize: 4, maxEntries: 1, flags: 0 };

const xlated = (insns: readonly Instruction[], starts: readonly number[], maps: readonly MapSpec[] = []): Xlated => ({
  ...{
    type: "xdp",
    name: "p",
    verified: true,
    insns,
    maps,
    facts: insns.map(() => (maps.length > 0 ? { map: 0 } : {})),
  },
  ...{ origin: insns.map((_, at) => at), subprograms: starts.map((start) => ({ start, stackDepth: 0 })) },
});

test("calls and addresses of the function lead to the replacement, whose maps and slots are counted on", () => {
  const target = xlated([insn(0x85, 3, 1), insn(0x18, 1, 4), insn(0), EXIT, EXIT], [0, 4], [MAP]);
  // The address at 1 is that of the function at 3, the call goes to 4.
  const by = xlated([insn(0x85, 1, 1), EXIT, insn(0x18, 0, 1), insn(0), EXIT], [0, 2], [MAP]);
  const made = replaceFunctions(target, 5, [{ start: 4, slots: 5, by }]);
  expect(made.insns[0]!.imm).toBe(4);
  expect(made.insns[1]!.imm).toBe(1);
  expect(made.insns[5]!.imm).toBe(1);
  expect(made.insns[7]!.imm).toBe(1);
  expect(made.facts[7]!.map).toBe(1);
  expect(made.maps).toHaveLength(2);
  expect(made.subprograms.map(({ start }) => start)).toEqual([0, 4, 5, 7]);
  expect(made.origin.slice(5)).toEqual([5, 6, 7, 8, 9]);
});

test("two arenas in one program are refused", () => {
  const one = { ...xlated([EXIT, EXIT], [0, 1], [MAP]), arena: 0 };
  expect(() => replaceFunctions(one, 2, [{ start: 1, slots: 2, by: one }])).toThrow(/each have an arena/);
});
