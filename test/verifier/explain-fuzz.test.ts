import fc from "fast-check";
import { expect, test } from "vitest";
import { decode } from "../../src/isa/encode.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import { explain } from "../../src/verifier/explain.ts";
import { ARRAY } from "./programs.ts";

/** Operations that do something: arithmetic, loads, stores, jumps, calls, exit. */
const CODES = [0x07, 0x0f, 0x18, 0x1f, 0x25, 0x55, 0x61, 0x63, 0x71, 0x7b, 0x85, 0x95, 0xb7, 0xbf, 0xdb];

const instruction: fc.Arbitrary<Instruction> = fc.record({
  code: fc.constantFrom(...CODES),
  dst: fc.nat({ max: 10 }),
  src: fc.nat({ max: 10 }),
  offset: fc.integer({ min: -16, max: 16 }),
  imm: fc.integer({ min: -8, max: 64 }),
});
const EXIT = decode(Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0));

test("whatever is refused, the explanation has a cause without gaps and never throws", () => {
  fc.assert(
    fc.property(fc.array(instruction, { minLength: 1, maxLength: 24 }), (insns) => {
      const program = { name: "fuzz", type: "xdp", license: "GPL", maps: [ARRAY], insns: [...insns, ...EXIT] } as const;
      const explanation = explain(program);
      if (explanation === undefined) return;
      expect(`${explanation.cause} ${explanation.mend}`).not.toMatch(/undefined|NaN|\{\d/);
      for (const { diff = "" } of explanation.fixes) expect(diff).not.toMatch(/undefined|NaN/);
    }),
    { numRuns: process.env.BPFBOOK_NIGHT === undefined ? 1_000 : 50_000 },
  );
});
