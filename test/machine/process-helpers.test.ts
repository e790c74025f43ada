/** Helpers about the current task's place among processes: signals, cgroups, namespaces, names of files. */
import { expect, test } from "vitest";
import { machineBtf } from "../../src/btf/data/machine.ts";
import { pathOf } from "../../src/btf/member-path.ts";
import { asm, char, Machine, map, struct, u64, workloads } from "../../src/index.ts";

test("bpf_d_path says which file is opened, whatever the process called it", async () => {
  const btf = machineBtf("6.18");
  const path = pathOf(btf, btf.byName("file", "struct")!.id, "f_path")!.bitOffset / 8;
  const names = map.hash({ name: "names", key: struct({ path: char(32) }), value: u64, maxEntries: 8 });
  const m = new Machine({ seed: 3 });
  const program = asm({ type: "lsm", attach: "lsm:file_open", maps: [names] })(`
    r1 = *(u64 *)(r1 + 0)
    r1 += ${path}
    r6 = 0
    *(u64 *)(r10 - 32) = r6
    *(u64 *)(r10 - 24) = r6
    *(u64 *)(r10 - 16) = r6
    *(u64 *)(r10 - 8) = r6
    r2 = r10
    r2 += -32
    r3 = 32
    call bpf_d_path
    *(u64 *)(r10 - 40) = r0
    r1 = map[names]
    r2 = r10
    r2 += -32
    r3 = r10
    r3 += -40
    r4 = 0
    call bpf_map_update_elem
    r0 = 0
    exit`);
  m.attach(m.load(program), "lsm:file_open");
  m.linux.process({
    comm: "test",
    program: function* (sys) {
      yield sys.mkdir("/tmp/dir");
      yield sys.chdir("/tmp/dir");
      yield sys.openat("../dir/./file", 0o101);
    },
  });
  await m.run("10ms");
  expect([...names]).toEqual([[{ path: "/tmp/dir/file" }, BigInt("/tmp/dir/file".length + 1)]]);
});

test("bpf_send_signal ends the process that makes the call", async () => {
  const m = new Machine({ seed: 3 });
  const program = asm({ type: "tracepoint" })("r1 = 9\ncall bpf_send_signal\nr0 = 0\nexit");
  m.attach(m.load(program), "tracepoint:syscalls:sys_enter_mkdir");
  const lived: string[] = [];
  m.linux.process({
    comm: "victim",
    program: function* (sys) {
      lived.push("before");
      yield sys.mkdir("/tmp/x");
      lived.push("after");
    },
  });
  await m.run("10ms");
  expect(lived).toEqual(["before"]);
  expect(m.linux.tasks().some(({ comm }) => comm === "victim")).toBe(false);
});

test("a filter by cgroup, as libbpf-tools have it: all tasks are in the first one", async () => {
  const counts = map.array({ name: "counts", value: u64, maxEntries: 4 });
  const only = map.cgroupArray({ name: "only", maxEntries: 1 });
  const m = new Machine({ seed: 3 });
  const program = asm({ type: "tracepoint", maps: [counts, only] })(`
    r1 = map[only]
    r2 = 0
    call bpf_current_task_under_cgroup
    if r0 == 1 goto in
    r0 = 0
in:
    *(u32 *)(r10 - 4) = r0
    r1 = map[counts]
    r2 = r10
    r2 += -4
    call bpf_map_lookup_elem
    if r0 == 0 goto out
    r1 = 1
    lock *(u64 *)(r0 + 0) += r1
out:
    r0 = 0
    exit`);
  m.attach(m.load(program), "tracepoint:syscalls:sys_enter_read");
  m.spawn(workloads.webServer());
  await m.run("20ms");
  expect(counts.get(1)).toBe(0n);
  const before = counts.get(0)!;
  expect(before).toBeGreaterThan(0n);
  only.set(0, 1);
  await m.run("20ms");
  expect(counts.get(0)).toBe(before);
  expect(counts.get(1)).toBeGreaterThan(0n);
  expect(() => only.set(0, 77)).toThrow("EBADF");
});
