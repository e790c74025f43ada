import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asm, DISPLAY, stepVerifier } from "../../src/index.ts";
import { scalarPicture } from "../../src/views/verifier-steps/scalar.ts";

const TEXT = `
    r1 = *(u32 *)(r1 + 0)
    r0 = 0
    if r1 > 10 goto big
    r0 = r1
    exit
big:
    r0 = 1
    exit`;

describe("a number, drawn", () => {
  test("ranges on a line, known bits", () => {
    const { bar, bits } = scalarPicture("scalar(smin=0,smax=umax=255,var_off=(0x0; 0xff))")!;
    expect(bar).toMatchObject({ from: 0, to: 8 / 64, zero: 0, least: "0", most: "255" });
    expect(bits).toBe("xxxxxxxx");
    expect(scalarPicture("5")!.bits).toBe("00000101");
    expect(scalarPicture("scalar(smin=-5,smax=5)")!.bar).toMatchObject({ zero: 0.5, least: "-5", most: "5" });
    expect(scalarPicture("scalar(umin=16,umax=0x1fff,var_off=(0x10; 0x1fef))")!.bits).toBe("000xxxxx xxx1xxxx");
  });

  test("pointers and what is not known at all have no picture", () => {
    for (const state of ["scalar()", "pkt(r=14)", "fp0", "?", "map_value(map=a,ks=4,vs=8)"])
      expect(scalarPicture(state)).toBeUndefined();
  });

  test("a known number is a point at its place, whatever it is", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (number) => {
        const { bar, bits } = scalarPicture(`${number}`)!;
        expect(bar.from).toBe(bar.to);
        expect(bits).not.toContain("x");
        expect(BigInt(`0b${bits.replaceAll(" ", "")}`)).toBe(BigInt.asUintN(64, number));
      }),
    );
  });
});

describe("the verifier, step by step", () => {
  test("branches as text: where from, how far, why no further", async () => {
    const { "text/plain": text } = await stepVerifier(asm({ type: "socket_filter", name: "steps" })(TEXT))[DISPLAY]();
    expect(text).toBe(`steps, what the verifier did: accepted, 2 branches, 7 steps
branch 0, from the beginning, on at 0: 5 steps to the exit
  branch 1, parted from branch 0 at instruction 2, on at 5: 2 steps to the exit`);
  });

  test("a refusal is told, names are escaped, the page stays light", async () => {
    const refused = asm({ type: "socket_filter", name: "<b>" })`r0 = r5; exit`;
    const bundle = await stepVerifier(refused)[DISPLAY]();
    expect(bundle["text/plain"]).toContain("rejected: R5 !read_ok");
    expect(bundle["text/html"]).not.toContain("<b>");
    const loop = asm({ type: "socket_filter" })`
        r6 = 0
    again:
        r6 += 1
        if r6 < 30000 goto again
        r0 = 0
        exit`;
    expect(String((await stepVerifier(loop)[DISPLAY]())["text/html"]).length).toBeLessThan(400_000);
  });
});
