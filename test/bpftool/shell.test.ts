import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bpftool, wordsOf } from "../../src/bpftool/bpftool.ts";
import { cSkeleton } from "../../src/bpftool/gen/skeleton.ts";
import { parseLine } from "../../src/bpftool/shell/parse.ts";
import { asm, Machine } from "../../src/index.ts";

const fresh = (): Machine => new Machine({ seed: 3 });
const say = async (machine: Machine, line: string): Promise<string> => {
  const { text, errors, exitCode } = await machine.shell(line, { for: "10ms" });
  return `${errors}${text}${exitCode === 0 ? "" : `[${exitCode}]`}`;
};

describe("the shell", () => {
  test.each([
    ["echo 'a  b' \"c $HOME\" d\\ e", "a  b c /root d e\n"],
    ["echo one && false && echo two; echo $?", "one\n1\n"],
    ["false || echo saved", "saved\n"],
    ["printf", "bash: printf: command not found\n[127]"],
    ["echo b > x; echo a >> x; sort < x | head -1", "a\n"],
    ["cat nowhere", "cat: nowhere: No such file or directory\n[1]"],
    ["cat nowhere 2>&1 | wc -l", "1\n"],
    ["cat nowhere 2> /dev/null", "[1]"],
    ["ls /proc/loadav? | wc -l", "1\n"],
    ["echo a#b # a comment", "a#b\n"],
    ["echo 'open", "bash: unexpected EOF while looking for matching `''\n[2]"],
    ["echo a |", "bash: syntax error near unexpected token `newline'\n[2]"],
    ["| cat", "bash: syntax error near unexpected token `|'\n[2]"],
    ["echo hi > /nowhere/x", "bash: /nowhere/x: No such file or directory\n[1]"],
    ["cd /tmp && pwd && cd - 2> /dev/null; pwd", "/tmp\n/tmp\n"],
    ["seq 3 2>/dev/null; uname -r | cut -d . -f 1", "6\n"],
    ["echo -n x | xxd", `00000000: ${"78".padEnd(40)} x\n`],
    ["echo 3 > /proc/sys/net/core/bpf_jit_enable", "bash: echo: write error: Invalid argument\n[1]"],
    ["sysctl -w kernel.kptr_restrict=1; cat /proc/sys/kernel/kptr_restrict", "kernel.kptr_restrict = 1\n1\n"],
    ["sysctl net.core.nothing", "sysctl: cannot stat /proc/sys/net/core/nothing: No such file or directory\n[255]"],
    ["sudo bpftool prog list", ""],
    ["apt install nothing-such", /Unable to locate package nothing-such\n[\s\S]*\[100\]$/],
    ["ls /sys/fs/bpf", ""],
    ["mount | grep -c bpf", "1\n"],
  ])("%s", async (line, wanted) => {
    const got = await say(fresh(), line);
    if (wanted instanceof RegExp) expect(got).toMatch(wanted);
    else expect(got).toBe(wanted);
  });

  test("bpf_jit_enable chooses the engine of what is loaded next; 2 puts the image into dmesg", async () => {
    const machine = fresh();
    const pass = asm({ type: "xdp", name: "pass" })`
      r0 = 2
      exit
    `;
    const engines: string[] = [];
    for (const value of [0, 1, 2]) {
      await machine.shell(`echo ${value} > /proc/sys/net/core/bpf_jit_enable`);
      engines.push(machine.load(pass).program.engine);
    }
    expect(engines).toEqual(["interp", "jit", "jit"]);
    expect((await machine.shell("dmesg | grep -c flen=2")).text).toBe("1\n");
    expect((await machine.shell("dmesg | grep 'JIT code: 00000000'")).text).toContain("00 61 73 6d");
    expect((await machine.shell("bpftool prog show id 1")).text).toContain("not jited");
  });

  test("XDP by ip: refused where one is, shown, gone with its program; tc filters by priority", async () => {
    const machine = Machine.syllabus();
    const line = "ip link set dev eth0 xdp obj xdp_counter.o sec xdp";
    expect(await say(machine, line)).toBe("");
    expect(await say(machine, line)).toBe("Error: XDP program already attached.\n[2]");
    expect(await say(machine, "bpftool net show | head -2")).toMatch(/^xdp:\neth0\(2\) driver id \d+\n$/);
    expect(await say(machine, "bpftool link show | grep -c xdp")).toBe("0\n[1]");
    await machine.shell("ip link set dev eth0 xdp off");
    expect(machine.bpftool("prog show name xdp_count").exitCode).toBe(255);
    expect(await say(machine, "ip link set dev lo xdpdrv obj xdp_counter.o sec xdp")).toMatch(/native mode.\n\[2\]$/);
    expect(await say(machine, "ip link set dev lo xdpgeneric obj xdp_counter.o sec nope")).toBe(
      "object file doesn't contain sec nope\n[255]",
    );
    expect(await say(machine, "ip link set dev lo xdpgeneric obj nope.o sec xdp")).toBe(
      "Cannot initialize ELF context!\n[255]",
    );
    expect(await say(machine, "ip link set dev nope xdp off")).toBe('Cannot find device "nope"\n[1]');
    expect(await say(machine, "tc filter add dev eth0 ingress bpf da obj xdp_counter.o sec xdp")).toContain(
      "Parent Qdisc",
    );
    expect(await say(machine, "tc qdisc add dev eth0 clsact && tc qdisc show dev eth0")).toContain(
      "qdisc clsact ffff: parent ffff:fff1",
    );
    expect(await say(machine, "tc qdisc add dev eth0 clsact")).toBe("Error: Exclusivity flag on, cannot modify.\n[2]");
  });

  test("pins are files of /sys/fs/bpf, and rm takes them and what nobody uses", async () => {
    const machine = Machine.syllabus();
    expect(await say(machine, "ls /sys/fs/bpf")).toBe("note_open\n");
    expect(await say(machine, "bpftool map create /sys/fs/bpf/a/b type hash key 4 value 1 entries 4 name mine")).toBe(
      "",
    );
    expect(await say(machine, "ls /sys/fs/bpf; ls /sys/fs/bpf/a")).toBe("a\nnote_open\nb\n");
    expect(await say(machine, "rm -r /sys/fs/bpf/a; bpftool map show name mine")).toBe("[255]");
    expect(await say(machine, "make -n 2>/dev/null | head -1; ls *.o")).toBe(
      "clang -g -O2 -target bpf -c prog.bpf.c -o prog.bpf.o\nprog.bpf.o\nxdp_counter.o\n",
    );
  });

  test("a skeleton calls maps of data as libbpf does: after eight letters of the object's name", () => {
    const object = readFileSync(new URL("../../notebooks/lessons/data/c/bigreads.bpf.o", import.meta.url));
    const names = cSkeleton(new Uint8Array(object), "bigreads_bpf").match(/(?<=\.name = ")[^"]+/g);
    expect(names).toEqual(expect.arrayContaining(["events", "bigreads.rodata", "bigreads.bss"]));
  });

  test("lines of any letters end, and throw nothing but syntax errors", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab '\"\\|&;<>$*#2\n".split("")), maxLength: 40 }), (line) => {
        try {
          parseLine(line);
        } catch (error) {
          expect((error as Error).name).toBe("ShellSyntaxError");
        }
      }),
    );
  });

  test("words of any kind are answered by bpftool, and the machine stays", () => {
    const machine = fresh();
    const words = fc.constantFrom(
      "prog",
      "map",
      "show",
      "dump",
      "xlated",
      "id",
      "1",
      "key",
      "value",
      "hex",
      "0x",
      "-j",
      "btf",
      "create",
      "type",
      "link",
      "net",
      "cgroup",
      "pinned",
      "/sys/fs/bpf/x",
      "zz",
      "name",
      "",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 7 }), (line) => {
        const { exitCode } = bpftool(machine, line);
        expect(Number.isInteger(exitCode)).toBe(true);
      }),
    );
    expect(wordsOf(`prog load "a b.o" '/sys/x'`)).toEqual(["prog", "load", "a b.o", "/sys/x"]);
  });
});

