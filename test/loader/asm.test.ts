import { describe, expect, it } from "vitest";
import { AsmError, asm, map, u32, u64, verify } from "../../src/index.ts";

const exit = "r0 = 0\nexit";

describe("asm", () => {
  it("makes a program with type, name, GPL license and source lines", () => {
    const program = asm({ type: "xdp", name: "pass" })`
      r0 = 2   // XDP_PASS
      exit
    `;
    expect(program).toMatchObject({ type: "xdp", name: "pass", license: "GPL", maps: [] });
    expect(program.insns).toHaveLength(2);
    expect(program.lines?.[0]).toMatchObject({ line: 2, text: "      r0 = 2   // XDP_PASS" });
  });

  it("is named after its type unless a name is given", () => {
    expect(asm({ type: "xdp" })`r0 = 2; exit`.name).toBe("xdp");
  });

  it("finds the map that was declared last under a name", () => {
    map.hash({ name: "asm_test", key: u32, value: u64, maxEntries: 1 });
    const second = map.hash({ name: "asm_test", key: u32, value: u64, maxEntries: 2 });
    const program = asm({ type: "xdp" })`
      r1 = map[asm_test]
      r0 = 2
      exit
    `;
    expect(program.maps).toEqual([second]);
    expect(program.insns[0]).toMatchObject({ code: 0x18, src: 1, imm: 0 });
  });

  it("prefers the maps given in the options, and numbers maps by first use", () => {
    const spec = (name: string) =>
      ({ type: "array", name, keySize: 4, valueSize: 8, maxEntries: 1, flags: 0 }) as const;
    const [a, b] = [spec("asm_a"), spec("asm_b")];
    const program = asm({ type: "xdp", maps: [a, b] })`
      r1 = map[asm_b]
      r2 = map[asm_a]
      r3 = map[asm_b]
      r0 = 2
      exit
    `;
    expect(program.maps).toEqual([b, a]);
    expect([0, 2, 4].map((slot) => program.insns[slot]!.imm)).toEqual([0, 1, 0]);
  });

  it("takes maps that the text declares, before others of their name", () => {
    map.hash({ name: "asm_inside", key: u32, value: u64, maxEntries: 1 });
    const program = asm({ type: "xdp" })`
      .map asm_unused, hash, key 4, value 4, entries 1
      .map asm_inside, array, key 4, value 8, entries 16
      lddw r1, map[asm_inside]
      lddw r2, map[asm_inside]
      mov r0, 2
      exit
    `;
    expect(program.maps).toEqual([
      { name: "asm_inside", type: "array", keySize: 4, valueSize: 8, maxEntries: 16, flags: 0 },
    ]);
    expect(verify(program).ok).toBe(true);
    expect(() => asm({ type: "xdp" })`.map asm_wrong, aray, key 4`).toThrow("did you mean `array`?");
  });

  it("takes numbers, texts and maps in its holes", () => {
    const counts = map.array({ name: "asm_counts", value: u64, maxEntries: 1 });
    const program = asm({ type: "xdp" })`
      r1 = map[${counts}]
      r0 = ${40 + 2}
      r2 = ${0x1122334455667788n} ll
      ${"exit"}
    `;
    expect(program.maps).toEqual([counts]);
    expect(program.insns[2]!.imm).toBe(42);
    expect(program.insns[4]!.imm).toBe(0x11223344);
  });

  it("shows all faults at once, with places and suggestions", () => {
    map.hash({ name: "asm_sizes", key: u32, value: u64, maxEntries: 1 });
    try {
      asm({ type: "xdp" })`
        r1 = map[asm_sixes]
        call bpf_map_lookup_elen
        goto nowhere
        ${exit}
      `;
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(AsmError);
      const { diagnostics } = error as AsmError;
      expect(diagnostics.map(({ line }) => line)).toEqual([2, 3, 4]);
      expect(diagnostics[0]!.suggestion).toContain("asm_sizes");
      expect(diagnostics[1]!.suggestion).toContain("map_lookup_elem");
    }
  });
});
