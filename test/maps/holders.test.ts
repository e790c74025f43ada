/** Maps that hold programs, maps and perf buffers, as a notebook declares them. */
import { describe, expect, it } from "vitest";
import { asm } from "../../src/loader/asm.ts";
import { Machine } from "../../src/machine.ts";
import { u32, u64 } from "../../src/maps/codec.ts";
import { map } from "../../src/maps/map.ts";
import * as packet from "../../src/packets/build.ts";

const drop = asm({ type: "xdp" })`
    r0 = 1
    exit
`;

/** Looks a map up in `outer` by key 1, and adds one to its element 0. */
const countInner = (outer: Parameters<ReturnType<typeof asm>>[1]) => asm({ type: "xdp" })`
    *(u32 *)(r10 - 4) = 1
    r1 = map[${outer}]
    r2 = r10
    r2 += -4
    call bpf_map_lookup_elem
    if r0 == 0 goto out
    *(u32 *)(r10 - 4) = 0
    r1 = r0
    r2 = r10
    r2 += -4
    call bpf_map_lookup_elem
    if r0 == 0 goto out
    r1 = 1
    lock *(u64 *)(r0 + 0) += r1
out:
    r0 = 2
    exit
`;

describe("maps that hold other things", () => {
  it("a program array holds programs by their id, for tail calls", () => {
    const m = new Machine({ cpus: 1 });
    const next = map.progArray({ name: "next", maxEntries: 2 });
    const first = m.load(asm({ type: "xdp" })`
        r2 = map[${next}]
        r3 = 1
        call bpf_tail_call
        r0 = 2
        exit
    `);
    expect(first.run(packet.udp()).retval).toBe(2);
    expect(() => m.map(next).set(1, 77)).toThrow(/EBADF.*m\.load\(program\)\.id/);
    const { id } = m.load(drop);
    m.map(next).set(1, id);
    expect([...m.map(next)]).toEqual([[1, id]]);
    expect(first.run(packet.udp()).retval).toBe(1);
    expect(() => m.map(next).set(2, id)).toThrow(/E2BIG/);
  });

  it("arrays and hashes of maps hold maps by their id, all like the inner one", () => {
    const inner = map.array({ name: "inner", value: u64, maxEntries: 1 });
    const other = map.array({ name: "other", value: u64, maxEntries: 1 });
    const unlike = map.array({ name: "unlike", value: u64, maxEntries: 2 });
    for (const outer of [
      map.arrayOfMaps({ name: "outer", inner, maxEntries: 2 }),
      map.hashOfMaps({ name: "outer", key: u32, inner, maxEntries: 2 }),
    ]) {
      const m = new Machine({ cpus: 1 });
      const program = m.load(countInner(outer));
      program.run(packet.udp());
      for (const one of [inner, other, inner]) {
        m.map(outer).set(1, m.map(one).id);
        program.run(packet.udp());
      }
      expect([m.map(inner).get(0), m.map(other).get(0)]).toEqual([2n, 1n]);
      expect(() => m.map(outer).set(1, m.map(unlike).id)).toThrow(/EINVAL/);
    }
  });

  it("perf buffers are open from the start, and lose what finds no room", async () => {
    const events = map.perfEventArray({ name: "events", value: u64, maxEntries: 1 });
    const m = new Machine({ cpus: 1 });
    const program = m.load(asm({ type: "xdp" })`
        r2 = 7
        *(u64 *)(r10 - 8) = r2
        r2 = map[${events}]
        r3 = 0xffffffff ll
        r4 = r10
        r4 += -8
        r5 = 8
        call bpf_perf_event_output
        r0 = 2
        exit
    `);
    program.run(packet.udp());
    program.run(packet.udp());
    expect([...m.map(events)]).toEqual([]);
    expect(m.map(events).read()).toEqual([7n, 7n]);
    expect(events.read()).toEqual([]);
    for (let i = 0; i < 2000; i++) program.run(packet.udp());
    const { lost } = events;
    expect(lost).toBeGreaterThan(0);
    expect(events.read().length + lost).toBe(2000);
  });
});
