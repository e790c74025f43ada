import { describe, expect, it } from "vitest";
import { BpftraceError, Machine, workloads } from "../../src/index.ts";
import { DISPLAY } from "../../src/plot/displayable.ts";

function busy(): Machine {
  const m = new Machine({ cpus: 2, seed: 7 });
  m.spawn(workloads.webServer());
  return m;
}

describe("bpftrace on a machine", () => {
  it("counts system calls by process", async () => {
    const m = busy();
    const { text, maps } = await m.bpftrace({ for: "100ms" })`tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }`;
    const [entry] = maps[0]!.entries;
    expect(text).toBe(
      `\n\n@[webserver]: ${entry!.value.kind === "value" && entry!.value.data.kind === "integer" && entry!.value.data.value}\n`,
    );
  });

  it("prints the files that are opened", async () => {
    const { text } = await busy().bpftrace({ for: "50ms" })`tracepoint:syscalls:sys_enter_openat {
      printf("%s %s\n", comm, str(args.filename));
    }`;
    expect(text).toMatch(/^(?:webserver \/[\w./]+\n)+\n\n$/);
  });

  it("draws a histogram of read sizes, whose rows add up to the calls", async () => {
    const result = await busy().bpftrace({
      for: "100ms",
    })`tracepoint:syscalls:sys_exit_read /args.ret >= 0/ { @bytes = hist(args.ret); @n = count(); }`;
    const [bytes, n] = result.maps;
    const histogram = bytes!.entries[0]!.value;
    const count = n!.entries[0]!.value;
    expect(histogram.kind === "histogram" && histogram.rows.reduce((sum, row) => sum + row.count, 0n)).toBe(
      count.kind === "value" && count.data.kind === "integer" && count.data.value,
    );
    const bundle = await result[DISPLAY]();
    expect(Object.keys(bundle)).toContain("image/svg+xml");
    expect(bundle["text/plain"]).toBe(result.errors + result.text);
  });

  it("draws stacks as a flame graph", async () => {
    const result = await busy().bpftrace({ for: "500ms" })`profile:hz:99 { @[kstack, comm] = count(); }`;
    expect(result.text).toMatch(/^\n\n@\[\n {8}\w+\+\d+\n/);
    expect(Object.keys(await result[DISPLAY]())).toContain("image/svg+xml");
  });

  it("follows pointers of Linux's structs from a function's arguments", async () => {
    const { text } = await busy().bpftrace({ for: "20ms" })`
      kprobe:vfs_read { @[str(((struct file *)arg0)->f_path.dentry->d_name.name) != ""] = count(); }
      fentry:vfs_read { @same[args.count > 0] = count(); }`;
    expect(text).toMatch(/^\n\n@\[true\]: (\d+)\n@same\[true\]: \1\n$/);
  });

  it("measures between two probes", async () => {
    const { maps } = await busy().bpftrace({ for: "50ms" })`
      kprobe:vfs_read { @start[tid] = nsecs; }
      kretprobe:vfs_read /@start[tid]/ { @ns = stats(nsecs - @start[tid]); delete(@start, tid); }`;
    const stats = maps.find(({ name }) => name === "ns")!.entries[0]!.value;
    expect(stats.kind === "stats" && stats.count > 10n && stats.average > 0n).toBe(true);
  });

  it("never changes the run", async () => {
    const [quiet, traced] = [busy(), busy()];
    const alone = await quiet.run("50ms");
    await traced.bpftrace({ for: "50ms" })`kprobe:vfs_* { @[func, kstack] = count(); } interval:ms:7 { print(@); }`;
    expect(traced.linux.syscalls).toBe(quiet.linux.syscalls);
    expect(traced.now).toBe(BigInt(alone.ns));
  });

  it("leaves nothing behind on the machine", async () => {
    const m = busy();
    const [programs, links] = [m.bpf.programs.size, m.bpf.links.size];
    await m.bpftrace({ for: "5ms" })`kprobe:vfs_read { @ = count(); }`;
    await expect(m.bpftrace()`BEGIN { @a = 1; @a = "x"; }`).rejects.toThrow(BpftraceError);
    expect([m.bpf.programs.size, m.bpf.links.size, m.linux.maps.filter(Boolean).length]).toEqual([programs, links, 0]);
  });

  it("prints one object a line where JSON is wanted", async () => {
    const { text } = await busy().bpftrace({ for: "5ms", format: "json" })`BEGIN {
      @a["x", 1] = 5; @h = hist(3); @s = stats(4); print((1, "a")); printf("hi\n"); @m = max(-1);
    }`;
    const lines = text.split("\n").filter((line) => line !== "");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { type: "attached_probes", count: 1, data: { probes: 1 } },
      { type: "value", data: [1, "a"] },
      { type: "printf", data: "hi\n" },
      { type: "map", data: { "@a": { "x,1": 5 } } },
      { type: "hist", data: { "@h": [{ min: 2, max: 3, count: 1 }] } },
      { type: "map", data: { "@m": -1 } },
      { type: "stats", data: { "@s": { count: 1, average: 4, total: 4 } } },
    ]);
  });

  it("runs over what strace recorded", async () => {
    const log = [
      '1000 1700000000.000000 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3',
      '1000 1700000000.000100 read(3, "127.0.0.1", 4096) = 120',
      '1000 1700000000.000200 read(3, "", 4096) = 0',
      "1000 1700000000.000300 close(3) = 0",
      "",
    ].join("\n");
    const { text } = await new Machine().bpftrace({ replay: log })`
      tracepoint:syscalls:sys_enter_openat { printf("%s\n", str(args.filename)); }
      tracepoint:syscalls:sys_exit_read { @[args.ret] = count(); }`;
    expect(text).toBe("/etc/hosts\n\n\n@[0]: 1\n@[120]: 1\n");
  });

  it("a static probe of a program", async () => {
    const [probe] = busy()
      .linux.hooks.list()
      .filter((hook) => hook.startsWith("usdt:"));
    const { text } = await busy().bpftrace({ for: "5ms", release: "0.17" })(
      `${probe} { @ = count(); } BEGIN { printf("on\\n"); }`,
    );
    expect(text).toMatch(/^Attaching 2 probes\.\.\.\non\n/);
  });

  it("watches the first instruction of a function, until unwatch", async () => {
    const m = busy();
    const { address } = m.linux.symbols.list().find(({ name }) => name === "vfs_read")!;
    const watched = `0x${address.toString(16)}`;
    const result = await m.bpftrace({ for: "50ms" })(
      `watchpoint:${watched}:8:x { @[probe] = count(); @n++; if (@n == 3) { unwatch(${watched}); } } kprobe:vfs_read { @all++; }`,
    );
    expect(result.get("")).toEqual(new Map([[`watchpoint:${watched}:8:x`, 3]]));
    expect(result.get("all")).toBeGreaterThan(3);
  });

  it("iterates over areas of memory", async () => {
    const m = new Machine({ seed: 7 });
    m.linux.process({
      comm: "hog",
      *program(sys) {
        yield sys.mmap(3 * 4096);
        yield sys.nanosleep(1e9);
      },
    });
    await m.run("1ms");
    const result = await m.bpftrace()`iter:task_vma { @[ctx.task.comm] = sum(ctx.vma.vm_end - ctx.vma.vm_start); }`;
    expect(result.get("@")).toEqual(new Map([["hog", 3 * 4096]]));
  });

  it("gives maps as values", async () => {
    const result = await new Machine().bpftrace()`BEGIN {
      @one = 5; @pair["a", 2] = (1, "b"); @big = (uint64)-1; @h = hist(3); @s = stats(4); @a = avg(6); @t = true; @none[1] = 1; clear(@none); exit();
    }`;
    expect(result.get("one")).toBe(5);
    expect(result.get("pair")).toEqual(new Map([["a,2", [1, "b"]]]));
    expect(result.get("@big")).toBe(2n ** 64n - 1n);
    expect(result.get("h")).toEqual([{ min: 2, max: 3, count: 1 }]);
    expect(result.get("s")).toEqual({ count: 1, average: 4, total: 4 });
    expect(result.get("a")).toBe(6);
    expect(result.get("none")).toBeUndefined();
    expect(() => result.get("two")).toThrow(/get must be one of .*"pair".*, got "two"/);
  });
});
