import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLASS, MODE, SIZE } from "../../src/isa/constants.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import { resolveCalls } from "../../src/vm/call.ts";
import { decode } from "../../src/vm/decode.ts";
import { flowGraph } from "../../src/vm/flow/graph.ts";
import { promotableSlots } from "../../src/vm/flow/stack-slots.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { Regions } from "../../src/vm/regions.ts";
import { assembleText, bareEnvironment, rawProgram, trusted } from "./support.ts";

const counts: MapSpec = { name: "counts", type: "hash", keySize: 4, valueSize: 8, maxEntries: 4, flags: 0 };
const slots: MapSpec = { name: "slots", type: "array", keySize: 4, valueSize: 8, maxEntries: 4, flags: 0 };

/** Which instructions of a text load or store a piece of the stack that may live in a local: "slot:offset+bytes". */
function promoted(text: string, map: MapSpec = counts): string[] {
  const { host, environment } = bareEnvironment();
  const maps = text.includes("map[") ? [host.createMap(map)] : [];
  const xlated = trusted(rawProgram(`${text}\nexit`, maps.length > 0 ? [map] : []));
  const facts = xlated.facts.map((each) => ({ ...each, map: maps.length > 0 ? 0 : undefined }));
  const operations = decode(xlated.insns);
  const calls = resolveCalls({ ...xlated, facts }, operations, environment, maps, new Regions());
  const found = promotableSlots(operations, flowGraph(operations, 0), calls);
  return [...found].map(([at, { offset, bytes }]) => `${at}:${offset}+${bytes}`);
}

describe("a piece of the stack may live in a local", () => {
  test.each([
    ["if it is stored and loaded whole", "*(u64 *)(r10 - 8) = r1\nr0 = *(u64 *)(r10 - 8)", ["0:-8+8", "1:-8+8"]],
    ["through a copy of r10 too", "r2 = r10\nr2 += -16\n*(u32 *)(r2 + 4) = 7", ["2:-12+4"]],
    [
      "whatever pieces lie beside it",
      "*(u32 *)(r10 - 8) = 1\n*(u32 *)(r10 - 4) = 2\nr0 = *(u8 *)(r10 - 3)",
      ["0:-8+4"],
    ],
    ["not if a part of it is loaded", "*(u64 *)(r10 - 8) = 1\nr0 = *(u32 *)(r10 - 8)", []],
    ["not if it is the place of an atomic", "*(u64 *)(r10 - 8) = 1\nr1 = 1\nlock *(u64 *)(r10 - 8) += r1", []],
    [
      "not if a helper is given its address, unlike what lies below",
      "*(u32 *)(r10 - 4) = 1\n*(u32 *)(r10 - 8) = 1\nr2 = r10\nr2 += -4\nr1 = map[counts]\ncall map_lookup_elem",
      ["1:-8+4"],
    ],
    [
      "not above an address given to a helper that may use any length",
      "*(u32 *)(r10 - 4) = 1\n*(u32 *)(r10 - 24) = 1\nr1 = r10\nr1 += -16\nr2 = 8\ncall get_current_comm",
      ["1:-24+4"],
    ],
    ["not if the pointer is added to", "*(u64 *)(r10 - 8) = 1\nr2 = r10\nr2 += r1", []],
    ["not if the pointer is stored", "*(u64 *)(r10 - 8) = 1\nr2 = r10\n*(u64 *)(r10 - 16) = r2", []],
    ["not if the pointer is given to a function", "*(u64 *)(r10 - 8) = 1\nr1 = r10\ncall f\nexit\nf: r0 = 0", []],
    [
      "not if a pointer differs by path",
      "*(u64 *)(r10 - 8) = 1\nr2 = r10\nr2 += -8\nif r1 == 0 goto +1\nr2 += -8\nr0 = *(u64 *)(r2 + 0)",
      [],
    ],
    [
      "but what is a pointer on some paths only may be forgotten",
      "*(u64 *)(r10 - 8) = 1\nr2 = 0\nif r1 == 0 goto +1\nr2 = r10\nr2 = 5",
      ["0:-8+8"],
    ],
  ])("%s", (_, text, expected) => {
    expect(promoted(text)).toEqual(expected);
  });

  test("the key of a lookup in an array, which calls nothing", () => {
    const text = "*(u32 *)(r10 - 4) = 1\nr2 = r10\nr2 += -4\nr1 = map[slots]\ncall map_lookup_elem";
    expect(promoted(text, slots)).toEqual(["0:-4+4", "5:-4+4"]);
  });
});

test("programs with pieces in locals do what they did in memory", () => {
  const { environment } = bareEnvironment();
  const sizes = [SIZE.B, SIZE.H, SIZE.W, SIZE.DW];
  /** Each of eight places has its own size; every access is of that size. */
  const access = (places: readonly number[]) =>
    fc
      .record({
        place: fc.nat(7),
        kind: fc.constantFrom(CLASS.LDX, CLASS.STX, CLASS.ST),
        extend: fc.boolean(),
        register: fc.integer({ min: 0, max: 5 }),
        imm: fc.integer(),
      })
      .map(({ place, kind, extend, register, imm }): Instruction => {
        const size = places[place]!;
        const offset = -8 * (place + 1);
        const mode = extend && kind === CLASS.LDX && size !== SIZE.DW ? MODE.MEMSX : MODE.MEM;
        const code = kind | mode | size;
        if (kind === CLASS.LDX) return { code, dst: register, src: 10, offset, imm: 0 };
        return { code, dst: 10, src: kind === CLASS.STX ? register : 0, offset, imm: kind === CLASS.ST ? imm : 0 };
      });
  const program = fc
    .array(fc.constantFrom(...sizes), { minLength: 8, maxLength: 8 })
    .chain((places) =>
      fc.tuple(
        fc.constant(places),
        fc.array(access(places), { maxLength: 30 }),
        fc.array(fc.bigInt(0n, 2n ** 64n - 1n), { minLength: 6, maxLength: 6 }),
      ),
    );
  fc.assert(
    fc.property(program, ([places, accesses, values]) => {
      const start = [
        ...values.map((value, r) => `r${r} = ${value} ll`),
        ...places.map(
          (size, i) =>
            `*(u${{ [SIZE.B]: 8, [SIZE.H]: 16, [SIZE.W]: 32, [SIZE.DW]: 64 }[size]} *)(r10 - ${8 * (i + 1)}) = r${i % 6}`,
        ),
      ];
      const end = [1, 2, 3, 4, 5].map((r) => `r0 *= 31\nr0 ^= r${r}`);
      const insns = [...assembleText(start.join("\n")), ...accesses, ...assembleText(`${end.join("\n")}\nexit`)];
      const spec = { type: "raw", name: "slots", insns, maps: [], license: "GPL" } as const;
      const result = (engine: typeof jit | typeof interpret) => [
        engine(trusted(spec), environment, []).run(0),
        environment.memory.returnHigh,
      ];
      expect(result(jit)).toEqual(result(interpret));
    }),
    { numRuns: 300 },
  );
});
