import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BareHost } from "../../helpers/bare-host.ts";
import {
  available,
  close,
  mapCreate,
  mapFreeze,
  mapLookup,
  mapUpdate,
  progLoad,
  progTestRun,
  suiteName,
} from "../bpf.ts";
import { add, call, EXIT, program, set, wide } from "../slots.ts";

const SIZE = 256;
const KEY = new Uint8Array(4);

/** A value that programs may write, filled with bytes; gives the map's descriptor. */
function memory(bytes: Uint8Array, flags = 0): number {
  const { fd } = mapCreate({ type: "array", keySize: 4, valueSize: SIZE, maxEntries: 1, flags });
  const value = new Uint8Array(SIZE);
  value.set(bytes);
  mapUpdate(fd, KEY, value);
  return fd;
}

/** A constant: programs may only read it, and nobody may change it. */
function constant(bytes: Uint8Array): number {
  const fd = memory(bytes, 0x80);
  mapFreeze(fd);
  return fd;
}

/** Runs a helper on Linux; arguments are numbers or `[map, offset]`. Its result, and the first map's bytes afterwards. */
function onLinux(
  id: number,
  mapFds: readonly number[],
  args: readonly (number | readonly [number, number])[],
): { result: bigint; bytes: Uint8Array } {
  const out = memory(new Uint8Array(0));
  const slots = args.flatMap((arg, at) =>
    typeof arg === "number" ? [...wide(at + 1, BigInt(arg))] : [...wide(at + 1, arg[0], 2), add(at + 1, arg[1])],
  );
  const insns = program(
    slots,
    [call(id)],
    [...wide(1, mapFds.length, 2)],
    [
      // *(u64 *)(r1 + 0) = r0
      Uint8Array.of(0x7b, 0x01, 0, 0, 0, 0, 0, 0),
      set(0, 0),
      EXIT,
    ],
  );
  const { fd, ok, log } = progLoad({ type: "xdp", insns, mapFds: [...mapFds, out], logLevel: 1 });
  // The verifier reads a constant format and refuses one that wants more arguments than there are.
  const refused = !ok && log.includes("Invalid format string");
  if (!refused) expect(ok, log).toBe(true);
  progTestRun(fd, { data: new Uint8Array(64) });
  const result = refused ? -22n : new DataView(mapLookup(out, KEY, SIZE).value!.buffer).getBigInt64(0, true);
  const bytes = mapLookup(mapFds[0], KEY, SIZE).value!;
  for (const each of [fd, out, ...mapFds]) close(each);
  return { result, bytes };
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const runs = process.env.BPFBOOK_NIGHT ? 2000 : 120;

describe.skipIf(!available)(suiteName("helpers for text and sums against the running Linux"), () => {
  test.each([
    ["strtol", 105],
    ["strtoul", 106],
  ] as const)("%s", (name, id) => {
    const text = fc.oneof(
      fc.array(fc.constantFrom(..." \t-+0x178fFgX\0"), { minLength: 1, maxLength: 12 }).map((chars) => chars.join("")),
      fc.bigInt(-(2n ** 65n), 2n ** 65n).map(String),
      fc.constantFrom(
        "-9223372036854775808",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "0x",
        "0xg",
        "-0x10",
        "08",
      ),
      fc.nat(70).map((length) => "1".repeat(length + 1)),
      fc.nat(70).map((length) => `${"0".repeat(length + 1)}7`),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(0, 0, 8, 10, 16, 2, 32), (each, flags) => {
        const bytes = ascii(each);
        const { result, bytes: after } = onLinux(
          id,
          [memory(bytes)],
          [[0, 0], bytes.length, flags, [0, 128]].map((arg) => arg as never),
        );
        const host = new BareHost();
        const out = host.memory.allocate(8);
        host.memory.view.setBigUint64(out, 99n, true);
        expect([each, BigInt(host.call(name, host.put(bytes), bytes.length, flags, 0, out))]).toEqual([each, result]);
        expect(host.memory.u8.slice(out, out + 8)).toEqual(after.slice(128, 136));
      }),
      { numRuns: runs },
    );
  });

  test("strncmp", () => {
    const word = fc.array(fc.constantFrom("a", "b", "\xff", "\0"), { maxLength: 4 }).map((chars) => chars.join(""));
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 6 }), (text, other, size) => {
        const [a, b] = [text, other].map((each) =>
          Uint8Array.from(`${each}\0\0\0\0\0\0`, (char) => char.charCodeAt(0)),
        );
        const { result } = onLinux(182, [memory(a), constant(b)], [[0, 0], size, [1, 0]]);
        const host = new BareHost();
        expect(BigInt(host.call("strncmp", host.put(a), size, host.put(b)))).toBe(result);
      }),
      { numRuns: runs / 2 },
    );
  });

  test("csum_diff", () => {
    // Also of sizes that are no multiple of 4.
    const bytes = fc.uint8Array({ maxLength: 42 });
    fc.assert(
      fc.property(
        bytes,
        bytes,
        fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff_ffff })),
        (from, to, seed) => {
          const both = new Uint8Array(128);
          both.set(from);
          both.set(to, 64);
          const { result } = onLinux(28, [memory(both)], [[0, 0], from.length, [0, 64], to.length, seed]);
          const host = new BareHost();
          const low = host.call("csum_diff", host.put(from), from.length, host.put(to), to.length, seed | 0, 0);
          expect(BigInt.asIntN(64, host.u64(low))).toBe(result);
        },
      ),
      { numRuns: runs },
    );
  });

  test("snprintf", () => {
    const formats = [
      "",
      "plain",
      "%d",
      "%d %u %x",
      "%5d|%-5d|%05d",
      "%llx",
      "%c%c",
      "%lld %d",
      "%%",
      "%i%i%i%i%i",
      "%pI4",
      "%08x|%X",
    ];
    const data = new Uint8Array(new BigInt64Array([-5n, 0x1_2345_6789n, 77n, 1n]).buffer);
    for (const format of formats) {
      for (const [size, count] of [
        [64, 4],
        [6, 4],
        [1, 4],
        [64, 1],
        [64, 0],
      ] as const) {
        const text = ascii(`${format}\0`);
        const buffer = new Uint8Array(128).fill(0x21);
        const { result, bytes } = onLinux(
          165,
          [memory(buffer), constant(text), memory(data)],
          [[0, 0], size, [1, 0], [2, 0], 8 * count],
        );
        const host = new BareHost();
        const to = host.put(buffer);
        expect([format, BigInt(host.call("snprintf", to, size, host.put(text), host.put(data), 8 * count))]).toEqual([
          format,
          result,
        ]);
        expect([format, host.memory.u8.slice(to, to + 64)]).toEqual([format, bytes.slice(0, 64)]);
      }
    }
  });
});
