/** The releases of machines before clang and CO-RE: headers compile, and `teaching-1` has what its lessons need. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isRelease, machineBtf, RELEASES, type Release } from "../../src/btf/data/machine.ts";
import { TEACHING_1, teachingDifferences } from "../../src/btf/data/teaching.ts";
import { pathOf } from "../../src/btf/member-path.ts";
import { sizeOf } from "../../src/btf/size.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { c } from "../../src/loader/c.ts";
import { compile } from "../../src/loader/clang/compile.ts";
import { ObjectError } from "../../src/loader/object/error.ts";
import { Machine } from "../../src/machine.ts";
import { bytesOf } from "./object/fixtures.ts";

describe("teaching-1", () => {
  const offset = (release: "6.18" | "teaching-1", path: string) => {
    const btf = machineBtf(release);
    return pathOf(btf, btf.byName("task_struct", "struct")!.id, path)?.bitOffset;
  };

  it("has a renamed, two moved and a vanished member of task_struct; all else is where it is in 6.18", () => {
    expect([offset("teaching-1", "__state"), offset("teaching-1", "state")]).toEqual([
      undefined,
      offset("6.18", "__state"),
    ]);
    expect(offset("teaching-1", "pid")).toBe(offset("6.18", "tgid"));
    expect(offset("teaching-1", "tgid")).toBe(offset("6.18", "pid"));
    expect([offset("6.18", "nivcsw") !== undefined, offset("teaching-1", "nivcsw")]).toEqual([true, undefined]);
    for (const path of ["comm", "real_parent", "se.vruntime", "nvcsw"])
      expect(offset("teaching-1", path)).toBe(offset("6.18", path));
    const [linux, made] = [machineBtf("6.18"), machineBtf("teaching-1")];
    expect(sizeOf(made, made.byName("task_struct", "struct")!.id)).toBe(
      sizeOf(linux, linux.byName("task_struct", "struct")!.id),
    );
    expect(TEACHING_1.vanished.member).toBe("nivcsw");
  });

  it("an object compiled for 6.18 fits it", async () => {
    const m = new Machine({ seed: 3, release: "teaching-1" });
    const object = m.open(bytesOf("execsnoop"), { name: "execsnoop" }).load().attach();
    m.spawn(workloads.readFiles());
    await m.run("20ms");
    expect(object.maps.events!.read()[0]).toMatchObject({ filename: "/usr/bin/cat" });
    const pid = object.progs.trace_execve!.relocations.find(({ local }) => local.includes("tgid"))!;
    expect([pid.from, pid.to]).toEqual([BigInt(offset("6.18", "tgid")! / 8), BigInt(offset("6.18", "pid")! / 8)]);
  });
});

describe("teaching-N", () => {
  it("has all members of task_struct but the first elsewhere, and what its number says", () => {
    const places = (release: Release) => {
      const btf = machineBtf(release);
      const { members, size } = btf.byName("task_struct", "struct")!;
      return { size, of: new Map(members.map(({ name, bitOffset }) => [name, Number(bitOffset) / 8])) };
    };
    const [linux, made] = [places("6.18"), places("teaching-4711")];
    const { swapped, renamed, vanished, before } = teachingDifferences(4711);
    expect([swapped, renamed, vanished, before]).toEqual([true, true, "nvcsw", 8 * (1 + (588 % 61))]);
    expect([made.of.has("nvcsw"), made.of.has("__state"), made.of.has("nivcsw")]).toEqual([false, false, true]);
    expect(made.of.get("state")).toBe(linux.of.get("__state")! + before);
    expect(made.of.get("real_parent")).toBe(linux.of.get("real_parent")! + before);
    expect(made.of.get("pid")).toBe(linux.of.get("tgid")! + before);
    expect([made.of.get("thread_info"), made.size]).toEqual([0, linux.size + before]);
    for (const name of ["teaching-0", "teaching-1000000", "teaching-01", "teaching-x", "6.17"])
      expect(isRelease(name), name).toBe(false);
    expect(() => new Machine({ release: "teaching-0" })).toThrow(/release/);
  });
});

/** Where the folder is there, a namespace of mounts hides it; without one the test cannot run. */
const hiding = existsSync("/usr/include/asm")
  ? ["bwrap", "--dev-bind", "/", "/", "--tmpfs", "/usr/include/asm", "--"]
  : [];
