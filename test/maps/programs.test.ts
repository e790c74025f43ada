import { describe, expect, test } from "vitest";
import { asm } from "../../src/loader/asm.ts";
import { Machine } from "../../src/machine.ts";
import { u32, u64 } from "../../src/maps/codec.ts";
import { map } from "../../src/maps/map.ts";

describe.each(["jit", "interp"] as const)("maps from a verified program, %s", (engine) => {
  test("ring buffer: output, reserve, submit", () => {
    const events = map.ringbuf({ name: "events", value: u32, size: 4096 });
    const program = asm({ type: "xdp", name: "events" })`
        *(u32 *)(r10 - 4) = 7
        r1 = map[${events}]
        r2 = r10
        r2 += -4
        r3 = 4
        r4 = 0
        call bpf_ringbuf_output
        r1 = map[${events}]
        r2 = 8
        r3 = 0
        call bpf_ringbuf_reserve
        if r0 == 0 goto out
        *(u32 *)(r0 + 0) = 8
        r1 = r0
        r2 = 0
        call bpf_ringbuf_submit
    out:
        r0 = 2
        exit
    `;
    const m = new Machine();
    const loaded = m.load(program, { engine });
    loaded.run(new Uint8Array(64));
    loaded.run(new Uint8Array(64));
    expect(m.map(events).read()).toEqual([7, 8, 7, 8]);
    expect(events.dropped).toBe(0);
  });

  test("a per-CPU array counts, a queue fills and empties", () => {
    const hits = map.percpuArray({ name: "hits", value: u64, maxEntries: 2 });
    const jobs = map.queue({ name: "jobs", value: u32, maxEntries: 2 });
    const program = asm({ type: "xdp", name: "count" })`
        *(u32 *)(r10 - 4) = 1
        r1 = map[${hits}]
        r2 = r10
        r2 += -4
        call bpf_map_lookup_elem
        if r0 == 0 goto out
        r1 = *(u64 *)(r0 + 0)
        r1 += 1
        *(u64 *)(r0 + 0) = r1
        r1 = map[${jobs}]
        r2 = r10
        r2 += -4
        r3 = 0
        call bpf_map_push_elem
    out:
        r0 = 2
        exit
    `;
    const m = new Machine({ cpus: 2 });
    const loaded = m.load(program, { engine });
    for (let run = 0; run < 3; run++) loaded.run(new Uint8Array(64));
    expect(m.map(hits).get(1)).toEqual([3n, 0n]);
    expect([...jobs.values()]).toEqual([1, 1]);
  });
});
