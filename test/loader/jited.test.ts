import { describe, expect, test } from "vitest";
import { asm, DISPLAY, Machine, map, u64 } from "../../src/index.ts";

const sizes = map.array({ name: "sizes", value: u64, maxEntries: 1 });
const program = asm({ type: "xdp", name: "two", maps: [sizes] })`
  r1 = map[sizes]
  call ktime_get_ns
  r0 = 2
  exit`;

describe("jited code of a loaded program", () => {
  test.each(["jit", "interp"] as const)("its instructions beside their WebAssembly (loaded for %s)", async (engine) => {
    const listing = new Machine().load(program, { engine }).jited();
    expect(listing.rows.map(({ at, text }) => [at, text])).toEqual([
      [0, "(18) r1 = map[sizes]"],
      [2, "(85) call bpf_ktime_get_ns#5"],
      [3, "(b7) r0 = 2"],
      [4, "(95) exit"],
    ]);
    expect(listing.rows[2]!.wat[0]).toBe("i64.const 2");
    const bundle = await listing[DISPLAY]();
    expect(String(bundle["text/plain"])).toMatch(
      /^two: 4 instructions became \d+ of WebAssembly, a module of \d+ bytes\n/,
    );
    expect(String(bundle["text/plain"])).toContain("3: (b7) r0 = 2                   i64.const 2\n");
    expect(String(bundle["text/html"])).toContain("(b7) r0 = 2</td>");
  });

  test("an address in a map's value is named with its offset", () => {
    const value = asm({ type: "xdp", maps: [sizes] })("r1 = map[sizes][0]+4\nr0 = *(u32 *)(r1 + 0)\nexit");
    expect(new Machine().load(value).jited().rows[0]!.text).toBe("(18) r1 = map[sizes][0]+4");
  });
});
