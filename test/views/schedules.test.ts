import { describe, expect, test } from "vitest";
import { asm, DISPLAY, explore, Machine, map, u64 } from "../../src/index.ts";

const PACKET = new Uint8Array(14);

async function shown(update: string): Promise<{ html: string; text: string[] }> {
  const counter = map.array({ name: "counter", value: u64, maxEntries: 1 });
  const m = new Machine({ cpus: 2 });
  const program = m.load(
    asm({ type: "xdp", name: "count", maps: [counter] })(`
      r6 = map[counter][0]
      ${update}
      r0 = 2
      exit`),
  );
  using both = m.interleave([
    { program, data: PACKET },
    { program, data: PACKET },
  ]);
  const bundle = await explore(both, { observe: () => `counter = ${m.map(counter).get(0)}` })[DISPLAY]();
  return { html: String(bundle["text/html"]), text: String(bundle["text/plain"]).split("\n") };
}

describe("what exploring schedules found", () => {
  test("a lost update is told instruction by instruction, each in the column of its CPU", async () => {
    const { text, html } = await shown("r1 = *(u64 *)(r6 + 0)\nr1 += 1\n*(u64 *)(r6 + 0) = r1");
    expect(text[0]).toMatch(/^Schedules: 2 ways to end; there is no other \(\d+ states visited\)$/);
    const lost = text.slice(text.indexOf("counter = 1: returned 2 and 2, after 1 preemption"));
    expect(lost.slice(1).map((line) => line.replaceAll(/\s+/g, " ").trim())).toEqual([
      "step CPU 0 CPU 1",
      "1 2: (79) r1 = *(u64 *)(r6 +0) read 0",
      "2 2: (79) r1 = *(u64 *)(r6 +0) read 0",
      "3 4: (7b) *(u64 *)(r6 +0) = r1 wrote 1",
      "4 4: (7b) *(u64 *)(r6 +0) = r1 wrote 1",
    ]);
    // Whoever read first writes last: the other's update is lost.
    const columns = lost.slice(2).map((line) => line.indexOf("2: (79)") + line.indexOf("4: (7b)"));
    expect(columns[0]).toBe(columns[3]);
    expect(columns[1]).toBe(columns[2]);
    expect(columns[0]).not.toBe(columns[1]);
    expect(html).toContain('<th scope="col"');
    expect(html).toContain("counter = 1");
  });

  test("the cure has one way to end", async () => {
    const { text } = await shown("r1 = 1\nlock *(u64 *)(r6 + 0) += r1");
    expect(text[0]).toMatch(/^Schedules: one way to end; there is no other/);
    expect(text.join("\n")).toMatch(/lock \*\(u64 \*\)\(r6 \+0\) \+= r1 {2}updated 2/);
  });
});
