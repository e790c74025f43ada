import { describe, expect, test } from "vitest";
import { Machine } from "../../src/index.ts";

/** What a line of the syllabus must show; for a template that is no program, that it says so. */
type Shows = RegExp | { readonly code: number; readonly shows: RegExp };

/** Every command line of the syllabus, as typed there. They run one after the other, on one machine. */
const LINES: readonly (readonly [line: string, shows: Shows])[] = [
  ["cat /proc/sys/net/core/bpf_jit_enable", /^1\n$/],
  ["echo 1 > /proc/sys/net/core/bpf_jit_enable", /^$/],
  ["ls /sys/kernel/btf/vmlinux", /^\/sys\/kernel\/btf\/vmlinux\n$/],
  ["bpftool btf dump file /sys/kernel/btf/vmlinux", /^\[1\] INT /],
  ["bpftool btf dump file /sys/kernel/btf/vmlinux format c > vmlinux.h", /^$/],
  ["apt install bpfcc-tools  # Ubuntu", /bpfcc-tools is already the newest version/],
  ["dnf install bcc-tools    # Fedora", /bcc-tools is already installed/],
  ["execsnoop-bpfcc              # Trace all exec()", /^PCOMM/m],
  ["opensnoop-bpfcc -p 1234      # Trace opens for PID", /^1234 +reader/m],
  ["biosnoop-bpfcc               # Block I/O latency", /LAT\(ms\)/],
  ["tcpconnect-bpfcc             # New TCP connections", /DADDR/],
  ["funccount-bpfcc 'vfs_*'      # Count VFS calls", /vfs_read +\d+/],
  ["apt install bpftrace", /bpftrace is already the newest version/],
  ["bpftrace -e 'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }'", /^@\[nginx\]: \d+$/m],
  [
    `bpftrace -e 'tracepoint:syscalls:sys_enter_openat { printf("%s %s\\\\n", comm, str(args->filename)); }'`,
    /reader \/etc\/hostname/,
  ],
  ["bpftrace -e 'tracepoint:syscalls:sys_exit_read { @bytes = hist(args->ret); }'", /@bytes:/],
  ["bpftrace -e 'profile:hz:99 { @[kstack] = count(); }'", /^@\[/m],
  ["clang -g -O2 -target bpf -c prog.bpf.c -o prog.bpf.o", /^$/],
  ["bpftool gen skeleton prog.bpf.o > prog.skel.h", /^$/],
  ["bpftool prog list", /^123: tracepoint {2}name note_open {2}tag [0-9a-f]{16} {2}gpl$/m],
  ["bpftool prog show id 123", /^123: tracepoint/],
  ["bpftool prog dump xlated id 123    # eBPF instructions", /call __htab_map_lookup_elem#330864/],
  ["bpftool prog dump jited id 123     # Native code", /^ {3}0:\t/m],
  ["bpftool map list", /^456: hash {2}name openers {2}flags 0x0\n\tkey 4B {2}value 1B {2}max_entries 1024/m],
  ["bpftool map dump id 456", /"key": 1,/],
  ["bpftool map lookup id 456 key 0x01 0x00 0x00 0x00", /"value": \d/],
  ["bpftool map update id 456 key 0x01 0x00 0x00 0x00 value 0x42", /^$/],
  ["bpftool map lookup id 456 key 0x01 0x00 0x00 0x00", /"value": (66|2)/],
  ["bpftool btf list", /^1: name \[vmlinux\] {2}size \d+B\n2: name <anon>.*prog_ids 123 {2}map_ids 456$/m],
  ["bpftool feature probe", /eBPF program_type xdp is available/],
  ["ip link set dev eth0 xdp obj xdp_counter.o sec xdp", /^$/],
  ["ip link show dev eth0", /xdp qdisc .*\n.*\n {4}prog\/xdp id \d+ name xdp_count tag [0-9a-f]{16} jited/],
  ["ip link set dev eth0 xdp off  # Detach", /^$/],
  ["ip link show dev eth0", /^2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu \d+ qdisc/],
  ["bpftrace -e 'probe { action }'  # One-liner tracing", { code: 1, shows: /ERROR/ }],
  ["execsnoop-bpfcc                 # Trace exec", /^PCOMM/m],
  ["opensnoop-bpfcc                 # Trace open", /reader/],
  ["bpftool prog list               # List programs", /^123: /m],
  ["bpftool map list                # List maps", /^456: /m],
];

describe("the syllabus, line by line", () => {
  const machine = Machine.syllabus();

  test.each(LINES)("%s", async (line, wanted) => {
    const { text, errors, exitCode } = await machine.shell(line, { for: "400ms" });
    const { code, shows } = wanted instanceof RegExp ? { code: 0, shows: wanted } : wanted;
    expect({ line, exitCode, errors: code === 0 ? errors.replace(/^.*(Attach|Trac).*\n/gm, "") : "" }).toEqual({
      line,
      exitCode: code,
      errors: "",
    });
    expect(code === 0 ? text : errors + text).toMatch(shows);
  });

  test("what the lines wrote into files is there", async () => {
    expect((await machine.shell("grep -c 'struct task_struct {' vmlinux.h")).text).toBe("1\n");
    expect((await machine.shell("grep note_open prog.skel.h | head -1")).text).toContain("*note_open;");
  });
});
