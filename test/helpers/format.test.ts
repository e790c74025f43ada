import { describe, expect, test } from "vitest";
import { formatAt, parseFormat } from "../../src/helpers/format.ts";
import { DIRECT_MAP_HIGH } from "../../src/memory/memory.ts";
import { BareHost } from "./bare-host.ts";

const host = new BareHost();

/** What a format prints for 64-bit values; the errno where it is refused. */
function print(format: string, ...values: bigint[]): string | number {
  const at = host.put(`${format}\0`);
  const halves = values.flatMap((value) => [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))]);
  return formatAt(host.memory, at, new TextEncoder().encode(format).length + 1, halves);
}

/** The address that a program has of an offset. */
const address = (offset: number): bigint => (BigInt(DIRECT_MAP_HIGH >>> 0) << 32n) | BigInt(offset);

describe("formats of trace_printk", () => {
  test.each([
    ["pid %d\n", [-5n], "pid -5\n"],
    ["%u", [-1n], "4294967295"],
    ["%x %X", [0xabcn, 0xabcn], "abc ABC"],
    ["%d", [0x1_0000_0001n], "1"],
    ["%ld %lld", [-(2n ** 63n), 2n ** 40n], "-9223372036854775808 1099511627776"],
    ["%lu", [-1n], "18446744073709551615"],
    ["%llx", [-1n], "ffffffffffffffff"],
    ["[%5d][%-5d][%05d]", [42n, 42n, -42n], "[   42][42   ][-0042]"],
    ["%+d % d %+u", [1n, 2n, 3n], "+1  2 3"],
    ["%08x", [0xbeefn], "0000beef"],
    ["%c%c", [72n, 105n], "Hi"],
    ["%p", [0xffff888000000010n], "ffff888000000010"],
    ["%px|%6px|%06px", [16n, 16n, 16n], "0000000000000010|    10|000010"],
    ["100%% of %d", [3n], "100% of 3"],
    ["%s", [0n], ""],
  ] as const)("%o with %o", (format, values, wanted) => {
    expect(print(format, ...values)).toBe(wanted);
  });

  test("text and addresses in memory", () => {
    const text = address(host.put("curl\0"));
    const ip = address(host.put(new Uint8Array([192, 168, 1, 9])));
    const ip6 = address(host.put(new Uint8Array([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])));
    expect(print("%s|%6s|%pks", text, text, text)).toBe("curl|  curl|curl");
    expect(print("%pI4 %pi4", ip, ip)).toBe("192.168.1.9 192.168.001.009");
    expect(print("%pI6 %pi6", ip6, ip6)).toBe(
      "2001:0db8:0000:0000:0000:0000:0000:0001 20010db8000000000000000000000001",
    );
    expect(print("%pI4", 0n)).toBe("0.0.0.0");
  });

  test.each(["%", "%f", "%hd", "%.3d", "%*d", "%llld", "%ss", "%pI5", "%py", "bell\x07"])("%o is refused", (format) => {
    expect(print(format, 1n, 2n, 3n)).toBe(-22);
  });

  test("more conversions than values are refused, fewer are not", () => {
    expect(print("%d %d", 1n)).toBe(-22);
    expect(print("%d", 1n, 2n, 3n)).toBe("1");
  });

  test("a format without its zero is refused, what comes after the zero does not count", () => {
    const at = host.put("abc\0%f");
    expect(formatAt(host.memory, at, 3, [])).toBe(-22);
    expect(formatAt(host.memory, at, 6, [])).toBe("abc");
  });

  test("a format taken apart keeps its text and its order", () => {
    const parts = parseFormat("a%%b %5lx.", 3)!;
    expect(parts.map((part) => (typeof part === "string" ? part : part.kind))).toEqual(["a", "%", "b ", "hex", "."]);
  });

  test("the line goes to the trace pipe as text, its length counts bytes", () => {
    const format = "größe %d\0";
    const size = new TextEncoder().encode(format).length;
    expect(host.call("trace_printk", host.put(format), size, 5, 0, 0, 0, 0, 0)).toBe(size - 2);
    expect(host.lines.at(-1)).toBe("größe 5");
    expect(host.call("trace_printk", host.put("%f\0"), 3, 0, 0, 0, 0, 0, 0)).toBe(-22);
    expect(host.lines.length).toBe(1);
  });
});
