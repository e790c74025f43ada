import { describe, expect, it } from "vitest";
import { machineBtf, type Release } from "../../src/btf/data/machine.ts";
import { pathOf } from "../../src/btf/member-path.ts";
import { Linux } from "../../src/linux/linux.ts";
import { workloads } from "../../src/linux/workloads/index.ts";

/** Where a member lies in a release. */
function offset(release: Release, struct: string, member: string): number {
  const btf = machineBtf(release);
  return pathOf(btf, btf.byName(struct, "struct")!.id, member)!.bitOffset / 8;
}

describe.each(["6.1", "6.12", "6.18"] as const)("task_struct of Linux %s", (release) => {
  const at = (member: string) => offset(release, "task_struct", member);

  it("holds who runs, whose child it is and whose rights it has", async () => {
    const linux = new Linux({ cpus: 1, seed: 3, release });
    const { memory } = linux;
    const word = (from: number, member: string) => memory.view.getInt32(from + at(member), true);
    const pointer = (from: number, member: string) =>
      memory.offsetOf(memory.view.getBigUint64(from + at(member), true))!;
    const text = (from: number) => {
      const start = from + at("comm");
      return new TextDecoder().decode(memory.u8.slice(start, memory.u8.indexOf(0, start)));
    };
    const seen: unknown[] = [];
    linux.hooks.attach("tracepoint:syscalls:sys_enter_openat", {
      run: () => {
        const task = linux.taskStruct();
        const parent = pointer(task, "real_parent");
        const init = pointer(parent, "real_parent");
        const uid = memory.view.getUint32(pointer(task, "cred") + offset(release, "cred", "uid.val"), true);
        seen.push([word(task, "pid") === linux.task().pid, text(task), text(parent), word(parent, "tgid"), uid]);
        seen.push([word(init, "pid"), pointer(init, "real_parent") === init, pointer(task, "group_leader") === task]);
      },
    });
    linux.spawn(workloads.readFiles());
    await linux.run("60ms");
    expect(seen.length).toBeGreaterThan(4);
    for (const [index, each] of seen.entries())
      expect(each).toEqual(index % 2 === 0 ? [true, "cat", "bash", 1000, 1000] : [1, true, true]);
  });

  it("is the idle task's where nothing runs, and what a rewound run made is forgotten", () => {
    const linux = new Linux({ cpus: 1, release });
    const allocated = linux.memory.allocatorState();
    const back = linux.remember();
    const first = linux.taskStruct();
    linux.memory.restoreAllocator(allocated);
    back();
    const other = linux.memory.allocate(16);
    const second = linux.taskStruct();
    expect([first >= other, second > other]).toEqual([true, true]);
    expect(linux.memory.view.getInt32(second + at("pid"), true)).toBe(0);
  });
});

it("a machine has a release whose types ship", () => {
  expect(() => new Linux({ release: "5.4" as never })).toThrow(/release must be one of "6.1", "6.12", "6.18"/);
});
