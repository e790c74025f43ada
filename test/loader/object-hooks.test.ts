/** Programs in C for hooks of functions: compiled, loaded, attached by their sections; what they saw is what happened. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { c, Machine, workloads } from "../../src/index.ts";

function hasClang(): boolean {
  try {
    execFileSync("clang", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const SOURCE = c`
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
char LICENSE[] SEC("license") = "GPL";
__u64 runs[8];
char name[32], path[64];
__u32 pid, parent;
__u64 inode;
SEC("fentry/vfs_read") int BPF_PROG(read_file, struct file *file) {
  runs[0]++;
  inode = file->f_inode->i_ino;
  bpf_probe_read_kernel_str(name, sizeof name, file->f_path.dentry->d_name.name);
  return 0;
}
SEC("fexit/vfs_read") int BPF_PROG(have_read, struct file *file, char *buf, size_t count, loff_t *pos, ssize_t ret) {
  runs[1] += ret <= (ssize_t)count;
  return 0;
}
SEC("kprobe/vfs_write") int BPF_KPROBE(written) {
  struct task_struct *task = (void *)bpf_get_current_task();
  runs[2]++;
  pid = BPF_CORE_READ(task, tgid);
  parent = BPF_CORE_READ(task, real_parent, tgid);
  return 0;
}
SEC("kprobe.multi/vfs_*") int all(struct pt_regs *ctx) { runs[3]++; return 0; }
SEC("ksyscall/openat") int BPF_KSYSCALL(opened, int dfd, const char *file) {
  runs[4]++;
  bpf_probe_read_user_str(path, sizeof path, file);
  return 0;
}
SEC("tp_btf/sched_switch") int BPF_PROG(switched, bool preempt, struct task_struct *prev) {
  runs[5] += prev->pid == (__u32)bpf_get_current_pid_tgid();
  return 0;
}
SEC("raw_tp/sys_enter") int entered(struct bpf_raw_tracepoint_args *ctx) { runs[6] += ctx->args[1] < 500; return 0; }
SEC("uretprobe//bin/bash:readline") int BPF_KRETPROBE(line, const char *text) { runs[7] += text != 0; return 0; }
`;

const missing = hasClang() ? "" : " (skipped: clang is missing)";

describe.skipIf(missing !== "")(`programs in C${missing}`, () => {
  it("attach by their sections, and read arguments, results, structs and texts", async () => {
    const m = new Machine({ seed: 3 });
    const object = await m.compile(SOURCE);
    object.load().attach();
    m.spawn(workloads.readFiles());
    const { events } = await m.run("300ms");
    const seen = object.bss as unknown as {
      readonly runs: readonly bigint[];
      readonly [name: string]: unknown;
    };
    const all = Object.entries(events).filter(([hook]) => hook.startsWith("kprobe:vfs_"));
    const hooks = ["fentry:vfs_read", "fexit:vfs_read", "kprobe:vfs_write"];
    const others = ["kprobe:__x64_sys_openat", "tp_btf:sched_switch", "rawtracepoint:sys_enter"];
    // A hook that two programs are attached to is counted once.
    const sum = all.reduce((before, [, n]) => before + n, 0);
    const expected = [...hooks, "all", ...others, "uretprobe:/bin/bash:readline"].map((hook) => events[hook] ?? sum);
    expect(seen.runs.map(Number)).toEqual(expected);
    expect(expected.every((n) => n > 10)).toBe(true);
    expect(seen.path).toMatch(/^\/home\/student\/notes\/chapter\d+\.txt$/);
    expect(seen.path).toContain(seen.name);
    expect(seen.parent).toBe(1000);
    expect(m.linux.files.lookup(seen.path as string)?.ino).toBe(Number(seen.inode));
    object.detach();
  });
});
