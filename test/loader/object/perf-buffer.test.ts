import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { workloads } from "../../../src/linux/workloads/index.ts";
import { c } from "../../../src/loader/c.ts";
import { Machine } from "../../../src/machine.ts";

const missing = spawnSync("clang", ["--version"]).error === undefined ? "" : " (skipped: clang is missing)";

describe.skipIf(missing !== "")(`perf buffers of objects${missing}`, () => {
  it("give records of the object's struct, from all CPUs", async () => {
    const m = new Machine({ seed: 3 });
    const object = await m.compile(c`#include "vmlinux.h"
      #include <bpf/bpf_helpers.h>
      struct event { u32 pid; char comm[16]; };
      struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } events SEC(".maps");
      SEC("tp/syscalls/sys_enter_read") int on_read(void *ctx) {
        struct event event = { .pid = bpf_get_current_pid_tgid() >> 32 };
        bpf_get_current_comm(event.comm, sizeof(event.comm));
        bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &event, sizeof(event));
        return 0;
      }
      char LICENSE[] SEC("license") = "GPL";`);
    object.load().attach();
    m.spawn(workloads.readFiles());
    const seen: unknown[] = [];
    for await (const event of object.maps.events!.follow({ for: "50ms" })) seen.push(event);
    expect(seen[0]).toEqual({ pid: expect.any(Number), comm: "cat" });
    expect(object.maps.events!.dropped).toBe(0);
    const plain = await m.compile(c`int x;`);
    expect(() => plain.load().maps.bss!.read()).toThrow(/Only ring buffers and perf buffers/);
  });
});
