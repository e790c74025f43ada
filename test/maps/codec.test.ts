import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../src/isa/argument.ts";
import { bytes, type Codec, CodecError, char, s8, s16, s32, s64, u8, u16, u32, u64 } from "../../src/maps/codec.ts";
import { arrayOf, struct } from "../../src/maps/struct.ts";

const view = new DataView(new ArrayBuffer(256));
const bytesAt = (size: number, at = 0): number[] => [...new Uint8Array(view.buffer, at, size)];

function roundTrip<T>(codec: Codec<T>, value: T): T {
  // A dirty place: a codec must write all its bytes.
  new Uint8Array(view.buffer).fill(0xaa);
  codec.write(view, 8, value);
  expect(bytesAt(8)).toEqual(Array(8).fill(0xaa));
  expect(bytesAt(8, 8 + codec.size)).toEqual(Array(8).fill(0xaa));
  return codec.read(view, 8);
}

function refusal(write: () => void): CodecError {
  try {
    write();
  } catch (error) {
    expect(error).toBeInstanceOf(CodecError);
    return error as CodecError;
  }
  return expect.fail("the value was taken");
}

describe("integers", () => {
  const numbers = [
    [u8, 0, 255],
    [u16, 0, 65535],
    [u32, 0, 2 ** 32 - 1],
    [s8, -128, 127],
    [s16, -32768, 32767],
    [s32, -(2 ** 31), 2 ** 31 - 1],
  ] as const;

  test.each(numbers.map((row) => [row[0].name, ...row] as const))(
    "%s holds its range and no more",
    (_, codec, min, max) => {
      fc.assert(
        fc.property(fc.integer({ min, max }), (value) => {
          expect(roundTrip(codec, value)).toBe(value);
        }),
      );
      for (const bad of [min - 1, max + 1, 0.5, Number.NaN, 1n as never, "1" as never, undefined as never])
        expect(refusal(() => codec.write(view, 0, bad)).message).toContain(`an integer from ${min} to ${max}`);
    },
  );

  test.each([
    ["u64", u64, 0n, 2n ** 64n - 1n],
    ["s64", s64, -(2n ** 63n), 2n ** 63n - 1n],
  ] as const)("%s holds bigints, and says how to write one", (_, codec, min, max) => {
    fc.assert(
      fc.property(fc.bigInt({ min, max }), (value) => {
        expect(roundTrip(codec, value)).toBe(value);
      }),
    );
    for (const bad of [min - 1n, max + 1n]) refusal(() => codec.write(view, 0, bad));
    expect(refusal(() => codec.write(view, 0, 5 as never)).message).toContain("write 5n for 5");
  });

  test("are little-endian", () => {
    u32.write(view, 0, 0x01020304);
    expect(bytesAt(4)).toEqual([4, 3, 2, 1]);
  });
});

describe("text and bytes", () => {
  test("text ends at the first zero, or fills all", () => {
    expect(roundTrip(char(8), "bash")).toBe("bash");
    expect(roundTrip(char(4), "bash")).toBe("bash");
    expect(roundTrip(char(4), "")).toBe("");
    expect(roundTrip(char(6), "größ")).toBe("größ");
    refusal(() => char(3).write(view, 0, "bash"));
    refusal(() => char(5).write(view, 0, "größ"));
    refusal(() => char(5).write(view, 0, "a\0b"));
  });

  test("bytes are copies of exactly that length", () => {
    const value = roundTrip(bytes(3), new Uint8Array([1, 2, 3]));
    view.setUint8(8, 9);
    expect([...value]).toEqual([1, 2, 3]);
    expect(refusal(() => bytes(3).write(view, 0, new Uint8Array(4))).message).toBe(
      "the value must be 3 bytes, got 4 bytes",
    );
  });
});

describe("structures and arrays", () => {
  test("fields lie as C puts them", () => {
    const codec = struct({ a: u8, b: u64, c: u16, d: struct({ e: u8, f: u32 }), g: char(3) });
    expect(codec.fields.map(({ name, offset }) => [name, offset])).toEqual([
      ["a", 0],
      ["b", 8],
      ["c", 16],
      ["d", 20],
      ["g", 28],
    ]);
    expect([codec.size, codec.align]).toEqual([32, 8]);
    expect(codec.name).toBe("struct { u8 a; u64 b; u16 c; struct { u8 e; u32 f; } d; char[3] g; }");
    const value = { a: 1, b: 2n, c: 3, d: { e: 4, f: 5 }, g: "xy" };
    expect(roundTrip(codec, value)).toEqual(value);
  });

  test("padding is zero, so equal values are equal keys", () => {
    new Uint8Array(view.buffer).fill(0xff);
    struct({ a: u8, b: u32, c: u8 }).write(view, 0, { a: 1, b: 2, c: 3 });
    expect(bytesAt(12)).toEqual([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
  });

  test("arrays of anything", () => {
    const codec = arrayOf(struct({ a: u16, b: u8 }), 3);
    expect(codec.size).toBe(12);
    const value = [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
      { a: 5, b: 6 },
    ];
    expect(roundTrip(codec, value)).toEqual(value);
    expect(refusal(() => codec.write(view, 0, value.slice(1))).message).toBe(
      "the value must be an array of 3, got an array of 2",
    );
  });

  test("a mistake inside is named by its path", () => {
    const codec = struct({ flow: struct({ ports: arrayOf(u16, 2) }) });
    expect(refusal(() => codec.write(view, 0, { flow: { ports: [1, 70000] } })).path).toBe(".flow.ports[1]");
    expect(refusal(() => codec.write(view, 0, {} as never)).path).toBe(".flow");
    expect(refusal(() => codec.write(view, 0, null as never)).message).toContain("an object with flow");
    expect(refusal(() => codec.write(view, 0, { flow: { ports: [1, 2] }, flwo: 1 } as never)).path).toBe(".flwo");
  });
});

test.each([
  [() => char(-1), "size of char(size) must be a whole number of at least 1, got -1."],
  [() => char(1.5), "size of char(size) must be a whole number of at least 1, got 1.5."],
  [() => bytes("x" as never), 'size of bytes(size) must be a whole number of at least 1, got "x".'],
  [() => arrayOf(u32, -1), "length of arrayOf(codec, length) must be a whole number of at least 1, got -1."],
  [() => arrayOf(5 as never, 1), "codec of arrayOf(codec, length) must be a codec, such as u32"],
  [() => struct({ a: 5 as never }), "field a of struct(members) must be a codec, such as u32"],
  [() => struct(undefined as never), "members of struct(members) must be an object of codecs, got undefined."],
])("%s is no codec", (make, message) => {
  expect(make).toThrow(ArgumentError);
  expect(make).toThrow(message);
});
