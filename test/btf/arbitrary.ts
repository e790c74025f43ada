import fc from "fast-check";
import type { BtfTypeSpec } from "../../src/btf/type.ts";

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,6}$/);
const anyName = fc.oneof(name, fc.constant(""));
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

/** One type whose references are below `types`; each kind, with any values that the format holds. */
export function anyType(types: number): fc.Arbitrary<BtfTypeSpec> {
  const type = fc.integer({ min: 0, max: types - 1 });
  const linkage = fc.constantFrom("static" as const, "global" as const, "extern" as const);
  const flag = fc.boolean();
  const members = (bits: fc.Arbitrary<number>) =>
    fc.array(fc.record({ name: anyName, type, bitOffset: fc.nat(0xff_ffff), bitSize: bits }), { maxLength: 4 });
  const composite = (kind: "struct" | "union") =>
    fc.record({
      kind: fc.constant(kind),
      name: anyName,
      size: u32,
      members: fc.oneof(members(fc.constant(0)), members(fc.nat(255))),
    });
  const modifier = (kind: "ptr" | "typedef" | "volatile" | "const" | "restrict") =>
    fc.record({ kind: fc.constant(kind), name: anyName, type });
  const signed = <T>(of: (signed: boolean) => fc.Arbitrary<T>) => flag.chain(of);
  return fc.oneof(
    fc.record({
      kind: fc.constant("int" as const),
      name,
      size: fc.constantFrom(1, 2, 4, 8, 16),
      bits: fc.nat(128),
      bitOffset: fc.nat(127),
      encoding: fc.constantFrom("" as const, "signed" as const, "char" as const, "bool" as const),
    }),
    fc.record({ kind: fc.constant("array" as const), name: fc.constant(""), type, indexType: type, length: u32 }),
    composite("struct"),
    composite("union"),
    signed((signed) => {
      const value = signed ? fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) : u32;
      const values = fc.array(fc.record({ name, value }), { maxLength: 4 });
      return fc.record({
        kind: fc.constant("enum" as const),
        name: anyName,
        size: fc.constant(4),
        signed: fc.constant(signed),
        values,
      });
    }),
    signed((signed) => {
      const value = signed ? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) : fc.bigInt(0n, 2n ** 64n - 1n);
      const values = fc.array(fc.record({ name, value }), { maxLength: 4 });
      return fc.record({
        kind: fc.constant("enum64" as const),
        name: anyName,
        size: fc.constant(8),
        signed: fc.constant(signed),
        values,
      });
    }),
    fc.record({
      kind: fc.constant("fwd" as const),
      name,
      of: fc.constantFrom("struct" as const, "union" as const),
    }),
    modifier("ptr"),
    modifier("typedef"),
    modifier("volatile"),
    modifier("const"),
    modifier("restrict"),
    fc.record({ kind: fc.constant("type_tag" as const), name, type, attribute: flag }),
    fc.record({ kind: fc.constant("func" as const), name, type, linkage }),
    fc.record({
      kind: fc.constant("func_proto" as const),
      name: fc.constant(""),
      type,
      params: fc.array(fc.record({ name: anyName, type }), { maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant("var" as const), name, type, linkage }),
    fc.record({
      kind: fc.constant("datasec" as const),
      name,
      size: u32,
      vars: fc.array(fc.record({ type, offset: u32, size: u32 }), { maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant("float" as const), name, size: fc.constantFrom(2, 4, 8, 16) }),
    fc.record({
      kind: fc.constant("decl_tag" as const),
      name,
      type,
      component: fc.integer({ min: -1, max: 100 }),
      attribute: flag,
    }),
  ) as fc.Arbitrary<BtfTypeSpec>;
}

/** A list of types that refer to each other at random. */
export const anyTypes: fc.Arbitrary<BtfTypeSpec[]> = fc
  .integer({ min: 1, max: 12 })
  .chain((count) => fc.array(anyType(count + 1), { minLength: count, maxLength: count }));
