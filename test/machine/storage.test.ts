/** Values that belong to tasks, inodes and sockets, and records from the notebook to programs. */
import { describe, expect, it } from "vitest";
import { asm, Machine, MapError, map, u64, workloads } from "../../src/index.ts";

/** Counts in the value of the object in r2 of `hook`. */
function counting(attach: string, storage: ReturnType<typeof map.taskStorage<bigint>>, get: string, object: string) {
  return asm({ type: "tracing", name: "count", attach, maps: [storage] })(`
    ${object}
    r1 = map[${storage.name}]
    r3 = 0
    r4 = 1
    call bpf_${get}
    if r0 == 0 goto out
    r1 = 1
    lock *(u64 *)(r0 + 0) += r1
out:
    r0 = 0
    exit`);
}

describe("storages of objects", () => {
  it("a task's value is its own, and goes with the task", async () => {
    const m = new Machine({ seed: 5 });
    const calls = map.taskStorage({ name: "calls", value: u64 });
    const attach = "fentry:vfs_read";
    const object = "call bpf_get_current_task_btf\nr2 = r0";
    m.attach(m.load(counting(attach, calls, "task_storage_get", object)), attach);
    m.spawn(workloads.webServer());
    const { events } = await m.run("100ms");
    const live = new Set(m.linux.tasks().map(({ pid }) => pid));
    expect(calls.size).toBeGreaterThan(1);
    for (const pid of calls.keys()) expect(live).toContain(pid);
    const sum = [...calls.values()].reduce((a, b) => a + b, 0n);
    expect(sum).toBeGreaterThan(0n);
    expect(sum).toBeLessThanOrEqual(BigInt(events[attach]!));
    const [pid] = calls.keys();
    expect(calls.get(pid!)).toBeGreaterThan(0n);
    calls.set(pid!, 7n);
    expect(calls.get(pid!)).toBe(7n);
    expect(() => calls.set(pid!, 7n, "noexist")).toThrow("EEXIST");
    expect(calls.delete(pid!)).toBe(true);
    expect(calls.delete(pid!)).toBe(false);
    expect(calls.get(pid!)).toBeUndefined();
    m.linux.remove(m.linux.taskOf([...calls.keys()][0]!)!);
    expect(calls.size).toBe([...calls.keys()].length);
  });

  it("nobody has a value where nothing is: EBADF, and nothing in front of a machine", () => {
    const calls = map.taskStorage({ name: "calls", value: u64 });
    expect(() => calls.set(1, 1n)).toThrow(MapError);
    const view = new Machine().map(calls);
    expect(() => view.set(999_999, 1n)).toThrow(/EBADF.*The machine has no such object/s);
    expect([...view]).toEqual([]);
  });
});
