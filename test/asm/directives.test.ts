import { describe, expect, test } from "vitest";
import { asm } from "./names.ts";

describe("constants", () => {
  test("stand where numbers do, in both forms", () => {
    const llvm = asm(
      ".equ SIZE, 8\nTWICE = SIZE * 2 // and so on\nr0 = TWICE + 1\n*(u8 *)(r10 - SIZE) = -SIZE\nr1 = TWICE ll",
    );
    expect(llvm.insns).toEqual(asm("r0 = 17\n*(u8 *)(r10 - 8) = -8\nr1 = 16 ll").insns);
    const mnemonic = asm("SIZE = 8\nmov r0, ~SIZE\nstb [r10-SIZE], SIZE\njeq r0, SIZE<<1, +0\ncall SIZE");
    expect(mnemonic.insns).toEqual(asm("mov r0, -9\nstb [r10-8], 8\njeq r0, 16, +0\ncall 8").insns);
  });

  test("hold for the whole text, and labels keep their own names", () => {
    const { insns } = asm("r0 = LAST\ngoto LAST\nLAST: exit\nLAST = 3");
    expect(insns).toEqual(asm("r0 = 3\ngoto +0\nexit").insns);
  });

  test("leave names of maps to maps", () => {
    expect(asm("sizes = 3\nr1 = map[sizes]\nr2 = sizes").insns).toEqual(asm("r1 = map[sizes]\nr2 = 3").insns);
  });

  test("after a blank and `;` only a directive is one, for ` ; x = 5` is a comment", () => {
    expect(asm("r0 = 1 ; .equ TWO, 2\nr1 = TWO").insns).toHaveLength(2);
    expect(asm("r0 = 1; TWO = 2\nr1 = TWO").insns).toHaveLength(2);
    expect(() => asm("r0 = 1 ; TWO = 2\nr1 = TWO")).toThrow("found `TWO`");
  });
});

describe("maps", () => {
  test("are declared in the text", () => {
    const text = "ENTRIES = 16\n.map counts, array, key 4, value 8, entries ENTRIES\nr1 = map[counts]\nexit";
    const { insns, declaredMaps } = asm(text);
    expect(insns[0]).toMatchObject({ code: 0x18, src: 1, imm: 2 });
    expect(declaredMaps.get("counts")).toEqual({
      ...{ name: "counts", type: "array", keySize: 4, valueSize: 8, maxEntries: 16, flags: 0 },
      line: { line: 2, column: 1, text: text.split("\n")[1] },
    });
  });

  test("sizes come in any order, and what has none is 0", () => {
    const { declaredMaps } = asm(
      ".map events, ringbuf, entries 1 << 12\n.map h, hash, flags 1, entries 1, value 2, key 3",
    );
    expect(declaredMaps.get("events")).toMatchObject({ keySize: 0, valueSize: 0, maxEntries: 4096 });
    expect(declaredMaps.get("h")).toMatchObject({ keySize: 3, valueSize: 2, maxEntries: 1, flags: 1 });
  });
});
