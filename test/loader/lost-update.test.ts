import { describe, expect, test } from "vitest";
import { asm, bpfSpinLock, bpfTimer, Machine, map, packet, struct, u32, u64 } from "../../src/index.ts";
import { explore } from "../../src/vm/schedule/explore.ts";

/** Two CPUs run the same program; what may have become of a counter. */
function outcomes(text: string, counter: { readonly name: string; get(key: number): unknown }) {
  const m = new Machine({ cpus: 2 });
  const program = m.load(asm({ type: "xdp" })(text));
  const data = packet.udp();
  using both = m.interleave([
    { program, data },
    { program, data },
  ]);
  const told = (value: unknown): string =>
    JSON.stringify(value, (_, each) => (typeof each === "bigint" ? Number(each) : each));
  const { complete, outcomes } = explore(both, { observe: () => told(counter.get(0)) });
  expect(complete).toBe(true);
  return outcomes.map(({ observed }) => observed).sort();
}

/** Looks element 0 up into r0, or leaves. */
const lookup = (name: string): string => `
  *(u32 *)(r10 - 4) = 0
  r1 = map[${name}]
  r2 = r10
  r2 += -4
  call map_lookup_elem
  if r0 == 0 goto out`;
const COUNT = "r1 = *(u64 *)(r0 + 0)\nr1 += 1\n*(u64 *)(r0 + 0) = r1";

describe("a lost update, and what cures it", () => {
  test("loading, adding and storing loses one of two", () => {
    const counter = map.array({ name: "plain", value: u64, maxEntries: 1 });
    expect(outcomes(`${lookup("plain")}\n${COUNT}\nout: r0 = 2\nexit`, counter)).toEqual(["1", "2"]);
  });

  test("an atomic addition does not", () => {
    const counter = map.array({ name: "atomic", value: u64, maxEntries: 1 });
    const text = `${lookup("atomic")}\nr1 = 1\nlock *(u64 *)(r0 + 0) += r1\nout: r0 = 2\nexit`;
    expect(outcomes(text, counter)).toEqual(["2"]);
  });

  test("nor does a value for each CPU", () => {
    const counter = map.percpuArray({ name: "own", value: u64, maxEntries: 1 });
    expect(outcomes(`${lookup("own")}\n${COUNT}\nout: r0 = 2\nexit`, counter)).toEqual(["[1,1]"]);
  });

  test("nor a spin lock", () => {
    const value = struct({ count: u64, lock: bpfSpinLock });
    const counter = map.array({ name: "locked", value, maxEntries: 1 });
    const text = `${lookup("locked")}
      r6 = r0
      r1 = r6
      r1 += 8
      call spin_lock
      r1 = *(u64 *)(r6 + 0)
      r1 += 1
      *(u64 *)(r6 + 0) = r1
      r1 = r6
      r1 += 8
      call spin_unlock
      out: r0 = 2
      exit`;
    expect(outcomes(text, counter)).toEqual(['{"count":2}']);
  });
});

describe("members of values that belong to Linux", () => {
  test("are no members of TypeScript's values", () => {
    const value = struct({ lock: bpfSpinLock, count: u64 });
    expect(value.size).toBe(16);
    const locked = map.hash({ name: "members", key: u32, value, maxEntries: 4 });
    locked.set(1, { count: 5n });
    expect(locked.get(1)).toEqual({ count: 5n });
    expect(() => locked.set(1, { count: 5n, lock: 1 } as never)).toThrow(/lock/);
  });

  test("nobody reads or writes them directly", () => {
    const guarded = map.array({ name: "guarded", value: struct({ lock: bpfSpinLock, count: u32 }), maxEntries: 1 });
    const read = asm({ type: "xdp" })`
      *(u32 *)(r10 - 4) = 0
      r1 = map[${guarded}]
      r2 = r10
      r2 += -4
      call map_lookup_elem
      if r0 == 0 goto out
      r1 = *(u32 *)(r0 + 0)
      out: r0 = 2
      exit`;
    expect(() => new Machine().load(read)).toThrow(/bpf_spin_lock cannot be accessed directly/);
  });

  test("are refused where Linux refuses them", () => {
    const value = struct({ lock: bpfSpinLock, count: u32 });
    expect(() => map.percpuArray({ name: "each", value, maxEntries: 1 })).toThrow(/EOPNOTSUPP/);
    expect(() => map.lruHash({ name: "lru", key: u32, value, maxEntries: 1 })).toThrow(/EOPNOTSUPP/);
    const timed = map.lruHash({ name: "timed", key: u32, value: struct({ timer: bpfTimer, n: u64 }), maxEntries: 1 });
    expect(timed.valueSize).toBe(24);
  });
});
