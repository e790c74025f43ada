import { expect, test } from "vitest";
import { asm, Machine, map, u64 } from "../../src/index.ts";

const counts = map.array({ name: "counts", value: u64, maxEntries: 1 });
const events = map.ringbuf({ name: "events", size: 4096, value: u64 });

/** Touches all that a run can change, and keeps a random number and the time in registers. */
const program = asm({ type: "xdp", name: "all" })`
    r0 = 0
    r9 = *(u32 *)(r1 + 0)
    r2 = *(u32 *)(r1 + 4)
    r3 = r9
    r3 += 14
    if r3 > r2 goto out
    call get_prandom_u32
    r7 = r0
    call ktime_get_ns
    r8 = r0
    *(u8 *)(r9 + 0) = r7                  // the packet
    r1 = map[counts][0]
    *(u64 *)(r1 + 0) = r8                 // a map
    *(u64 *)(r10 - 8) = r7
    r1 = map[events]
    r2 = r10
    r2 += -8
    r3 = 8
    r4 = 0
    call ringbuf_output                   // a ring buffer
    call get_prandom_u32
    r0 &= 1
out:
    exit`;

test("going back undoes map, ring buffer, packet, random numbers and clock in one run, and closing all of it", async () => {
  const m = new Machine({ seed: 3 });
  await m.run("5ms");
  const loaded = m.load(program);
  const seen = () => ({ count: m.map(counts).get(0), events: m.map(events).size });
  const packet = Uint8Array.from({ length: 60 }, () => 0xaa);
  const now = m.linux.ktimeNs();
  {
    using debug = loaded.debug(packet);
    const moments = () => {
      const { registers, memory } = debug.state();
      return { registers, memory, ...seen() };
    };
    const begin = moments();
    debug.continue();
    const end = moments();
    expect(end.events).toBe(1);
    expect(end.count).toBe(end.registers[8]);
    expect(end.memory.find(({ name }) => name === "packet")!.bytes[0]).toBe(Number(end.registers[7]! & 0xffn));
    debug.back(debug.executed);
    expect(moments()).toEqual(begin);
    expect(begin).toMatchObject({ count: 0n, events: 0 });
    // The same random numbers and the same time come again.
    debug.continue();
    expect(moments()).toEqual(end);
  }
  expect(seen()).toEqual({ count: 0n, events: 0 });
  expect(m.linux.ktimeNs()).toBe(now);
  // The run that was debugged is the one that now happens.
  const other = new Machine({ seed: 3 });
  await other.run("5ms");
  expect(loaded.run(packet).dataOut).toEqual(other.load(program).run(packet).dataOut);
});
