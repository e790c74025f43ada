import { describe, expect, test } from "vitest";
import { asm, map, u32, u64, verify } from "../../src/index.ts";
import { DISPLAY } from "../../src/plot/displayable.ts";
import { witnessHtml, witnessText } from "../../src/views/witness.ts";

const base = { at: 3, registers: [], steps: 3, elements: [] };

describe("a witness, shown", () => {
  test("what must be there, then what happens", () => {
    const text = witnessText({
      ...base,
      packet: Uint8Array.of(1, 2),
      elements: [{ map: "sizes", key: Uint8Array.of(5, 0, 0, 0), value: new Uint8Array(12) }],
      random: [7, 8],
      fault: "instruction 3: 1 byte beyond",
    });
    expect(text.split("\n")).toEqual([
      "An input on which it goes wrong:",
      `  map sizes holds 5 → 0000  ${" 00 ".repeat(12).trim()}                  ............`,
      "  bpf_get_prandom_u32 returns 7, then 8",
      "  a packet of 2 bytes",
      expect.stringMatching(/^ {4}0000 {2}01 {2}02 +\.\.$/),
      "  after 3 instructions, instruction 3: 1 byte beyond",
    ]);
  });

  test("where nothing is needed and nothing happens it says so; names are escaped", () => {
    expect(witnessText(base)).toContain("any input; maps are empty");
    expect(witnessText(base)).toContain("Linux does not allow it");
    const context = [{ name: "<b>", value: 5n }];
    expect(String(witnessHtml({ ...base, context }))).toContain("&#60;b&#62; is 5");
  });

  test("a refusal shows its witness", async () => {
    const counts = map.hash({ name: "counts", key: u32, value: u64, maxEntries: 4 });
    const program = asm({ type: "xdp", maps: [counts] })`
        *(u32 *)(r10 - 4) = 5
        r1 = map[counts]
        r2 = r10
        r2 += -4
        call bpf_map_lookup_elem
        r0 = *(u64 *)(r0 + 0)
        exit
    `;
    const bundle = await verify(program)[DISPLAY]();
    expect(bundle["text/plain"]).toMatch(/An input on which it goes wrong:\n {2}any input; maps are empty\n.*null/);
  });
});
