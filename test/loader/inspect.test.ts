import { describe, expect, it } from "vitest";
import {
  ArgumentError,
  asm,
  byteTable,
  controlFlow,
  DISPLAY,
  type MimeBundle,
  map,
  u32,
  u64,
} from "../../src/index.ts";
import { flowSvg } from "../../src/views/flow/svg.ts";

const counts = map.hash({ name: "inspected", key: u32, value: u64, maxEntries: 1 });
const program = asm({ type: "xdp", name: "looped" })`
      r6 = 0
again:
      r6 += 1
      if r6 < 9 goto again
      r1 = map[${counts}]
      call bpf_ktime_get_ns
      r0 = 2
      exit
`;
const shown = async (value: { [DISPLAY](): MimeBundle | Promise<MimeBundle> }) =>
  (await value[DISPLAY]()) as Record<"text/html" | "text/plain", string>;

describe("controlFlow", () => {
  it("is data, and shows a drawing with the same as text", async () => {
    const flow = controlFlow(program);
    expect(flow.functions[0].loops).toEqual([{ header: 1, latches: [1], parent: undefined, depth: 1 }]);
    const bundle = await shown(flow);
    expect(bundle["text/plain"]).toContain("Control flow: 1 function, 3 blocks, 1 loop");
    expect(bundle["text/plain"]).toContain("r1 = map[inspected]");
    expect(bundle["text/html"]).toMatch(/<svg [^>]*role="img" aria-label="Control flow: 1 function, 3 blocks"/);
    expect(bundle["text/html"]).toContain("call bpf_ktime_get_ns#5");
    expect(bundle["text/html"]).not.toContain("<style>");
    expect(flow.toDot()).toContain("(18) r1 = map[inspected]");
  });

  it("escapes what programs say, and cuts what is too long", () => {
    const long = asm({ type: "xdp" })`${"r0 += 1\n".repeat(100)}if r0 < r1 goto +0; exit`;
    const svg = flowSvg(controlFlow(long).functions, controlFlow(long).textOf)!;
    expect(svg).toContain("… 77 more");
    expect(svg).toContain("if r0 &#60; r1 goto pc+0");
    expect(svg.match(/<tspan/g)!.length).toBeLessThan(40);
  });

  it("does not draw what nobody could read", async () => {
    const many = asm({ type: "xdp" })`${"if r0 == 1 goto +0\n".repeat(200)} exit`;
    const bundle = await shown(controlFlow(many));
    expect(bundle["text/plain"]).toContain("Not drawn: more than 150 blocks");
    expect(bundle["text/html"]).not.toContain("<svg");
  });

  it("refuses what is no program", () => {
    expect(() => controlFlow(undefined as never)).toThrow(ArgumentError);
    expect(() => byteTable({ insns: [{ code: 999 }] } as never)).toThrow("program.insns[0].code");
  });
});

describe("byteTable", () => {
  it("has a row a slot, and shows a table", async () => {
    const table = byteTable(program);
    expect(table.rows).toHaveLength(program.insns.length);
    expect(table.rows[0]).toMatchObject({ class: "ALU64", operation: "MOV", source: "K", dst: 6, text: "r6 = 0" });
    const bundle = await shown(table);
    expect(bundle["text/plain"]).toMatch(/^8 slots of 8 bytes\n\nslot {2}bytes/);
    expect(bundle["text/html"]).toContain("call bpf_ktime_get_ns");
    expect(bundle["text/html"].match(/<tr/g)).toHaveLength(9);
  });

  it("says of a long program only how much more there is", async () => {
    const long = await shown(byteTable(asm({ type: "xdp" })`${"r0 += 1\n".repeat(300)}exit`));
    expect(long["text/plain"]).toMatch(/\n51 slots more\n$/);
  });
});
