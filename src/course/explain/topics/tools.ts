import { BUILTINS } from "../../../bpftrace/analyse/builtins.ts";
import { PROVIDERS } from "../../../bpftrace/probes/providers.ts";
import { code, correction, heading, list, type Topic, table, text } from "../block.ts";

/** bcc's tools that the syllabus names. */
const BCC_TOOLS: readonly (readonly [string, string])[] = [
  ["execsnoop", "each program that is started, with its arguments"],
  ["opensnoop", "each file that is opened, and by whom"],
  ["biosnoop", "each request to a disk, with its latency"],
  ["tcpconnect", "each TCP connection that this machine opens"],
  ["tcplife", "each TCP session: how long, how many bytes"],
  ["funccount", "how often functions are called"],
  ["stackcount", "the stacks that lead to a function"],
  ["profile", "samples of stacks: where the CPUs spend their time"],
  ["trace", "prints arguments of any function"],
  ["argdist", "histograms of arguments"],
];

const ONE_LINERS: readonly (readonly [string, string])[] = [
  ["system calls by process", "bpftrace -e 'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }'"],
  [
    "files that are opened",
    `bpftrace -e 'tracepoint:syscalls:sys_enter_openat { printf("%s %s\\n", comm, str(args.filename)); }'`,
  ],
  ["sizes of reads", "bpftrace -e 'tracepoint:syscalls:sys_exit_read { @bytes = hist(args.ret); }'"],
  ["where the CPU is", "bpftrace -e 'profile:hz:99 { @[kstack] = count(); }'"],
];

/** What bpftool is asked most often. */
export const BPFTOOL_COMMANDS = table(
  ["command", "shows"],
  [
    ["bpftool prog list", "all programs; `prog show id 123` one of them"],
    ["bpftool prog dump xlated id 123", "its instructions after the rewriting"],
    ["bpftool prog dump jited id 123", "its native code"],
    ["bpftool map list", "all maps"],
    ["bpftool map dump id 456", "everything in one"],
    ["bpftool map lookup id 456 key 0x01 0x00 0x00 0x00", "one element; keys are bytes, lowest first"],
    ["bpftool map update id 456 key ... value ...", "sets it; all bytes of the value must be given"],
    ["bpftool btf list", "all BTF objects"],
    ["bpftool btf dump file /sys/kernel/btf/vmlinux", "Linux's types"],
    ["bpftool feature probe", "what this Linux can do"],
  ],
);

export const TOOLS: readonly Topic[] = [
  {
    id: "bcc",
    title: "bcc, the BPF Compiler Collection",
    also: ["execsnoop", "opensnoop", "biosnoop", "tools", "funccount"],
    concepts: ["2.10.39 a", "2.10.39 e"],
    lessons: ["22"],
    blocks: () => [
      text(
        "bcc is a framework with a Python and a Lua front end that compiles C when a tool starts, and a collection of more than a hundred tools.",
      ),
      code(
        "sh",
        "apt install bpfcc-tools   # Debian, Ubuntu: tools are called execsnoop-bpfcc, ...\ndnf install bcc-tools     # Fedora: in /usr/share/bcc/tools",
      ),
      table(["tool", "shows"], BCC_TOOLS),
      code("sh", "execsnoop-bpfcc\nopensnoop-bpfcc -p 1234\nbiosnoop-bpfcc\ntcpconnect-bpfcc\nfunccount-bpfcc 'vfs_*'"),
      correction(
        "Tools compile C at run time.",
        "The Python tools do, and carry clang with them. Most were written again with libbpf and CO-RE (bcc's folder libbpf-tools): small binaries that start at once. New tools are written that way.",
      ),
    ],
  },
  {
    id: "bpftrace",
    title: "bpftrace",
    also: ["one-liners", "tracing language", "probes"],
    concepts: ["2.10.39 b"],
    lessons: ["19", "20"],
    blocks: () => [
      text(
        "bpftrace is a small language for questions about a running system, like awk: when a probe fires and the filter is true, the action runs.",
      ),
      code("text", "probe /filter/ { action }"),
      heading("Probes"),
      table(
        ["probe", "short", "fires when"],
        PROVIDERS.map(({ name, aliases, doc }) => [name, aliases.join(", "), doc]),
      ),
      heading("Builtins"),
      table(
        ["name", "is"],
        [
          ...BUILTINS.map(({ name, doc }): [string, string] => [name, doc]),
          ["arg0, arg1, ...", "Arguments of a function, as numbers."],
          ["args", "Fields of a tracepoint, or typed arguments: args.ret."],
          ["retval", "What a function returned."],
          ["func, probe", "The function, and the whole name of the probe."],
          ["curtask", "The address of the current task."],
          ["kstack, ustack", "Stacks in Linux and in the program."],
        ],
      ),
      heading("One-liners"),
      table(["question", "command"], ONE_LINERS),
      text(
        'In a cell: await m.bpftrace({ for: "10s" })`tracepoint:syscalls:sys_exit_read { @bytes = hist(args.ret); }`',
      ),
      correction(
        "Fields are written args->filename.",
        "Newer releases of bpftrace write args.filename; the arrow is still understood.",
      ),
      correction(
        "A program begins with BEGIN and ends with END.",
        "These are the old spellings of the probes begin and end; both are understood.",
      ),
    ],
  },
  {
    id: "libbpf",
    title: "libbpf",
    also: ["skeleton", "clang", "loader", "compile"],
    concepts: ["2.10.39 c", "2.10.39 f"],
    lessons: ["09", "18"],
    blocks: () => [
      text("libbpf is the C library that loads object files: CO-RE, skeletons, and an interface that stays."),
      list("write prog.bpf.c", "compile it with clang", "generate a skeleton", "write the loader", "build and run"),
      code("sh", "clang -g -O2 -target bpf -c prog.bpf.c -o prog.bpf.o\nbpftool gen skeleton prog.bpf.o > prog.skel.h"),
      code(
        "c",
        `#include "prog.skel.h"

struct prog_bpf *skel = prog_bpf__open();
prog_bpf__load(skel);
prog_bpf__attach(skel);
/* ... run ... */
prog_bpf__destroy(skel);`,
      ),
      text(
        "In a cell: const object = await m.compile(c`...`); object.load().attach(); or m.open(bytes) for an object file.",
      ),
      correction(
        "The example shows each call alone.",
        "open and load return NULL or a negative errno: a real loader looks at each. prog_bpf__open_and_load does both.",
      ),
    ],
  },
  {
    id: "bpftool",
    title: "bpftool",
    also: ["inspect", "prog list", "map dump", "feature probe"],
    concepts: ["2.10.39 d"],
    lessons: ["21"],
    blocks: () => [
      text("bpftool shows and changes what is loaded."),
      BPFTOOL_COMMANDS,
      correction(
        "bpftool map update id 456 key 0x01 0x00 0x00 0x00 value 0x42",
        "That works for values of one byte only: bpftool asks for as many bytes as the value has, and says so if there are fewer.",
      ),
    ],
  },
];
