import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hmac, Variant } from "../../src/grade/assignment/index.ts";
import { ASSIGNMENTS } from "../../src/grade/assignments/index.ts";
import { GradeError } from "../../src/grade/error.ts";

const SECRET = "a secret of the tests, long enough";

describe("a variant", () => {
  it("follows from HMAC-SHA256 as everybody computes it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 150 }), fc.uint8Array({ maxLength: 150 }), (key, text) => {
        expect([...hmac(key, text)]).toEqual([...createHmac("sha256", key).update(text).digest()]);
      }),
      { numRuns: 50 },
    );
  });

  it("draws the same for the same student, whatever else is drawn, and something else for another", () => {
    const [a, b, c] = ["anna", "anna", "bert"].map((student) => Variant.of(SECRET, "a1", student)) as [
      Variant,
      Variant,
      Variant,
    ];
    a.number("another", 0, 9);
    expect([a.id, a.bytes("x", 40), a.name("n"), a.sample("s", [1, 2, 3, 4], 3)]).toEqual([
      b.id,
      b.bytes("x", 40),
      b.name("n"),
      b.sample("s", [1, 2, 3, 4], 3),
    ]);
    expect(c.id).not.toBe(a.id);
    expect(c.bytes("x", 40)).not.toEqual(a.bytes("x", 40));
    expect(a.part("1").id).not.toBe(a.id);
  });

  it("keeps to its ranges", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: -1000, max: 1000 }), fc.nat(5000), (label, least, width) => {
        const v = Variant.practice("a1", 3);
        const number = v.number(label, least, least + width);
        expect(number >= least && number <= least + width).toBe(true);
        expect(v.name(label)).toMatch(/^[a-z]{4,8}$/);
        expect(new Set(v.sample(label, [1, 2, 3, 4, 5], 4)).size).toBe(4);
      }),
      { numRuns: 100 },
    );
  });

  it("needs a secret that cannot be guessed", () => {
    expect(() => Variant.of("course", "a1", "anna")).toThrow(GradeError);
  });

  it.each(Object.values(ASSIGNMENTS))("of $id is plain data, and differs between students", (row) => {
    const drawn = Array.from({ length: 12 }, (_, at) => row.variant(Variant.of(SECRET, row.id, `s${at}`)));
    for (const params of drawn) expect(JSON.parse(JSON.stringify(params))).toEqual(params);
    expect(new Set(drawn.map((params) => JSON.stringify(params))).size).toBeGreaterThan(8);
  });
});
