import { describe, expect, it } from "vitest";
import { Machine } from "../../src/index.ts";
import { ClangError } from "../../src/loader/clang/error.ts";
import { findClang } from "../../src/loader/clang/find-clang.ts";
import { rewriteBcc } from "../../src/tools/bcc/rewrite.ts";
import { reads, withFiles } from "./machine.ts";

const clang = await findClang().then(
  () => true,
  () => false,
);

function busy(times = 12): Machine {
  const machine = new Machine({ cpus: 2, seed: 7 });
  withFiles(machine);
  machine.linux.process(reads("reader", "/data/a.bin", times));
  return machine;
}

describe("a bcc program is rewritten", () => {
  it("without moving a line", () => {
    const { text } = rewriteBcc(
      "#include <linux/sched.h>\nBPF_HASH(start,\n  u32);\n\nint kprobe__vfs_read(struct pt_regs *ctx,\n  struct file *f) {\n  return 0;\n}\n",
    );
    const lines = text.slice(text.indexOf("#line 1")).split("\n").slice(1);
    expect(lines[1]).toContain("BPF_MAP_TYPE_HASH");
    expect(lines[4]).toContain('SEC("kprobe/vfs_read")');
    expect(lines[6]).toContain("return 0;");
  });

  it("reads through pointers of Linux, and leaves others, comments and texts alone", () => {
    const { text } = rewriteBcc(
      'struct own { int x; };\nint kprobe__f(struct pt_regs *ctx, struct sock *sk) {\n  struct own *o = 0; // sk->a\n  char t[] = "sk->b";\n  return sk->__sk_common.skc_num + o->x;\n}',
    );
    expect(text).toContain("return BPF_CORE_READ(sk, __sk_common.skc_num) + o->x;");
    expect(text).toContain("// sk->a");
    expect(text).toContain('"sk->b"');
  });

  it("says what is not there, with its line", () => {
    expect(() => rewriteBcc("\nTRACEPOINT_PROBE(sched, nothing) { return 0; }")).toThrow(
      "line 2: there is no tracepoint sched:nothing",
    );
    expect(() => rewriteBcc("\n\nBPF_HASH(start")).toThrow("line 3: this parenthesis is never closed");
  });
});

describe.skipIf(!clang)("a bcc program runs (this needs clang)", () => {
  it("draws a histogram in bcc's text", async () => {
    const m = busy();
    const b = await m.bcc`
      BPF_HISTOGRAM(dist);
      int kprobe__vfs_read(struct pt_regs *ctx, struct file *file, char *buf, size_t count) {
        dist.increment(bpf_log2l(count));
        return 0;
      }
    `;
    await m.run("100ms");
    expect(b.get("dist").printLog2Hist("bytes")).toMatch(
      /^ {5}bytes +: count {5}distribution\n(?: .*: 0 .*\n){12} {6}4096 -> 8191 {7}: 12 {7}\|\*{40}\|\n$/,
    );
    expect(b.get("dist").printLog2Hist("bytes").split("\n")[1]).toBe(
      "         0 -> 1          : 0        |                                        |",
    );
    b.get("dist").clear();
    expect(b.get("dist").printLog2Hist()).toBe("");
  });

  it("keeps times in a hash, reads a file's name through pointers, and hands records over", async () => {
    const m = busy(3);
    const b = await m.bcc`
      #include <uapi/linux/ptrace.h>
      struct data_t { u64 ns; u32 pid; u32 bytes; char comm[TASK_COMM_LEN]; char name[32]; };
      BPF_HASH(start, u32, u64);
      BPF_HASH(files, u32, struct file *);
      BPF_PERF_OUTPUT(events);
      int kprobe__vfs_read(struct pt_regs *ctx, struct file *file) {
        u32 pid = bpf_get_current_pid_tgid();
        u64 ts = bpf_ktime_get_ns();
        if (file->f_path.dentry->d_name.len == 0) return 0;
        start.update(&pid, &ts);
        files.update(&pid, &file);
        return 0;
      }
      int kretprobe__vfs_read(struct pt_regs *ctx) {
        u32 pid = bpf_get_current_pid_tgid();
        u64 *tsp = start.lookup(&pid);
        struct file **f = files.lookup(&pid);
        if (tsp == 0 || f == 0) return 0;
        struct data_t data = {};
        struct file *file = *f;
        data.ns = bpf_ktime_get_ns() - *tsp;
        data.pid = pid;
        data.bytes = PT_REGS_RC(ctx);
        const unsigned char *name = file->f_path.dentry->d_name.name;
        bpf_probe_read_kernel_str(&data.name, sizeof(data.name), name);
        bpf_get_current_comm(&data.comm, sizeof(data.comm));
        events.perf_submit(ctx, &data, sizeof(data));
        start.delete(&pid);
        return 0;
      }
    `;
    await m.run("100ms");
    const rows = b.perfBuffer("events") as readonly {
      readonly comm: string;
      readonly name: string;
      readonly bytes: number;
    }[];
    expect(rows.map(({ comm, name, bytes }) => [comm, name, bytes])).toEqual(
      Array.from({ length: 3 }, () => ["reader", "a.bin", 4096]),
    );
    expect(b.perfBuffer("events")).toEqual([]);
    expect(b.get("start").items()).toEqual([]);
  });

  it("probes tracepoints, prints, and counts stacks", async () => {
    const m = busy(4);
    const b = await m.bcc`
      BPF_HASH(calls, u32);
      BPF_STACK_TRACE(stacks, 64);
      TRACEPOINT_PROBE(syscalls, sys_exit_read) {
        if (args->ret > 0) bpf_trace_printk("read %d\\n", args->ret);
        return 0;
      }
      int probe(struct pt_regs *ctx) {
        u32 id = stacks.get_stackid(ctx, 0);
        calls.increment(id);
        return 0;
      }
    `;
    b.attachKprobe({ event: "vfs_read", fnName: "probe" });
    await m.run("100ms");
    expect(b.tracePrint().match(/bpf_trace_printk: read 4096/g)?.length).toBe(4);
    expect(b.tracePrint()).toBe("");
    const [[id, count]] = b.get("calls").items() as [[number, bigint]];
    expect(Number(count)).toBe(4);
    expect(b.get("stacks").walk(id).slice(0, 2)).toEqual(["vfs_read", "ksys_read"]);
    b.detach();
    await m.run("1s");
    expect(() => b.attachKprobe({ event: "vfs_read", fnName: "other" })).toThrow("there is no function 'other'");
    expect(() => b.get("nothing")).toThrow("there is no table 'nothing': calls, stacks");
  });

  it("names the student's own line where clang refuses", async () => {
    const wrong = new Machine().bcc(
      "BPF_HASH(start);\nint kprobe__vfs_read(struct pt_regs *ctx) {\n  return undefined_name;\n}\n",
    );
    await expect(wrong).rejects.toThrow(ClangError);
    await expect(wrong).rejects.toThrow(/program\.bpf\.c:3:\d+: error: .*undefined_name/);
  });
});
