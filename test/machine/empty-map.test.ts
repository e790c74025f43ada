import { describe, expect, it } from "vitest";
import { asm, Machine, map, plot, u32, u64, workloads } from "../../src/index.ts";

const READ = "tracepoint:syscalls:sys_exit_read";
const declare = () => map.hash({ name: "sizes", key: u32, value: u64, maxEntries: 4 });
const remembering = () => asm({ type: "tracepoint", name: "remembering" })`
  r1 = 7
  *(u32 *)(r10 - 4) = r1
  *(u64 *)(r10 - 16) = r1
  r1 = map[sizes]
  r2 = r10
  r2 += -4
  r3 = r10
  r3 += -16
  r4 = 0
  call bpf_map_update_elem
  r0 = 0
  exit
`;
const OLDER = "A program assembled before this declaration uses an older map named sizes: run its cell again.";

describe("an empty map says why it is empty", () => {
  it("that no machine has loaded", () => {
    const sizes = declare();
    expect(plot.histogram(sizes).text).toBe(`sizes: no samples. sizes was never loaded into a machine. ${OLDER}`);
    // What was declared anew after the program was assembled is the usual case.
    const program = remembering();
    const again = declare();
    new Machine().load(program);
    expect(again.emptyReason).toContain("never loaded");
    expect(sizes.emptyReason).not.toContain("never loaded");
  });

  it("that no program of this machine uses", () => {
    declare();
    const program = remembering();
    const again = declare();
    const m = new Machine();
    m.load(program);
    const reason = `No program loaded into this machine uses this declaration of sizes. ${OLDER}`;
    expect(m.map(again).emptyReason).toBe(reason);
    expect(plot.histogram(again).alt).toBe(`Histogram of sizes: no samples. ${reason}`);
  });

  it("that its programs have not filled, also when the map was there first", async () => {
    const sizes = declare();
    const m = new Machine();
    const view = m.map(sizes);
    const program = m.load(remembering());
    for (const shown of [sizes, view])
      expect(plot.flameGraph(shown as never).alt).toBe(
        "Flame graph of sizes: no samples. The programs that use sizes have put nothing into it yet.",
      );
    m.attach(program, READ);
    m.spawn(workloads.webServer());
    await m.run("50ms");
    expect(plot.histogram(sizes).text).toMatch(/^\[128, 256\) +7 \|/);
  });
});