const cannotHide = hiding.length > 0 && spawnSync(hiding[0]!, [...hiding.slice(1), "true"]).status !== 0;

const missing = spawnSync("clang", ["--version"]).error === undefined ? "" : " (skipped: clang is missing)";

describe.skipIf(missing !== "")(`clang and releases${missing}`, () => {
  it.each(RELEASES)("vmlinux.h of %s compiles without a warning", async (release) => {
    const { warnings, bytes } = await compile(
      c`#include "vmlinux.h"
        struct task_struct *task; struct sk_buff *buffer; struct file *file; struct trace_event_raw_sched_switch *event;
        int pid(void) { return task->pid; }`,
      release,
      { cflags: ["-Werror", "-Wextra", "-Wno-unused-parameter"] },
    );
    expect([warnings, bytes.length > 0]).toEqual(["", true]);
  });

  it("one source asks for what is renamed and vanished, and reads what is moved", async () => {
    const { bytes } = await compile(
      c`#include "vmlinux.h"
        #include <bpf/bpf_helpers.h>
        #include <bpf/bpf_core_read.h>
        struct task_struct___old { volatile long state; } __attribute__((preserve_access_index));
        int pid, has_state, has_switches; u64 found;
        SEC("tp/syscalls/sys_enter_read") int on_read(void *ctx) {
          struct task_struct *task = (void *)bpf_get_current_task();
          struct task_struct___old *old = (void *)task;
          has_state = bpf_core_field_exists(task->__state);
          found = has_state ? BPF_CORE_READ(task, __state) : BPF_CORE_READ(old, state);
          has_switches = bpf_core_field_exists(task->nivcsw);
          pid = BPF_CORE_READ(task, pid) == (u32)bpf_get_current_pid_tgid();
          return 0;
        }
        SEC("?tp/syscalls/sys_enter_read") int careless(void *ctx) {
          struct task_struct *task = (void *)bpf_get_current_task();
          found = BPF_CORE_READ(task, nivcsw);
          return 0;
        }
        char LICENSE[] SEC("license") = "GPL";`,
      "6.18",
    );
    for (const release of ["6.18", "teaching-1"] as const) {
      const m = new Machine({ seed: 3, release });
      const object = m.open(bytes).load().attach();
      m.spawn(workloads.readFiles());
      await m.run("20ms");
      const there = release === "6.18" ? 1 : 0;
      const { bss } = object;
      expect([bss.pid, bss.has_state, bss.has_switches, bss.found]).toEqual([1, there, there, 0n]);
    }
    const object = new Machine({ release: "teaching-1" }).open(bytes);
    object.progs.careless!.autoload = true;
    expect(() => object.load()).toThrow(ObjectError);
    expect(() => object.load()).toThrow(
      /failed to resolve CO-RE relocation <byte_off> \[\d+\] struct task_struct.nivcsw/,
    );
  });

  it.skipIf(cannotHide)("finds <asm/types.h> where /usr/include/asm is missing or hidden", () => {
    const folder = mkdtempSync(join(tmpdir(), "bpfbook-asm-"));
    writeFileSync(join(folder, "plain.c"), "#include <linux/bpf.h>\n");
    const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const script = `
      const { compile } = await import(${url("../../src/loader/clang/compile.ts")});
      const { Machine } = await import(${url("../../src/index.ts")});
      const text = "#include <linux/bpf.h>\\n__u32 size = sizeof(struct xdp_md);";
      const { bytes } = await compile({ language: "c", text }, "6.18");
      console.log(new Machine().open(bytes).data.size);
    `;
    const run = (tool: string, ...args: string[]) => {
      const [first, ...rest] = [...hiding, tool, ...args];
      // A cache of its own: what was compiled where the folder is to be seen would prove nothing.
      const env = { ...process.env, XDG_CACHE_HOME: folder };
      return spawnSync(first!, rest, { cwd: folder, encoding: "utf8", env });
    };
    const alone = run("clang", "-target", "bpf", "-c", "plain.c", "-o", "plain.o");
    const ours = run(process.execPath, "--input-type=module", "-e", script);
    rmSync(folder, { recursive: true });
    expect(alone.stderr).toMatch(/'asm\/types.h' file not found/);
    expect([ours.stdout, ours.stderr]).toEqual(["24\n", ""]);
  });
});
