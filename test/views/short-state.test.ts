import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shortState } from "../../src/views/short-state.ts";

describe("a short state", () => {
  test.each([
    ["scalar(smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))", "scalar(umax=255)"],
    [
      "scalar(smin=umin=1,umax=0x7fffffffffffffff,var_off=(0x0; 0x7fffffffffffffff))",
      "scalar(umin=1,umax=0x7fffffffffffffff)",
    ],
    ["Pscalar(id=3,smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))", "Pscalar(id=3,umax=0xffffffff)"],
    ["pkt(id=1,off=14,r=34,smin=smin32=0,smax=umax=smax32=umax32=60)", "pkt(id=1,off=14,r=34,umax=60)"],
  ])("says once what %s says twice", (state, short) => expect(shortState(state)).toBe(short));

  test.each([
    // Known bits that are more than the bounds: a multiple of four.
    "scalar(umax=60,var_off=(0x0; 0x3c))",
    // Signed bounds that no unsigned ones imply.
    "scalar(smin=-5,smax=5)",
    "scalar(smax=-1)",
    // The lower half alone is bounded.
    "scalar(umax32=7,var_off=(0x0; 0xffffffff00000007))",
    // Tighter than what the 64-bit bounds say of it.
    "scalar(umax=0x1ffffffff,umax32=3)",
    "scalar()",
    "fp-8",
    "mmmm????",
    "map_value_or_null(id=1,map=sizes,ks=4,vs=8)",
  ])("keeps %s", (state) => expect(shortState(state)).toBe(state));

  test("of a range within 31 bits is that range, whatever else was stated of it", () => {
    const bound = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(bound, bound, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const bits = low === high ? 0 : 2 ** (Math.floor(Math.log2((low ^ high) >>> 0)) + 1) - 1;
        const known = `var_off=(0x${((low & ~bits) >>> 0).toString(16)}; 0x${bits.toString(16)})`;
        const state = `scalar(smin=umin=smin32=umin32=${low},smax=umax=smax32=umax32=${high},${known})`;
        expect(shortState(state)).toBe(`scalar(umin=${low},umax=${high})`);
      }),
    );
  });
});
