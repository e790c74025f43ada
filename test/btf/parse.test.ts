import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBtf } from "../../src/btf/btf.ts";
import { buildBtf } from "../../src/btf/build.ts";
import { BtfError } from "../../src/btf/error.ts";
import { alignOf, sizeOf } from "../../src/btf/size.ts";
import { anyTypes } from "./arbitrary.ts";
import { array, constant, int, member, ptr, struct, typedef, union } from "./types.ts";

/** The error of reading these bytes. */
function errorOf(bytes: Uint8Array): BtfError {
  try {
    parseBtf(bytes);
  } catch (error) {
    if (error instanceof BtfError) return error;
    throw error;
  }
  throw new Error("it can be read");
}

const small = () => buildBtf([int("int", 4, "signed"), ptr(1)]);
const patched = (at: number, value: number, bytes = small()) => {
  new DataView(bytes.buffer).setUint32(at, value, true);
  return bytes;
};

describe("reading", () => {
  it("gives back every type that was written", () => {
    fc.assert(
      fc.property(anyTypes, (types) => {
        const btf = parseBtf(buildBtf(types));
        expect([...btf.types()]).toEqual(types.map((type, index) => ({ id: index + 1, ...type })));
      }),
    );
  });

  it("reads at any alignment", () => {
    const bytes = small();
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(parseBtf(shifted.subarray(3)).type(1).name).toBe("int");
  });

  it("continues ids and names of a base", () => {
    const base = parseBtf(small());
    const split = parseBtf(buildBtf([typedef("number", 1), ptr(3)], base), base);
    expect(split.firstId).toBe(3);
    expect(split.count).toBe(5);
    expect(split.type(3)).toEqual({ kind: "typedef", id: 3, name: "number", type: 1 });
    expect(split.resolve(3)).toBe(base.type(1));
    expect(split.byName("int")?.id).toBe(1);
    expect(split.byName("number", "typedef")?.id).toBe(3);
    expect([...split.types()].map(({ id }) => id)).toEqual([3, 4]);
  });

  it("finds types by name and kind, in the order of their ids", () => {
    const btf = parseBtf(buildBtf([int("a", 4), struct("a", 4), typedef("b", 1), union("a", 4)]));
    expect([...btf.allByName("a")].map(({ id }) => id)).toEqual([1, 2, 4]);
    expect(btf.byName("a", "union")?.id).toBe(4);
    expect(btf.byName("a", "enum")).toBeUndefined();
    expect(btf.byName("c")).toBeUndefined();
    expect(btf.byName("")).toBeUndefined();
  });

  it("makes one object of a type", () => {
    const btf = parseBtf(small());
    expect(btf.type(1)).toBe(btf.type(1));
    expect(btf.type(0)).toEqual({ kind: "void", id: 0, name: "void" });
  });
});

describe("bytes that are no BTF", () => {
  it.each([
    ["nothing", new Uint8Array(0), "header", "hdr_len not found"],
    ["less than the header", small().subarray(0, 20), "header", "btf_header not found"],
    ["another magic", patched(0, 0x0001_eb9e), "header", "Invalid magic"],
    ["version 2", patched(0, 0x0002_eb9f), "header", "Unsupported version"],
    ["flags", patched(0, 0x0101_eb9f), "header", "Unsupported flags"],
    ["names behind the end", patched(16, 4000), "header", "Invalid section offset"],
    ["types behind the end", patched(8, 4000), "header", "Unsupported section found"],
    ["a header of no bytes", patched(4, 0), "header", "Invalid magic"],
    ["a header of 13 bytes", patched(4, 13), "header", "Unsupported section found"],
    ["types absurdly far behind it", patched(8, 0x8100_0000), "header", "Invalid section offset"],
    ["types longer than the rest", patched(12, 4000), "header", "Total section length too long"],
    ["names that overlap the types", patched(16, 4), "header", "Section overlap found"],
    ["a gap", patched(20, 2), "header", "Unsupported section found"],
    ["no zero at the end", small().fill(65, -1), "strings", "Invalid string section"],
    ["kind 20", patched(24 + 4, 20 << 24), "types", "Invalid kind:20"],
    ["kind 0", patched(24 + 4, 0), "types", "Invalid kind:0"],
    ["unused bits", patched(24 + 4, 0x0101_0000), "types", "Invalid btf_info:1010000"],
    ["a name that does not exist", patched(24, 99), "types", "Invalid name_offset:99"],
    ["a type that does not exist", patched(24 + 16 + 8, 3), "types", "Invalid type_id: 3 of 3 types"],
    ["more members than bytes", patched(24 + 16 + 4, (4 << 24) | 7), "types", "meta_left:0 meta_needed:84"],
    ["a strange integer", patched(24 + 12, 0x0300_0020), "types", "Unsupported encoding"],
  ])("%s", (_, bytes, section, reason) => {
    const error = errorOf(bytes);
    expect(error.reason).toBe(reason);
    expect(error.section).toBe(section);
    expect(error.offset).toBeLessThanOrEqual(bytes.length);
    expect(error.code).toBe("BTF");
  });

  it("says that big-endian is not read", () => {
    expect(errorOf(Uint8Array.of(0xeb, 0x9f, 1, 0, 0, 0, 0, 24)).reason).toMatch(/big-endian/);
  });

  it("has no type of an id that is too large, negative or no integer", () => {
    const btf = parseBtf(small());
    for (const id of [3, -1, 0.5, Number.NaN]) expect(() => btf.type(id)).toThrow(BtfError);
  });

  it("mutated: an error, or types that can all be read", () => {
    fc.assert(
      fc.property(
        anyTypes,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.nat(),
        (types, edits, cut) => {
          const bytes = buildBtf(types);
          for (const [at, value] of edits) bytes[at % bytes.length] = value;
          try {
            const btf = parseBtf(cut % 4 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes);
            for (const { id } of btf.types()) {
              sizeOf(btf, id);
              alignOf(btf, id);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(BtfError);
          }
        },
      ),
      { numRuns: process.env.BPFBOOK_NIGHT ? 20_000 : 500 },
    );
  });
});

describe("what lies behind a type", () => {
  const btf = parseBtf(
    buildBtf([
      int("int", 4, "signed"),
      constant(1),
      typedef("id_t", 2),
      array(3, 5),
      struct("pair", 16, member("a", 1, 0), member("b", 6, 8)),
      ptr(5),
      struct("packed", 9, member("a", 1, 0), member("b", 6, 1)),
      typedef("loop", 8),
      array(9, 2),
    ]),
  );

  it("skips typedefs and qualifiers", () => {
    expect(btf.resolve(3)).toBe(btf.type(1));
    expect(btf.resolve(4)).toBe(btf.type(4));
  });

  it("has a size and an alignment", () => {
    expect([3, 4, 5, 6, 7].map((id) => sizeOf(btf, id))).toEqual([4, 20, 16, 8, 9]);
    expect([3, 4, 5, 6, 7].map((id) => alignOf(btf, id))).toEqual([4, 4, 8, 8, 1]);
    expect(sizeOf(btf, 0)).toBeUndefined();
  });

  it("is an error where it never ends", () => {
    for (const ask of [() => btf.resolve(8), () => sizeOf(btf, 9), () => alignOf(btf, 9)])
      expect(ask).toThrow(/Loop detected/);
  });

  it("takes linear time where structs hold two of the next", () => {
    const types = [int("int", 4)];
    for (let id = 1; id < 60; id++) types.push(struct(`s${id}`, 4, member("a", id, 0), member("b", id, 0)));
    expect(alignOf(parseBtf(buildBtf(types)), 60)).toBe(4);
  });
});
