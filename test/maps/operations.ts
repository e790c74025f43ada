/** Random sequences of map operations, for the model, for Linux and for shrinking. */
import fc from "fast-check";

export type Operation =
  | { readonly op: "lookup" | "delete" | "next"; readonly key: Uint8Array }
  | { readonly op: "first" }
  | { readonly op: "update"; readonly key: Uint8Array; readonly value: Uint8Array; readonly flags: number };

/** Keys come from a few, so that operations meet; they differ in every byte, so that hashes do too. */
export function operations(keys: fc.Arbitrary<Uint8Array>, valueSize: number): fc.Arbitrary<Operation[]> {
  const value = fc.uint8Array({ minLength: valueSize, maxLength: valueSize });
  const flags = fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.constantFrom(1, 2) },
    { weight: 1, arbitrary: fc.constantFrom(3, 4, 5, 8, 0x8000_0000) },
  );
  const operation: fc.Arbitrary<Operation> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ op: fc.constant("update" as const), key: keys, value, flags }) },
    { weight: 3, arbitrary: fc.record({ op: fc.constantFrom("lookup" as const, "delete", "next"), key: keys }) },
    { weight: 1, arbitrary: fc.constant({ op: "first" as const }) },
  );
  return fc.array(operation, { maxLength: 60 });
}

/** Keys of `size` bytes, `count` of them. */
export const hashKeys = (size: number, count: number): fc.Arbitrary<Uint8Array> =>
  fc.nat(count - 1).map((seed) => Uint8Array.from({ length: size }, (_, at) => (seed + 1) * (31 * at + 7)));

/** Indexes within and around an array of `length` elements. */
export const arrayKeys = (length: number): fc.Arbitrary<Uint8Array> =>
  fc
    .oneof(
      { weight: 9, arbitrary: fc.nat(length + 1) },
      { weight: 1, arbitrary: fc.constantFrom(0x7fff_ffff, 0x8000_0000, 0xffff_ffff) },
    )
    .map((index) => new Uint8Array(new Uint32Array([index]).buffer));

/** Keys of LPM tries: few different data, all prefix lengths, some too long. */
export const prefixes = (dataSize: number): fc.Arbitrary<Uint8Array> =>
  fc
    .record({
      bits: fc.oneof(
        { weight: 12, arbitrary: fc.nat(8 * dataSize) },
        { weight: 1, arbitrary: fc.constantFrom(8 * dataSize + 1, 0xffff_ffff) },
      ),
      data: fc.array(fc.constantFrom(0, 0, 0xff, 0x80, 0xc0, 0x0f), { minLength: dataSize, maxLength: dataSize }),
    })
    .map(({ bits, data }) => new Uint8Array([...new Uint8Array(new Uint32Array([bits]).buffer), ...data]));