describe("bpftool on a machine", () => {
  test("data is what -j prints, as values", () => {
    const machine = fresh();
    machine.load(asm({ type: "xdp", name: "pass" })`
      r0 = 2
      exit
    `);
    const { data } = machine.bpftool("prog list");
    expect(data).toMatchObject([{ id: 1, type: "xdp", name: "pass", jited: true, bytes_xlated: 16 }]);
    expect(JSON.parse(machine.bpftool("-j prog list").text)).toEqual(data);
    expect(JSON.parse(machine.bpftool("-jp prog dump jited id 1").text)[0].insns.length).toBeGreaterThan(0);
  });

  test("batch: command after command, and it ends at the first that fails", () => {
    const machine = fresh();
    machine.linux.files.create(
      "/root/batch",
      "# two\nprog list\nmap create /sys/fs/bpf/m type array key 4 value 4 entries 1 name m\nmap show id 9\nprog list\n",
    );
    const { errors, exitCode } = machine.bpftool("batch file /root/batch");
    expect({ errors, exitCode }).toEqual({
      errors: "Error: get map by id (9): No such file or directory\n",
      exitCode: 255,
    });
    expect(machine.bpftool("map show name m").exitCode).toBe(0);
  });

  test("a program that the verifier refuses is refused in libbpf's words, with the log", () => {
    const machine = fresh();
    const result = machine.bpftool("prog load /nowhere.o /sys/fs/bpf/x");
    expect(result.errors).toBe(
      "libbpf: elf: failed to open /nowhere.o: No such file or directory\nError: failed to open object file\n",
    );
  });

  test("programs of cgroups: attached, listed in the tree, detached", async () => {
    const machine = fresh();
    const { id } = machine.load(asm({ type: "cgroup_skb", name: "count" })`
      r0 = 1
      exit
    `);
    machine.linux.cgroups.make("/work");
    expect(await say(machine, `bpftool cgroup attach /sys/fs/cgroup/work cgroup_inet_egress id ${id} multi`)).toBe("");
    expect(await say(machine, "bpftool cgroup tree")).toContain(
      `/sys/fs/cgroup/work\n    ${String(id).padEnd(8)} cgroup_inet_egress multi           count          \n`,
    );
    expect(await say(machine, `bpftool cgroup detach /sys/fs/cgroup/work cgroup_inet_egress id ${id}`)).toBe("");
    expect(await say(machine, "bpftool cgroup show /sys/fs/cgroup/work")).toBe("");
  });
});

describe("bpftool and what keeps things", () => {
  test("maps and types of a program that was pinned go with it", async () => {
    const machine = Machine.syllabus();
    const ids = () => say(machine, "bpftool map list | grep -c '^[0-9]'; bpftool btf list | grep -c '^[0-9]'");
    const before = await ids();
    await say(machine, "bpftool prog load xdp_counter.o /sys/fs/bpf/counter");
    expect(await ids()).not.toBe(before);
    await say(machine, "rm /sys/fs/bpf/counter");
    expect(await ids()).toBe(before);
  });

  test("bpftrace lists probes, with -v what they are given, and structures", async () => {
    const machine = fresh();
    expect(await say(machine, "bpftrace -lv tracepoint:syscalls:sys_enter_close")).toBe(
      "tracepoint:syscalls:sys_enter_close\n    int __syscall_nr\n    unsigned int fd\n",
    );
    expect(await say(machine, "bpftrace -l 'kprobe:vfs_fsync*'")).toBe("kprobe:vfs_fsync_range\n");
    expect(await say(machine, "bpftrace -lv 'struct path'")).toContain("struct dentry *dentry;");
  });
});
