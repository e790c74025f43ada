import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Btf, parseBtf } from "../../../src/btf/btf.ts";
import { buildBtf } from "../../../src/btf/build.ts";
import type { BtfTypeSpec, Member } from "../../../src/btf/type.ts";
import { type BpfValue, codecOf } from "../../../src/loader/object/btf-codec.ts";
import { CodecError } from "../../../src/maps/codec.ts";

const int = (name: string, size: number, encoding: "" | "signed" | "bool" = ""): BtfTypeSpec => ({
  ...{ kind: "int", name, size, bits: size * 8, bitOffset: 0, encoding },
});
const member = (name: string, type: number, bitOffset: number, bitSize = 0): Member => ({
  name,
  type,
  bitOffset,
  bitSize,
});

/** 1 u32, 2 s64, 3 char, 4 u8, 5 bool, 6 u64, 7 s32 */
const BASICS: readonly BtfTypeSpec[] = [
  ...[int("unsigned int", 4), int("long long", 8, "signed"), int("char", 1, "signed"), int("unsigned char", 1)],
  ...[int("_Bool", 1, "bool"), int("unsigned long", 8), int("int", 4, "signed")],
];
const withTypes = (...types: BtfTypeSpec[]): Btf => parseBtf(buildBtf([...BASICS, ...types]));

function roundTrip(btf: Btf, id: number, value: BpfValue): BpfValue {
  const codec = codecOf(btf, id)!;
  const view = new DataView(new ArrayBuffer(codec.size + 8));
  codec.write(view, 3, value);
  return codec.read(view, 3);
}

describe("values of C", () => {
  it("64 bits are bigints, char arrays text, other bytes bytes, enums names", () => {
    const btf = withTypes(
      {
        kind: "enum",
        name: "mode",
        size: 4,
        signed: true,
        values: [
          { name: "OFF", value: -1 },
          { name: "ON", value: 1 },
        ],
      },
      { kind: "array", name: "", type: 3, indexType: 1, length: 8 },
      { kind: "array", name: "", type: 4, indexType: 1, length: 2 },
      { kind: "ptr", name: "", type: 0 },
      { kind: "array", name: "", type: 6, indexType: 1, length: 2 },
    );
    expect(roundTrip(btf, 2, -5n)).toBe(-5n);
    expect(roundTrip(btf, 5, true)).toBe(true);
    expect([roundTrip(btf, 8, "OFF"), roundTrip(btf, 8, 1), roundTrip(btf, 8, 7)]).toEqual(["OFF", "ON", 7]);
    expect(roundTrip(btf, 9, "cat")).toBe("cat");
    expect(roundTrip(btf, 10, Uint8Array.of(1, 255))).toEqual(Uint8Array.of(1, 255));
    expect(roundTrip(btf, 11, 2n ** 63n)).toBe(2n ** 63n);
    expect(roundTrip(btf, 12, [1n, 2n])).toEqual([1n, 2n]);
    expect(() => roundTrip(btf, 8, "NO")).toThrow(CodecError);
    expect(codecOf(btf, 0)).toBeUndefined();
  });

  it("anonymous members are the struct's own; one member of a union is given; what is left out is zero", () => {
    const btf = withTypes(
      { kind: "union", name: "", size: 4, members: [member("word", 1, 0), member("low", 4, 0)] },
      { kind: "struct", name: "s", size: 16, members: [member("", 8, 0), member("at", 2, 64)] },
    );
    expect(roundTrip(btf, 9, { low: 7 })).toEqual({ word: 7, low: 7, at: 0n });
    expect(roundTrip(btf, 9, { word: 0x107, low: 7, at: 1n })).toEqual({ word: 0x107, low: 7, at: 1n });
    expect(() => roundTrip(btf, 9, { word: 1, low: 7 })).toThrow(/another member of the same union/);
    expect(() => roundTrip(btf, 9, { high: 1 })).toThrow(/no field of struct s/);
  });

  it("every bitfield gets back what was written, and leaves its neighbours alone", () => {
    const widths = fc.array(fc.tuple(fc.integer({ min: 1, max: 32 }), fc.boolean()), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(widths, fc.infiniteStream(fc.bigInt(0n, 2n ** 32n - 1n)), (fields, values) => {
        let at = 0;
        const members = fields.map(([bits, signed], index) => {
          const made = member(`f${index}`, signed ? 7 : 1, at, bits);
          at += bits;
          return made;
        });
        const btf = withTypes({ kind: "struct", name: "s", size: Math.ceil(at / 32) * 4, members });
        const value = Object.fromEntries(
          fields.map(([bits, signed], index) => {
            const raw = BigInt.asUintN(bits, values.next().value);
            return [`f${index}`, Number(signed ? BigInt.asIntN(bits, raw) : raw)];
          }),
        );
        expect(roundTrip(btf, 8, value)).toEqual(value);
      }),
    );
  });
});
