import { describe, expect, test } from "vitest";
import { asm, explore, Machine, map, u64 } from "../../src/index.ts";
import { FIRST_OFFSET } from "../../src/memory/memory.ts";

const PACKET = new Uint8Array(14);

const lookup = (name: string) => `
    *(u32 *)(r10 - 4) = 0
    r1 = map[${name}]
    r2 = r10
    r2 += -4
    call map_lookup_elem
    if r0 == 0 goto out`;
const END = `
out:
    r0 = 2
    exit`;
const BY_STORE = "\n r1 = *(u64 *)(r0 + 0)\n r1 += 1\n *(u64 *)(r0 + 0) = r1";
const BY_ATOMIC = "\n r1 = 1\n lock *(u64 *)(r0 + 0) += r1";

/** Two packets at once on two CPUs, counted in a map. */
function twoPackets(update: string, engine: "jit" | "interp" = "jit") {
  const counter = map.array({ name: "counter", value: u64, maxEntries: 1 });
  const m = new Machine({ cpus: 2 });
  const program = m.load(asm({ type: "xdp", name: "count", maps: [counter] })(lookup("counter") + update + END), {
    engine,
  });
  const both = m.interleave([
    { program, data: PACKET },
    { program, data: PACKET },
  ]);
  return { m, program, both, count: () => String(m.map(counter).get(0)) };
}

describe("two packets on two CPUs", () => {
  test.each(["jit", "interp"] as const)("counted by load and store, one can be lost (loaded for %s)", (engine) => {
    const { both, count } = twoPackets(BY_STORE, engine);
    const { outcomes, complete } = explore(both, { observe: count });
    expect(complete).toBe(true);
    expect(outcomes.map(({ observed, results }) => [observed, results])).toEqual([
      ["2", [2n, 2n]],
      ["1", [2n, 2n]],
    ]);
  });

  test("counted by an atomic addition, none is lost", () => {
    const { both, count } = twoPackets(BY_ATOMIC);
    expect(explore(both, { observe: count }).outcomes.map(({ observed }) => observed)).toEqual(["2"]);
  });

  test("counted in a per-CPU map by load and store, none is lost", () => {
    const own = map.percpuArray({ name: "own", value: u64, maxEntries: 1 });
    const m = new Machine({ cpus: 2 });
    const program = m.load(asm({ type: "xdp", name: "count", maps: [own] })(lookup("own") + BY_STORE + END));
    using both = m.interleave([
      { program, data: PACKET },
      { program, data: PACKET },
    ]);
    const { outcomes } = explore(both, { observe: () => String(m.map(own).get(0)) });
    expect(outcomes.map(({ observed }) => observed)).toEqual(["1,1"]);
  });

  test("see their own CPU", () => {
    const m = new Machine({ cpus: 2 });
    const program = m.load(asm({ type: "xdp" })("call get_smp_processor_id\nexit"));
    const both = m.interleave([
      { program, data: PACKET },
      { program, data: PACKET },
    ]);
    expect(explore(both).outcomes).toMatchObject([{ results: [0n, 1n] }]);
  });

  test("leave the machine as it was once closed, and programs run again", () => {
    const { m, program, both, count } = twoPackets(BY_STORE);
    const state = () => [Buffer.from(m.linux.memory.u8.slice(FIRST_OFFSET)).toString("latin1"), m.linux.cpu()];
    explore(both, { observe: count });
    both.random(() => 0);
    both.close();
    expect([count(), m.linux.cpu()]).toEqual(["0", 0]);
    const before = state();
    using again = m.interleave([{ program, data: PACKET }]);
    again.random(() => 0);
    again.close();
    expect(state()).toEqual(before);
    expect(program.run(PACKET).verdict).toBe("XDP_PASS");
    expect(count()).toBe("1");
  });

  test("more runs than CPUs are told", () => {
    const { m, program, both } = twoPackets(BY_STORE);
    both.close();
    const three = [1, 2, 3].map(() => ({ program, data: PACKET }));
    expect(() => m.interleave(three)).toThrow(/1 to 2 runs, one a CPU of the machine/);
    expect(program.run(PACKET).retval).toBe(2);
  });
});
