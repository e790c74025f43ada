import { describe, expect, test } from "vitest";
import { asm, type LoadedProgram, Machine, map, u32, u64 } from "../../src/index.ts";
import { FIRST_OFFSET } from "../../src/memory/memory.ts";

/** Counts packets in a hash, draws a random number into the packet and writes a line into the trace pipe. */
const BUSY = `
    r6 = r1
    call get_prandom_u32
    r7 = r0
    *(u32 *)(r10 - 4) = 1
    *(u64 *)(r10 - 16) = r7
    r1 = map[seen]
    r2 = r10
    r2 += -4
    r3 = r10
    r3 += -16
    r4 = 0
    call map_update_elem
    *(u32 *)(r10 - 24) = 0x6968
    r1 = r10
    r1 += -24
    r2 = 4
    call trace_printk
    r2 = *(u32 *)(r6 + 0)
    r3 = *(u32 *)(r6 + 4)
    r4 = r2
    r4 += 14
    r0 = 1
    if r4 > r3 goto out
    *(u32 *)(r2 + 0) = r7
    r0 = 2
out:
    exit`;

const PACKET = Uint8Array.from({ length: 20 }, (_, i) => i);

function load(engine: "jit" | "interp"): { m: Machine; xdp: LoadedProgram } {
  const m = new Machine({ seed: 7 });
  const seen = map.hash({ name: "seen", key: u32, value: u64, maxEntries: 4 });
  return { m, xdp: m.load(asm({ type: "xdp", name: "busy", maps: [seen] })(BUSY), { engine }) };
}

/** All that a run could change. */
const everything = ({ linux }: Machine) => ({
  memory: Buffer.from(linux.memory.u8.slice(FIRST_OFFSET)).toString("latin1"),
  allocator: linux.memory.allocatorState(),
  pipe: [...linux.tracePipe],
  maps: linux.maps.map((each) => each?.size),
});

describe("tracing a loaded program", () => {
  test.each(["jit", "interp"] as const)("never changes the machine, loaded for %s", (engine) => {
    const { m, xdp } = load(engine);
    xdp.run(PACKET);
    const before = everything(m);
    const trace = xdp.trace(PACKET);
    expect(everything(m)).toEqual(before);
    expect(trace).toMatchObject({ result: 2n, verdict: "XDP_PASS" });
    // The next run is the one that a machine without the trace has.
    const other = load(engine);
    other.xdp.run(PACKET);
    expect(xdp.run(PACKET).dataOut).toEqual(other.xdp.run(PACKET).dataOut);
    expect(everything(m)).toEqual(everything(other.m));
  });

  test("tells each instruction, what it changed, and the packet at the end", () => {
    const { xdp } = load("jit");
    const { begin, steps, end, stop } = xdp.trace(PACKET).run;
    expect(stop).toEqual({ reason: "exit", result: 2n });
    expect(steps).toHaveLength(26);
    expect(steps[0]).toMatchObject({ slot: 0, depth: 0, memory: [] });
    expect(steps[3]!.memory).toMatchObject([{ after: Uint8Array.of(1, 0, 0, 0) }]);
    const packet = (state: typeof begin) => state.memory.find(({ name }) => name === "packet")!.bytes;
    expect(packet(begin)).toEqual(PACKET);
    expect([...packet(end).slice(4)]).toEqual([...PACKET.slice(4)]);
    expect([...packet(end).slice(0, 4)]).not.toEqual([...PACKET.slice(0, 4)]);
    expect(begin.line?.text).toContain("r6 = r1");
  });

  test("at most as many steps as asked for", () => {
    const { m, xdp } = load("jit");
    const before = everything(m);
    const { steps, stop } = xdp.trace(PACKET, { steps: 5 }).run;
    expect([steps.length, stop]).toEqual([5, { reason: "limit", executed: 5 }]);
    expect(everything(m)).toEqual(before);
  });

  test("the debugger goes back over maps, random numbers and the trace pipe; closed, the machine is as before", () => {
    const { m, xdp } = load("jit");
    const before = everything(m);
    const debug = xdp.debug(PACKET);
    debug.break({ line: 14 });
    expect(debug.continue()).toEqual({ reason: "breakpoint", id: 1 });
    expect(everything(m).maps).toEqual([1]);
    const random = debug.register(7);
    debug.continue();
    expect(m.linux.tracePipe).toHaveLength(1);
    debug.goTo(1);
    expect([everything(m).maps, m.linux.tracePipe.length]).toEqual([[0], 0]);
    debug.goTo(3);
    expect(debug.register(7)).toBe(random);
    debug.close();
    expect(everything(m)).toEqual(before);
    expect(() => debug.step()).toThrow(/was closed/);
  });
});
