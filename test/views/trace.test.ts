import { beforeAll, describe, expect, test } from "vitest";
import { asm, DISPLAY, Machine, map, u32, u64 } from "../../src/index.ts";
import { registerViews } from "../../src/views/index.ts";
import type { TraceData } from "../../src/views/trace/trace.client.ts";
import { stateAt } from "../../src/views/trace/trace-state.ts";

beforeAll(registerViews);

async function shown(text: string, steps?: number): Promise<{ html: string; text: string; data: unknown }> {
  const program = new Machine().load(asm({ type: "raw", name: "demo" })(text));
  const bundle = await program.trace(Uint8Array.of(1, 2, 3, 4), steps === undefined ? {} : { steps })[DISPLAY]();
  const html = String(bundle["text/html"]);
  return { html, text: String(bundle["text/plain"]), data: dataOf(html) };
}

const unescaped = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");

/** What the client in the frame reads. */
function dataOf(html: string): unknown {
  const page = unescaped(/srcdoc="([^"]*)"/.exec(html)![1]!);
  return JSON.parse(/id="data">([^<]*)</.exec(page)![1]!);
}

describe("a trace", () => {
  test("as text: every instruction as it was written and what it changed", async () => {
    const { text } = await shown("r0 = 5      // five\n*(u8 *)(r1 + 2) = 9\n*(u64 *)(r10 - 8) = r0\nexit");
    expect(text).toBe(`demo, 4 instructions traced, returned 5
    1    0: r0 = 5                                r0 = 0x5
    2    1: *(u8 *)(r1 + 2) = 9                   [memory+2] = 09
    3    2: *(u64 *)(r10 - 8) = r0                [fp-8] = 0500000000000000
    4    3: exit`);
  });

  test("without script its steps are a table, and the data only tells what changed", async () => {
    const { html, data } = await shown("r0 = 5\n*(u8 *)(r1 + 2) = 9\n*(u64 *)(r10 - 8) = r0\nexit");
    expect(html).toMatch(/<summary>The steps as a table<\/summary><table/);
    expect(html.replace(/srcdoc="[^"]*"/, "")).not.toContain("<script");
    expect(data).toMatchObject({
      pieces: [{ name: "memory", bytes: "01020304" }],
      steps: [
        [0, 0, [[0, "0x5"]], []],
        [1, 0, [], [[0, 2, "09"]]],
        [2, 0, [], [["s", -8, "0500000000000000"]]],
        [3, 0, [], []],
      ],
      end: 3,
      result: "returned 5",
    });
  });

  test("goes on in a program that is tail-called: both programs are listed, and the text says where it is", async () => {
    const next = map.progArray({ name: "next", maxEntries: 2 });
    const machine = new Machine();
    const first = machine.load(
      asm({ type: "socket_filter", name: "first" })`r2 = map[next]
r3 = 1
call bpf_tail_call
r0 = 0
exit`,
    );
    const second = machine.load(asm({ type: "socket_filter", name: "second" })`r0 = 7   // here
exit`);
    next.set(1, second.id);
    const bundle = await first.trace(new Uint8Array(14))[DISPLAY]();
    expect(bundle["text/plain"]).toMatch(
      /call bpf_tail_call .*\n +program second:\n +4 +0: r0 = 7 +r0 = 0x7\n +5 +1: exit$/,
    );
    const html = String(bundle["text/html"]);
    expect(html).toContain("second: (b7) r0 = 7");
    expect(dataOf(html)).toMatchObject({
      programs: [
        { name: "first" },
        {
          name: "second",
          rows: [
            [0, "(b7) r0 = 7", 1, "r0 = 7  // here"],
            [1, "(95) exit", 2, "exit"],
          ],
        },
      ],
      endProgram: 1,
    });
  });

  test("hashes are shown by key and value, as they were and as each step leaves them", async () => {
    const counts = map.hash({ name: "counts", key: u32, value: u64, maxEntries: 8 });
    const machine = new Machine();
    const program = machine.load(
      asm({ type: "socket_filter", name: "counter" })`*(u32 *)(r10 - 4) = 7
*(u64 *)(r10 - 16) = 3
r1 = map[counts]
r2 = r10
r2 += -4
r3 = r10
r3 += -16
r4 = 0
call map_update_elem
r1 = map[counts]
r2 = r10
r2 += -4
call map_lookup_elem
if r0 == 0 goto out
*(u64 *)(r0 + 0) = 4
out: r1 = map[counts]
r2 = r10
r2 += -4
call map_delete_elem
r0 = 0
exit`,
    );
    machine.map(counts).set(1, 100n);
    const bundle = await program.trace(new Uint8Array(14))[DISPLAY]();
    const data = dataOf(String(bundle["text/html"])) as TraceData;
    expect(data.maps).toEqual([{ name: "counts", elements: [["1", "100"]] }]);
    expect(data.steps.flatMap((step) => step[5] ?? [])).toEqual([
      [0, "7", "3"],
      [0, "7", "4"],
      [0, "7"],
    ]);
    const shownAfter = (count: number) =>
      stateAt(data, count)
        .parts.filter(({ title }) => title.startsWith("map counts"))
        .map(({ title, lines }) => [title, ...lines.map((line) => line.map(({ text }) => text).join(""))]);
    expect(shownAfter(0)).toEqual([["map counts, by key", "1: 100"]]);
    const deleted = data.steps.findIndex((step) => step[5]?.[0]?.length === 2);
    expect(shownAfter(deleted)).toEqual([["map counts, by key", "1: 100", "7: 4"]]);
    expect(shownAfter(deleted + 1)).toEqual([["map counts, by key; one was deleted *", "1: 100"]]);
    // The machine is as it was.
    expect([...machine.map(counts)]).toEqual([[1, 100n]]);
  });

  test("of large and per-CPU arrays what the run writes is shown by key", async () => {
    map.percpuArray({ name: "slots", value: u64, maxEntries: 1000 });
    const program = new Machine({ cpus: 2 }).load(
      asm({ type: "socket_filter", name: "writes" })`*(u32 *)(r10 - 4) = 600
r1 = map[slots]
r2 = r10
r2 += -4
call map_lookup_elem
if r0 == 0 goto out
*(u64 *)(r0 + 0) = 5
out: r0 = 0
exit`,
    );
    const data = dataOf(String((await program.trace(new Uint8Array(14))[DISPLAY]())["text/html"])) as TraceData;
    expect(data.maps).toEqual([{ name: "slots", elements: [], written: true }]);
    expect(stateAt(data, 3).parts.map(({ title }) => title)).not.toContain("map slots, what was written, by key");
    const end = stateAt(data, data.steps.length).parts.find(({ title }) => title.startsWith("map slots"));
    expect(end?.lines.map((line) => line.map(({ text }) => text).join(""))).toEqual(["600: [5, 0]"]);
  });

  test("hostile text stays text", async () => {
    const { html } = await shown('r0 = 5 // </script><script>alert(1)</script>"\nexit');
    expect(html).not.toContain("<script");
    const page = unescaped(/srcdoc="([^"]*)"/.exec(html)![1]!);
    expect(page.match(/<script\b/g)).toHaveLength(2);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
  });

  test("a run that goes on says so; an error is told", async () => {
    expect((await shown("1: r0 += 1\ngoto 1b\nexit", 100)).text).toMatch(
      /^demo, 100 instructions traced, and the run goes on\n/,
    );
    expect((await shown("r0 = *(u64 *)(r1 + 0)\nexit")).text).toMatch(
      /^demo, 0 instructions traced, stopped by an error: instruction 0: 8 bytes/,
    );
  });

  test("stays small", async () => {
    const { html, text } = await shown("1: r0 += 1\n*(u64 *)(r10 - 8) = r0\ngoto 1b\nexit");
    expect(html.length).toBeLessThan(250_000);
    expect(text.split("\n").length).toBeLessThan(210);
  });
});
