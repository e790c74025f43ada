import { describe, expect, it } from "vitest";
import { workloads } from "../../../src/linux/workloads/index.ts";
import { ObjectError } from "../../../src/loader/object/error.ts";
import { VerifierError } from "../../../src/verifier/verification.ts";
import { bytesOf, frame, open, replaced } from "./fixtures.ts";

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

describe("the programs of the syllabus", () => {
  it("execsnoop sees every exec with its parent, as given there", async () => {
    const { m, object } = open("execsnoop");
    object.load().attach();
    m.spawn(workloads.readFiles());
    const events: unknown[] = [];
    for await (const event of object.maps.events!.follow({ for: "100ms" })) events.push(event);
    expect(events.length).toBeGreaterThan(3);
    expect(events[0]).toEqual({ pid: 1001, ppid: 1000, comm: "bash", filename: "/usr/bin/cat" });
  });

  it("xdp_counter counts by h_proto in network order, and only what is below 256", () => {
    const { object } = open("xdp_counter");
    object.load();
    const count = object.progs.xdp_count!;
    expect(count.run(frame(64, 0x0800)).verdict).toBe("XDP_PASS");
    count.run(frame(64, 0x0800));
    // IPv6 is 0x86dd: 0xdd86 as the program reads it, which no array of 256 has.
    count.run(frame(64, 0x86dd));
    const counts = [...object.maps.pkt_count!].filter(([, values]) => (values as bigint[]).some((value) => value > 0n));
    expect(counts).toEqual([[8, [2n, 0n]]]);
  });
});

describe("CO-RE", () => {
  it.each([
    ["6.1", 9792],
    ["6.12", 9792],
    ["6.18", 3264],
  ] as const)("an object compiled for 6.18 reads the tasks of Linux %s", async (release, size) => {
    const { m, object } = open("core_reads", { machine: { release } });
    object.load().attach();
    m.spawn(workloads.readFiles());
    await m.run("100ms");
    const tasks = [...object.maps.tasks!];
    expect(tasks.length).toBeGreaterThan(1);
    for (const [pid, seen] of tasks) expect(seen).toMatchObject({ pid, ppid: 1000, size, uid: 1000, comm: "cat" });
    const moved = object.progs.on_open!.relocations.find(({ local }) => local.includes("task_struct.comm"))!;
    expect(moved.to === moved.from).toBe(release === "6.18");
  });

  it("what no Linux has is refused in libbpf's words where it is reached", () => {
    const { m, object } = open("bad_core");
    expect(() => object.load()).toThrow(/prog 'wish': failed to resolve CO-RE relocation <byte_off> .*no_such_member/);
    expect(m.bpf.programs.size).toBe(0);
  });
});

describe("global variables", () => {
  it("have the types of C, before and after load", () => {
    const { object } = open("globals");
    expect(object.rodata).toMatchObject({ wanted_length: 0, enabled: true });
    expect(object.rodata.config).toMatchObject({ port: 80, mode: "LOUD", limit: -1n, low: 5, high: 17 });
    object.data.packets = 7n;
    object.load();
    expect(object.progs.count!.run(frame(64)).verdict).toBe("XDP_DROP");
    expect({ ...object.data }).toEqual({ packets: 8n, last: "xobody" });
    expect(object.bss).toMatchObject({ calls: 1, bytes: [64n, 0n, 0n, 0n] });
    expect(object.bss.copy).toMatchObject({ port: 81, mode: "LOUD", low: 5 });
    object.data.last = "me";
    object.progs.count!.run(frame(64));
    expect(object.data.last).toBe("xe");
  });

  it("constants that are set before load decide what the program does", () => {
    const { object } = open("globals");
    object.rodata.enabled = false;
    object.load();
    expect(object.progs.count!.run(frame(64)).verdict).toBe("XDP_PASS");
    expect(object.data.packets).toBe(100n);
    expect(codeOf(() => (object.rodata.enabled = true))).toBe("EPERM");
    expect(object.rodata.enabled).toBe(false);
  });

  it("the verifier knows constants: code that they rule out is gone", () => {
    const all = open("globals").object.load().progs.count!.loaded.program.runnable.xlated.insns.length;
    const { object } = open("globals");
    object.rodata.enabled = false;
    const some = object.load().progs.count!.loaded.program.runnable.xlated.insns.length;
    expect(some).toBeLessThan(all / 2);
  });

  it("refuse what their type cannot hold, and change nothing", () => {
    const { object } = open("globals");
    expect(() => (object.rodata.wanted_length = -1)).toThrow(/wanted_length must be an integer from 0/);
    expect(() => (object.data.packets = 1)).toThrow(/write 5n for 5/);
    expect(() => (object.data.last = "more than sixteen bytes")).toThrow(ObjectError);
    expect(() => (object.data.no_such = 1)).toThrow(TypeError);
    expect(() => ((object.rodata.config as { port: number }).port = 1)).toThrow(TypeError);
    expect({ ...object.data }).toEqual({ packets: 100n, last: "nobody" });
  });

  it("settings of Linux, with those of whoever opens", () => {
    const { object } = open("settings", {
      machine: { release: "6.1" },
      kconfig: "CONFIG_HZ=1000\n# CONFIG_X is not set",
    });
    object.load();
    expect(object.progs.ask!.run(frame()).verdict).toBe("XDP_PASS");
    expect({ ...object.bss }).toEqual({ version: BigInt(6 * 65536 + 256 + 176), hz: 1000n });
    expect(object.kconfig).toMatchObject({ CONFIG_BPF_SYSCALL: true, CONFIG_NO_SUCH_DRIVER: "TRI_NO" });
    expect(codeOf(() => open("settings", { kconfig: { CONFIG_HZ: '"fast"' } }).object.load())).toBe("EINVAL");
  });
});

