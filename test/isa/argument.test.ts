import { describe, expect, test } from "vitest";
import { ArgumentError, describe as inWords } from "../../src/isa/argument.ts";
import { decode, encode, fromHex, toHex } from "../../src/isa/encode.ts";

const exit = { code: 0x95, dst: 0, src: 0, offset: 0, imm: 0 };

describe("arguments of a wrong kind are told in one line", () => {
  test.each([
    [() => encode([{ ...exit, code: 999 }]), "insns[0].code must be a whole number from 0 to 255, got 999."],
    [() => encode([exit, { ...exit, dst: 16 }]), "insns[1].dst must be a whole number from 0 to 15, got 16."],
    [
      () => encode([{ ...exit, offset: 65536 }]),
      "insns[0].offset must be a whole number from -32768 to 65535, got 65536.",
    ],
    [
      () => encode([{ ...exit, imm: 0.5 }]),
      "insns[0].imm must be a whole number from -2147483648 to 4294967295, got 0.5.",
    ],
    [() => encode([{ code: 0x95 } as never]), "insns[0].dst must be a whole number from 0 to 15, got undefined."],
    [() => encode([null as never]), "insns[0] must be an instruction, got null."],
    [() => encode("95" as never), 'insns must be a list of instructions, got "95".'],
    [
      () => decode("95" as never),
      'bytes must be bytes (a Uint8Array), got "95". Bytes from hexadecimal digits: fromHex("0a0b").',
    ],
    [
      () => toHex([1] as never),
      "bytes must be bytes (a Uint8Array), got an array of 1. Bytes from numbers: Uint8Array.from([1, 2]).",
    ],
    [() => fromHex(95 as never), "text must be a string of hexadecimal digits, got 95."],
  ])("%s", (call, message) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(expect.objectContaining({ code: "ARGUMENT", message }));
  });

  test("signed fields may be written as their unsigned bits", () => {
    const [got] = decode(encode([{ ...exit, offset: 0xffff, imm: 0xffffffff }]));
    expect(got).toEqual({ ...exit, offset: -1, imm: -1 });
  });

  test("long texts are shortened", () => {
    expect(inWords("x".repeat(1000)).length).toBeLessThan(50);
  });
});

test("megabytes become digits and back at once", () => {
  const bytes = new Uint8Array(4 << 20).map((_, index) => index);
  expect(Buffer.compare(fromHex(toHex(bytes).toUpperCase()), bytes)).toBe(0);
});
