import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DecodeError, decode, encode, fromHex, toHex } from "../../src/isa/encode.ts";
import { slots } from "./arbitrary.ts";

describe("encode", () => {
  test("places each field", () => {
    const bytes = encode([{ code: 0xb7, dst: 1, src: 2, offset: -2, imm: 0x12345678 }]);
    expect([...bytes]).toEqual([0xb7, 0x21, 0xfe, 0xff, 0x78, 0x56, 0x34, 0x12]);
  });

  test("no instructions are no bytes", () => {
    expect(encode([])).toHaveLength(0);
    expect(decode(new Uint8Array())).toEqual([]);
  });

  test("any slots survive", () => {
    fc.assert(
      fc.property(slots, (insns) => {
        expect(decode(encode(insns))).toEqual(insns);
      }),
    );
  });

  test("any whole slots of bytes survive", () => {
    const whole = fc.uint8Array({ maxLength: 80 }).map((bytes) => bytes.subarray(0, bytes.length - (bytes.length % 8)));
    fc.assert(
      fc.property(whole, (bytes) => {
        expect([...encode(decode(bytes))]).toEqual([...bytes]);
      }),
    );
  });

  test("a view into a larger buffer is read at its own place", () => {
    const bytes = new Uint8Array(20);
    bytes.set(encode([{ code: 0x95, dst: 0, src: 0, offset: 0, imm: 0 }]), 5);
    expect(decode(bytes.subarray(5, 13))).toEqual([{ code: 0x95, dst: 0, src: 0, offset: 0, imm: 0 }]);
  });
});

test.each([1, 7, 9, 23])("%i bytes are no program", (length) => {
  const attempt = () => decode(new Uint8Array(length));
  expect(attempt).toThrow(DecodeError);
  expect(attempt).toThrow(`${length} bytes are no whole number of 8-byte instructions: ${length % 8} left over`);
});

describe("hexadecimal", () => {
  test("digits in both cases, with blanks and line ends between", () => {
    expect([...fromHex(" b7 00\nFF\t0a ")]).toEqual([0xb7, 0x00, 0xff, 0x0a]);
    expect(fromHex("")).toHaveLength(0);
  });

  test("any bytes survive", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect([...fromHex(toHex(bytes))]).toEqual([...bytes]);
      }),
    );
  });

  test.each([
    ["b7g0", '"g" is no hexadecimal digit', 2],
    ["0x95", '"x" is no hexadecimal digit', 1],
    ["123", "3 hexadecimal digits are no whole number of bytes", 3],
  ])("%o is refused", (text, message, position) => {
    expect(() => fromHex(text)).toThrow(expect.objectContaining({ code: "DECODE", message, position }));
  });

  test("any text is read or refused with a typed error", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          fromHex(text);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });
});