describe("maps and functions", () => {
  it("records of a ring buffer are told apart by their length", async () => {
    const { m, object } = open("percpu_ring");
    expect(object.maps.events!.maxEntries).toBe(8192);
    object.load().attach();
    expect(Object.keys(object.links)).toEqual(["on_read", "on_exec"]);
    m.spawn(workloads.readFiles());
    await m.run("40ms");
    const records = object.maps.events!.read() as Record<string, unknown>[];
    expect(new Set(records.map((record) => Object.keys(record).join()))).toEqual(
      new Set(["pid,bytes", "pid,comm,when"]),
    );
    const [[, counts]] = [...object.maps.reads!];
    expect(counts).toHaveLength(2);
  });

  it("an array of programs is full from the start", () => {
    const { object } = open("tail_calls");
    object.load();
    expect(object.progs.first!.run(frame()).verdict).toBe("XDP_TX");
    expect(object.bss.visited).toBe(7);
    expect([...object.maps.next!].map(([index]) => index)).toEqual([0, 2]);
  });

  it("maps in a map", () => {
    const { object } = open("map_in_map");
    object.load();
    for (const length of [65, 67, 67]) object.progs.choose!.run(frame(length));
    expect([object.maps.left!.get(0), object.maps.right!.get(0)]).toEqual([1n, 6n]);
    expect(object.progs.choose!.run(frame(66)).verdict).toBe("XDP_PASS");
  });

  it("static, global and hidden functions behind the programs that call them", () => {
    const { object } = open("subprograms");
    object.load();
    expect(object.progs.sort!.loaded.spec.functions).toHaveLength(4);
    expect(object.progs.again!.loaded.spec.functions).toHaveLength(2);
    expect(object.progs.sort!.run(frame(64, 0x0800)).verdict).toBe("XDP_PASS");
    expect(object.progs.again!.run(frame()).verdict).toBe("XDP_PASS");
    expect(object.maps.hits!.get(1)).toBe(1n);
    expect(object.maps.hits!.get(3)).toBe(1n);
  });

  it("callbacks, and tables of constants", () => {
    const { object } = open("loops");
    object.load().progs.total!.run(frame(67));
    expect(object.bss.result).toBe(210n + 1n + 2n + 3n + 5n + 5n);
  });

  it("functions of Linux that there are and that there may be", () => {
    const { object } = open("kfuncs");
    object.load().progs.section!.run(frame(67));
    expect(object.bss.has).toBe(2);
  });
});

