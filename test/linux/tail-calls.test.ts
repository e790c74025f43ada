/** What lesson 25 says of tail calls and stacks, before Linux. */
import { describe, expect, test } from "vitest";
import { encode } from "../../src/isa/encode.ts";
import { asm } from "../../src/loader/asm.ts";
import { u64 } from "../../src/maps/codec.ts";
import { map } from "../../src/maps/map.ts";
import { available, close, mapCreate, mapLookup, mapUpdate, progLoad, progTestRun, suiteName } from "./bpf.ts";
import { compare } from "./verifier-compare.ts";

describe.skipIf(!available)(suiteName("lesson 25: tail calls and stacks"), () => {
  test("a program that jumps to itself runs 34 times: 33 tail calls", () => {
    const stages = mapCreate({ type: "prog_array", keySize: 4, valueSize: 4, maxEntries: 1 });
    const runs = mapCreate({ type: "array", keySize: 4, valueSize: 8, maxEntries: 1 });
    const declared = [
      map.array({ name: "runs", value: u64, maxEntries: 1 }),
      map.progArray({ name: "stages", maxEntries: 1 }),
    ];
    const program = asm({ type: "xdp", name: "again", maps: declared })(`
        r6 = r1
        *(u32 *)(r10 - 4) = 0
        r1 = map[runs]
        r2 = r10
        r2 += -4
        call bpf_map_lookup_elem
        if r0 == 0 goto out
        r1 = 1
        lock *(u64 *)(r0 + 0) += r1
        r1 = r6
        r2 = map[stages]
        r3 = 0
        call bpf_tail_call
    out:
        r0 = 2
        exit`);
    const mapFds = program.maps.map(({ name }) => (name === "runs" ? runs.fd : stages.fd));
    const { fd, log } = progLoad({ type: "xdp", insns: encode(program.insns), mapFds, logLevel: 1 });
    expect(fd, log).toBeGreaterThanOrEqual(0);
    const word = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
    mapUpdate(stages.fd, word(0), word(fd));
    expect(progTestRun(fd, { data: new Uint8Array(64) }).retval).toBe(2);
    expect(mapLookup(runs.fd, word(0), 8).value?.[0]).toBe(34);
    for (const one of [fd, stages.fd, runs.fd]) close(one);
  });

  const two = (main: number, inner: number) =>
    `*(u64 *)(r10 - ${main}) = 1\ncall inner\nr0 = 2\nexit\ninner:\n*(u64 *)(r10 - ${inner}) = 1\nr0 = 0\nexit`;
  const chain = (functions: number) =>
    Array.from(
      { length: functions },
      (_, i) => `f${i}:\n${i + 1 < functions ? `call f${i + 1}\n` : ""}r0 = 2\nexit`,
    ).join("\n");
  test.each([
    ["256 + 256 bytes", two(256, 256), true],
    ["256 + 264", two(256, 264), false],
    ["496 + 16", two(496, 16), true],
    ["504 + 8", two(504, 8), false],
    ["8 functions", chain(8), true],
    ["9 functions", chain(9), false],
  ])("%s", (_, text, accepted) => {
    const { linux, ours } = compare(asm({ type: "xdp", name: "stacks" })(text), 1);
    expect([linux.ok, ours.ok, ours.error]).toEqual([accepted, accepted, accepted ? undefined : linux.error]);
  });
});
