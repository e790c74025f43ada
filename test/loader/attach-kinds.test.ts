/** A program of each kind: loaded, attached, run by the machine, and what it wrote compared with what the machine did. */
import { describe, expect, it } from "vitest";
import { machineBtf } from "../../src/btf/data/machine.ts";
import { pathOf } from "../../src/btf/member-path.ts";
import { type AsmOptions, AttachError, asm, HookError, Machine, map, u64, workloads } from "../../src/index.ts";

/** Byte offset of a member in the machine's types. */
function offset(struct: string, member: string): number {
  const btf = machineBtf("6.18");
  return pathOf(btf, btf.byName(struct, "struct")!.id, member)!.bitOffset / 8;
}

/** A program that computes r6 from its context in r1 and stores it at 0, and counts its runs at 1. */
function storing(options: AsmOptions, body: string) {
  const seen = map.array({ name: "seen", value: u64, maxEntries: 2 });
  const program = asm({ ...options, maps: [seen] })(`
    ${body}
    r7 = 0
    *(u32 *)(r10 - 4) = r7
    r1 = map[seen]
    r2 = r10
    r2 += -4
    call bpf_map_lookup_elem
    if r0 == 0 goto out
    *(u64 *)(r0 + 0) = r6
    r7 = 1
    *(u32 *)(r10 - 4) = r7
    r1 = map[seen]
    r2 = r10
    r2 += -4
    call bpf_map_lookup_elem
    if r0 == 0 goto out
    r1 = 1
    lock *(u64 *)(r0 + 0) += r1
out:
    r0 = 0
    exit
  `);
  return { seen, program };
}

/** Runs a program of a kind; what it stored last, how often it ran, and how often its hook was hit. */
async function run(hook: string, options: AsmOptions, body: string, attached: { cookie?: bigint } = {}) {
  const m = new Machine({ seed: 5 });
  const { seen, program } = storing(options, body);
  m.attach(m.load(program), hook, attached);
  m.spawn(workloads.webServer());
  const { events } = await m.run("200ms");
  return { value: seen.get(0), count: Number(seen.get(1)), events: events[hook], m };
}

describe("programs of each kind run, and read what is true", () => {
  it("kprobe: registers, and what they point to", async () => {
    const di = offset("pt_regs", "di");
    const body = `
      r3 = *(u64 *)(r1 + 112)
      r3 += ${di}
      r1 = r10
      r1 += -16
      r2 = 8
      call bpf_probe_read_kernel
      r6 = *(u64 *)(r10 - 16)`;
    const { value, count, events } = await run("kprobe:__x64_sys_close", { type: "kprobe" }, body);
    expect(count).toBe(events);
    expect(count).toBeGreaterThan(10);
    expect(Number(value)).toBeLessThan(100);
  });

  it("kretprobe: the result, and which function it was", async () => {
    const { value, m, count } = await run("kretprobe:vfs_read", { type: "kprobe" }, "call bpf_get_func_ip\nr6 = r0");
    expect(m.linux.symbolize(value!)).toEqual({ name: "vfs_read", offset: 0 });
    expect(count).toBeGreaterThan(10);
  });

  it("kprobe: the cookie that it was attached with", async () => {
    const body = "call bpf_get_attach_cookie\nr6 = r0";
    const { value } = await run("kprobe:vfs_read", { type: "kprobe" }, body, { cookie: 0x1234_5678_9abc_def0n });
    expect(value).toBe(0x1234_5678_9abc_def0n);
  });

  it("fexit: arguments and result", async () => {
    const attach = "fexit:vfs_read";
    const { value, count, events } = await run(attach, { type: "tracing", attach }, "r6 = *(u64 *)(r1 + 32)");
    expect(count).toBe(events);
    expect(BigInt.asIntN(64, value!)).toBeLessThan(1n << 20n);
    expect(count).toBeGreaterThan(10);
  });

  it("fentry: how many arguments there are", async () => {
    const attach = "fentry:vfs_read";
    const { value } = await run(attach, { type: "tracing", attach }, "call bpf_get_func_arg_cnt\nr6 = r0");
    expect(value).toBe(4n);
  });

  it("tp_btf: members of structs by plain loads", async () => {
    const attach = "tp_btf:sched_switch";
    const body = `
      r2 = *(u64 *)(r1 + 8)
      r6 = *(u32 *)(r2 + ${offset("task_struct", "pid")})
      call bpf_get_current_pid_tgid
      r1 = r0
      r1 <<= 32
      r1 >>= 32
      r6 -= r1`;
    const { value, count, events } = await run(attach, { type: "tracing", attach }, body);
    expect(value).toBe(0n);
    expect(count).toBe(events);
    expect(count).toBeGreaterThan(10);
  });

  it("raw_tracepoint: arguments, followed by a helper", async () => {
    const body = `
      r3 = *(u64 *)(r1 + 16)
      r3 += ${offset("task_struct", "pid")}
      *(u64 *)(r10 - 16) = r10
      r1 = r10
      r1 += -16
      r2 = 4
      call bpf_probe_read_kernel
      r6 = *(u32 *)(r10 - 16)`;
    const { value, m } = await run("rawtracepoint:sched_switch", { type: "raw_tracepoint" }, body);
    expect([0, ...m.linux.tasks().map(({ pid }) => pid)]).toContain(Number(value));
  });

  it("tracepoint: fields of the record", async () => {
    const at = 56;
    const { value, m } = await run(
      "tracepoint:sched:sched_switch",
      { type: "tracepoint" },
      `r6 = *(u32 *)(r1 + ${at})`,
    );
    expect([0, ...m.linux.tasks().map(({ pid }) => pid)]).toContain(Number(value));
  });
});

