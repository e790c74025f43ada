import { describe, expect, test } from "vitest";
import { asm, map, u32, u64 } from "../../src/index.ts";
import { findWitness } from "../../src/linux/witness/witness.ts";
import { verify } from "../../src/verifier/verify.ts";

const counts = map.hash({ name: "counts", key: u32, value: u64, maxEntries: 4 });
const totals = map.array({ name: "totals", value: u64, maxEntries: 4 });

/** Enough for a busy machine; what is found does not depend on it. */
const LIMITS = { tries: 4_000, time: 20_000 };
const witness = (program: ReturnType<ReturnType<typeof asm>>) => findWitness(program, LIMITS);

describe("a witness of a refusal", () => {
  test("a packet that passes the checks and is too short for what follows", () => {
    const found = witness(asm({ type: "xdp" })`
        r2 = *(u32 *)(r1 + 0)
        r3 = *(u32 *)(r1 + 4)
        r4 = r2
        r4 += 14
        if r4 > r3 goto out
        r5 = *(u16 *)(r2 + 12)
        if r5 != 8 goto out
        r5 = *(u8 *)(r2 + 23)
    out:
        r0 = 2
        exit
    `)!;
    expect(found.at).toBe(7);
    expect(found.packet!.length).toBeGreaterThanOrEqual(14);
    expect(found.packet!.length).toBeLessThanOrEqual(23);
    expect([...found.packet!.subarray(12, 14)]).toEqual([8, 0]);
    expect(found.fault).toMatch(/end of the packet/);
    expect(found.registers[5]).toBe(8n);
  });

  test("an empty map, where the result of a lookup is not compared with NULL", () => {
    const found = witness(asm({ type: "xdp", maps: [counts] })`
        *(u32 *)(r10 - 4) = 5
        r1 = map[counts]
        r2 = r10
        r2 += -4
        call bpf_map_lookup_elem
        r0 = *(u64 *)(r0 + 0)
        exit
    `)!;
    expect(found).toMatchObject({ elements: [], fault: expect.stringContaining("null pointer") });
    expect(found.packet).toBeUndefined();
    expect(found.registers[0]).toBe(0n);
  });

  test("an element with a value that the program's comparisons let through", () => {
    const found = witness(asm({ type: "xdp", maps: [counts] })`
        *(u32 *)(r10 - 4) = 5
        r1 = map[counts]
        r2 = r10
        r2 += -4
        call bpf_map_lookup_elem
        if r0 == 0 goto out
        r1 = *(u64 *)(r0 + 0)
        if r1 < 1000 goto out
        if r1 > 1010 goto out
        r0 = *(u64 *)(r0 + 8)
        exit
    out:
        r0 = 2
        exit
    `)!;
    const [{ map: name, key, value }] = found.elements as [(typeof found.elements)[0]];
    expect([name, [...key]]).toEqual(["counts", [5, 0, 0, 0]]);
    const held = new DataView(value.buffer).getBigUint64(0, true);
    expect(held >= 1000n && held <= 1010n).toBe(true);
    expect(found.fault).toMatch(/end of a value of map counts/);
  });

  test("an index out of an array, behind a byte that is compared after an exclusive or", () => {
    const found = witness(asm({ type: "xdp", maps: [totals] })`
        r6 = *(u32 *)(r1 + 0)
        r3 = *(u32 *)(r1 + 4)
        r4 = r6
        r4 += 2
        if r4 > r3 goto out
        r7 = *(u8 *)(r6 + 0)
        r8 = *(u8 *)(r6 + 1)
        r8 ^= 0x55
        if r8 != 0x33 goto out
        *(u32 *)(r10 - 4) = 0
        r1 = map[totals]
        r2 = r10
        r2 += -4
        call bpf_map_lookup_elem
        if r0 == 0 goto out
        r0 += r7
        r0 = *(u64 *)(r0 + 0)
        exit
    out:
        r0 = 2
        exit
    `)!;
    expect(found.packet![1]).toBe(0x66);
    expect(found.packet![0]).toBeGreaterThan(0);
    expect(found.fault).toMatch(/map totals/);
  });

  test("random numbers and fields of the context are inputs, too", () => {
    const drawn = witness(asm({ type: "socket_filter" })`
        call bpf_get_prandom_u32
        if r0 > 100 goto out
        r1 = r10
        r1 += r0
        r0 = *(u8 *)(r1 - 50)
        exit
    out:
        r0 = 0
        exit
    `)!;
    expect(drawn.random).toHaveLength(1);
    expect(drawn.random![0]).toBeLessThanOrEqual(100);
    expect(drawn.random![0]).toBeGreaterThan(49);
    const read = witness(asm({ type: "tracepoint" })`
        r2 = *(u64 *)(r1 + 16)
        if r2 != 4242 goto out
        r0 = r7
        exit
    out:
        r0 = 0
        exit
    `)!;
    expect(read.context).toEqual([{ name: "ctx+16", value: 4242n }]);
    // Reading a register that was never set harms no run of ours: Linux refuses what it might give away.
    expect(read.fault).toBeUndefined();
  });

  test("there is none for an accepted program, an unreachable instruction or what cannot run", () => {
    expect(witness(asm({ type: "xdp" })`r0 = 2; exit`)).toBeUndefined();
    const dead = asm({ type: "xdp" })`r0 = 2; exit; r0 = 1; exit`;
    expect(verify(dead).ok).toBe(false);
    expect(witness(dead)).toBeUndefined();
  });

  test("the same program has the same witness", () => {
    const program = asm({ type: "socket_filter" })`
        r1 = *(u32 *)(r1 + 0)
        if r1 < 70 goto out
        r0 = r7
        exit
    out:
        r0 = 0
        exit
    `;
    expect(witness(program)).toEqual(witness(program));
    expect(witness(program)!.packet!.length).toBeGreaterThanOrEqual(70);
  });
});
