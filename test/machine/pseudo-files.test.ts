import { describe, expect, it } from "vitest";
import { FileError } from "../../src/linux/file-system.ts";
import { O_RDONLY, O_RDWR } from "../../src/linux/open.ts";
import { formatText, tracepoint } from "../../src/linux/tracepoints.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { Machine } from "../../src/machine.ts";

function machine(): Machine {
  const m = new Machine({ seed: 7 });
  m.spawn(workloads.mixed());
  m.linux.runUntil(1_500_000_000);
  return m;
}

describe("/proc and /sys", () => {
  const m = machine();

  it("tell of processes what the machine knows of them", () => {
    for (const task of m.linux.tasks()) {
      const of = (name: string) => m.cat(`/proc/${task.pid}/${name}`);
      expect(of("comm")).toBe(`${task.comm}\n`);
      expect(of("status")).toContain(`Pid:\t${task.pid}\n`);
      expect(of("stat").split(" ")).toHaveLength(52);
      const links = m.ls(`/proc/${task.pid}/fd`).map(({ name }) => name.split(" ")[0]);
      expect(links).toEqual(task.files.entries().map(([fd]) => String(fd)));
    }
    expect(m.ls("/proc").filter(({ name }) => /^\d/.test(name))).toHaveLength(
      m.linux.tasks().filter(({ pid, tgid }) => pid === tgid).length,
    );
    expect(m.cat("/proc/1001/stack")).toContain("entry_SYSCALL_64_after_hwframe+0x76/0x7e");
  });

  it("tell of disks what went through them", () => {
    const words = m.cat("/proc/diskstats").split("\n")[0]!.trim().split(/ +/);
    const { reads, writes } = m.linux.disk;
    expect(words.slice(0, 4)).toEqual(["254", "0", "vda", String(reads.completed)]);
    expect([Number(words[5]), Number(words[9])]).toEqual([reads.sectors, writes.sectors]);
    expect(m.cat("/sys/block/vdb/queue/rotational")).toBe("1\n");
  });

  it("hold the tracepoints' formats and the types", () => {
    const format = m.cat("/sys/kernel/tracing/events/block/block_rq_issue/format");
    expect(format).toBe(formatText(tracepoint("block:block_rq_issue")!));
    expect(m.cat("/sys/kernel/tracing/available_events")).toContain("sched:sched_switch\n");
    expect([...m.linux.files.bytes("/sys/kernel/btf/vmlinux").slice(0, 2)]).toEqual([0x9f, 0xeb]);
    expect(m.cat("/proc/kallsyms")).toMatch(/^ffffffff81[0-9a-f]{6} T \w+\n/);
  });

  it("are read and written by the machine's own programs", () => {
    const notes: unknown[] = [];
    m.linux.process({
      comm: "sysctl",
      *program(sys) {
        const fd = yield sys.openat("/proc/sys/vm/swappiness", O_RDWR);
        notes.push(yield sys.read(fd, 100), yield sys.read(fd, 100));
        notes.push(yield sys.print(fd, "10\n"), yield sys.print(fd, "1000\n"), yield sys.print(fd, "x"));
        notes.push(yield sys.openat("/proc/1001/comm", O_RDONLY));
        const names: string[] = [];
        yield sys.getdents(yield sys.openat("/proc/self/fd", O_RDONLY), names);
        notes.push(names);
      },
    });
    m.linux.runUntil(1_600_000_000);
    expect(notes).toEqual([3, 0, 3, -22, -22, 1, [".", "..", "0", "1", "2"]]);
    expect(m.cat("/proc/sys/vm/swappiness")).toBe("10\n");
  });

  it("say what is not there", () => {
    expect(() => m.cat("/proc/99999/comm")).toThrow(FileError);
    expect(() => m.cat("/proc")).toThrow("/proc: it is a directory: m.ls(path) lists it");
    expect(() => m.ls("/nowhere")).toThrow("/nowhere: there is no such file or directory");
  });

  it("come as rows", () => {
    expect(m.ps().map(({ pid }) => pid)).toEqual(
      m.linux
        .tasks()
        .map(({ pid }) => pid)
        .sort((a, b) => a - b),
    );
    const shares = m.top().map((row) => row["cpu%"]);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    expect(m.dmesg()[0]!.text).toMatch(/^Linux version 6\.18\./);
    expect(m.ls("/etc").every(({ mode }) => mode.length === 10)).toBe(true);
  });
});