describe("programs that look at programs, and samples", () => {
  it("uretprobe: a text in the program's memory", async () => {
    const m = new Machine({ seed: 5 });
    const body = `
      r3 = *(u64 *)(r1 + 80)
      r1 = r10
      r1 += -16
      r2 = 8
      call bpf_probe_read_user_str
      r6 = *(u64 *)(r10 - 16)`;
    const { seen, program } = storing({ type: "kprobe" }, body);
    m.attach(m.load(program), "uretprobe:/bin/bash:readline");
    m.spawn(workloads.readFiles());
    await m.run("200ms");
    expect(new TextDecoder().decode(new BigUint64Array([seen.get(0)!])).slice(0, 7)).toBe("cat /ho");
  });

  it("uprobe: an address of Linux's is no address of the program's", async () => {
    const body = `
      call bpf_get_current_task
      r3 = r0
      r1 = r10
      r1 += -16
      r2 = 8
      call bpf_probe_read_user
      r6 = r0`;
    const hook = "uprobe:/usr/sbin/webserver:serve_file";
    const { value, count } = await run(hook, { type: "kprobe" }, body);
    expect([BigInt.asIntN(64, value!), count > 10]).toEqual([-14n, true]);
  });

  it.each(["profile:hz:500", "interval:ms:2", "software:cs:1", "hardware:cycles:1000000"])(
    "perf_event: %s",
    async (hook) => {
      const { value, count, events } = await run(hook, { type: "perf_event" }, "r6 = *(u64 *)(r1 + 168)");
      expect(count).toBe(events);
      expect(count).toBeGreaterThan(10);
      expect(value).toBe(hook === "software:cs:1" ? 1n : hook.startsWith("hardware") ? 1_000_000n : 2_000_000n);
    },
  );
});

describe("what does not go together is refused", () => {
  it("a program that was loaded for something else", () => {
    const m = new Machine();
    const attach = "fentry:vfs_read";
    const loaded = m.load(asm({ type: "tracing", attach })("r0 = 0\nexit"));
    expect(() => m.attach(loaded, "fentry:vfs_write")).toThrow(AttachError);
    expect(() => m.attach(loaded, "fexit:vfs_read")).toThrow(/loaded for trace_fentry of vfs_read/);
    expect(() => m.attach(loaded, "kprobe:vfs_read")).toThrow(/runs programs of type kprobe/);
    m.attach(loaded, attach).detach();
  });

  it("a hook that is none, in the text of the program or when it is attached", () => {
    expect(() => asm({ type: "tracing", attach: "kprobe:vfs_read" })).toThrow(/hook with typed arguments/);
    const m = new Machine();
    const loaded = m.load(asm({ type: "kprobe" })("r0 = 0\nexit"));
    expect(() => m.attach(loaded, "kprobe:no_such_function")).toThrow(HookError);
  });
});