describe("its life", () => {
  it("opens, loads, attaches, detaches, is destroyed", async () => {
    const { m, object } = open("execsnoop");
    expect([object.state, m.linux.maps.length]).toEqual(["open", 0]);
    expect(codeOf(() => object.attach())).toBe("EINVAL");
    expect(codeOf(() => object.maps.events!.read())).toBe("EINVAL");
    expect(codeOf(() => object.progs.trace_execve!.loaded)).toBe("EINVAL");
    object.load();
    expect(object.state).toBe("loaded");
    expect(() => object.load()).toThrow("object 'execsnoop': load can't be attempted twice");
    expect(codeOf(() => (object.maps.events!.maxEntries = 4096))).toBe("EBUSY");
    expect(codeOf(() => (object.progs.trace_execve!.autoload = false))).toBe("EBUSY");
    object.attach();
    expect([object.state, m.bpf.links.size]).toEqual(["attached", 1]);
    object.attach();
    expect(m.bpf.links.size).toBe(1);
    object.detach();
    expect([object.state, m.bpf.links.size]).toEqual(["loaded", 0]);
    object.attach().destroy();
    expect([object.state, m.bpf.links.size, m.bpf.programs.size]).toEqual(["destroyed", 0, 0]);
    expect(m.linux.maps.every((map) => map === undefined)).toBe(true);
    expect(codeOf(() => object.load())).toBe("EINVAL");
    m.spawn(workloads.readFiles());
    await m.run("10ms");
  });

  it("is configured between open and load", () => {
    const { m, object } = open("percpu_ring");
    object.maps.reads!.maxEntries = 5;
    object.progs.on_read!.autoload = false;
    object.load().attach();
    expect(object.maps.reads!.view.runtime.spec.maxEntries).toBe(5);
    expect([...m.bpf.programs.values()].map(({ spec }) => spec.name)).toEqual(["on_exec"]);
    expect(Object.keys(object.links)).toEqual(["on_exec"]);
  });

  it("tells what the verifier says of one program, with the constants that are set, and changes nothing", () => {
    const { m, object } = open("globals");
    const full = object.verify("count").verdict.processed;
    object.rodata.enabled = false;
    expect([object.verify("count").ok, object.verify("count").verdict.processed < full]).toEqual([true, true]);
    expect([object.state, m.linux.maps.length]).toEqual(["open", 0]);
    expect(open("bad_null").object.verify("forget").verdict.error).toMatch(/invalid mem access 'map_value_or_null'/);
    expect(open("iterators").object.verify("tasks").ok).toBe(true);
    expect(() => object.verify("discount")).toThrow("it holds no program 'discount' (ENOENT). It holds count");
  });

  it("sizes of keys and values can be set before load", () => {
    const { object } = open("subprograms");
    object.maps.hits!.keySize = 8;
    expect(() => object.load()).toThrow();
    object.maps.hits!.keySize = 4;
    object.maps.hits!.valueSize = 16;
    expect([object.maps.hits!.keySize, object.maps.hits!.valueSize]).toEqual([4, 16]);
    object.load();
    expect(codeOf(() => (object.maps.hits!.keySize = 4))).toBe("EBUSY");
  });

  it("uses another object's map, and one that is pinned", () => {
    const { m, object } = open("globals");
    object.load();
    const first = m.open(bytesOf("subprograms"), { name: "one" });
    first.maps.hits!.pinPath = "/sys/fs/bpf/hits";
    first.load().progs.again!.run(frame());
    const second = m.open(bytesOf("subprograms"), { name: "two" });
    second.maps.hits!.pinPath = "/sys/fs/bpf/hits";
    second.load().progs.again!.run(frame());
    const third = m.open(bytesOf("subprograms"), { name: "three" });
    third.maps.hits!.reuse(first.maps.hits!);
    third.load().progs.again!.run(frame());
    expect(first.maps.hits!.get(3)).toBe(3n);
    first.destroy();
    expect(third.maps.hits!.get(3)).toBe(3n);
    const other = m.open(bytesOf("subprograms"));
    other.maps.hits!.maxEntries = 9;
    other.maps.hits!.pinPath = "/sys/fs/bpf/hits";
    expect(() => other.load()).toThrow("couldn't reuse pinned map at '/sys/fs/bpf/hits': parameter mismatch");
  });

  it.each(["bad_bounds", "bad_constant", "bad_global", "bad_leak", "bad_license", "bad_null"])(
    "%s: the verifier's refusal has the line of C, and nothing stays behind",
    (name) => {
      const { m, object } = open(name);
      expect(() => object.load()).toThrow(VerifierError);
      expect(() => object.load()).toThrow(/\(instruction \d+, line \d+: .+\)/);
      expect([object.state, m.bpf.programs.size]).toEqual(["open", 0]);
      expect(m.linux.maps.every((map) => map === undefined)).toBe(true);
    },
  );
});

describe("sections", () => {
  const section = "tracepoint/syscalls/sys_enter_execve";
  const named = (name: string) => {
    const { m } = open("execsnoop");
    return m.open(replaced(bytesOf("execsnoop"), section, name.padEnd(section.length, "_")), { name: "execsnoop" });
  };

  it("that libbpf does not know are refused when loaded, unless the type is set", () => {
    const object = named("mystery/");
    expect(() => object.load()).toThrow(/prog 'trace_execve': missing BPF prog type, check ELF section name 'mystery/);
    object.progs.trace_execve!.type = "tracepoint";
    object.load();
    expect(object.attach().links).toEqual({});
    const link = object.progs.trace_execve!.attach("tracepoint:syscalls:sys_enter_execve");
    expect([object.state, link.attached]).toEqual(["attached", true]);
  });

  it("of operations are loaded for the member that names them, and their structure is a map", () => {
    const { object } = open("operations");
    expect(object.progs.own_undo!.type).toBe("struct_ops");
    object.load();
    expect(object.progs.own_undo!.loaded.spec).toMatchObject({
      ...{ attachBtfId: "tcp_congestion_ops", attachMember: "undo_cwnd" },
    });
    expect(object.maps.own!.spec).toMatchObject({ type: "struct_ops", valueSize: 256 });
  });

  it("whose hooks the machine does not have say so", () => {
    const object = named("raw_tp/sys_enter");
    expect(object.progs.trace_execve!.type).toBe("raw_tracepoint");
    expect(object.progs.trace_execve!.hook).toMatch(/^rawtracepoint:sys_enter/);
    expect(codeOf(() => named("raw_tp/no_such_event").load().attach())).toBe("ENOENT");
    expect(() => named("freplace/pass").load()).toThrow(/prog 'trace_execve': attach program FD is not set/);
    const nameless = named("mystery");
    nameless.progs.trace_execve!.type = "tracing";
    expect(() => nameless.load()).toThrow(
      /no BTF-based attach target is specified, use bpf_program__set_attach_target/,
    );
    expect(codeOf(() => named("tp/syscalls/no_such_call").load().attach())).toBe("ENOENT");
  });
});
