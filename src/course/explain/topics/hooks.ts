import { XDP_MODES } from "../../../linux/net/device.ts";
import { PROGRAMS } from "../../../programs/table.ts";
import type { ProgramType } from "../../../programs/types.ts";
import { code, correction, heading, list, type Topic, table, text } from "../block.ts";

/** The syllabus's groups of program types. */
const GROUPS: Readonly<Record<string, readonly ProgramType[]>> = {
  Tracing: ["kprobe", "tracepoint", "raw_tracepoint", "perf_event", "tracing"],
  Networking: ["xdp", "sched_cls", "socket_filter"],
  Security: ["lsm"],
  Cgroup: ["cgroup_skb", "cgroup_sock"],
};

/** What each verdict of XDP does, by Linux's number. */
const XDP_MEANING: Readonly<Record<number, string>> = {
  0: "error: the packet is dropped and the tracepoint xdp:xdp_exception raised",
  1: "the packet is dropped",
  2: "the packet goes on to the network stack",
  3: "the packet is sent back out of the device that it came in by",
  4: "the packet goes to another device, CPU or AF_XDP socket",
};

const MODE_MEANING: Readonly<Record<(typeof XDP_MODES)[number], string>> = {
  native: "in the driver: the usual one",
  generic: "in the network stack, on a socket buffer: works everywhere, slower",
  offloaded: "on the card itself, where it can",
};

const row = (type: ProgramType): string[] => {
  const { doc, sections, context, helpers } = PROGRAMS[type];
  const struct = context?.struct ?? "the arguments of what it is attached to";
  return [`BPF_PROG_TYPE_${type.toUpperCase()}`, doc, sections.slice(0, 3).join(", "), struct, String(helpers.size)];
};

export const HOOKS: readonly Topic[] = [
  {
    id: "program-types",
    title: "Program types and hooks",
    also: ["types", "hooks", "programs", "kprobe", "tracepoint", "lsm", "cgroup", "sections"],
    concepts: ["2.10.38 g"],
    lessons: ["01", "10", "16"],
    blocks: () => [
      text(
        "The type of a program says where it can be attached, what r1 points to, which helpers it may call, and what its result means.",
      ),
      ...Object.entries(GROUPS).flatMap(([group, types]) => [
        heading(group),
        table(["type", "when it runs", "section in C", "context (r1)", "helpers"], types.map(row)),
      ]),
      heading("All others"),
      table(
        ["type", "when it runs", "section in C", "context (r1)", "helpers"],
        Object.values(PROGRAMS)
          .map(({ type }) => type)
          .filter((type) => type !== "raw" && !Object.values(GROUPS).flat().includes(type))
          .map(row),
      ),
      correction(
        "A kprobe hooks any kernel function.",
        "Nearly any: not those that are inlined, and not those that Linux marks as unsafe to probe. On newer Linux fentry and fexit (type tracing, since 5.5) do the same faster and with typed arguments.",
      ),
      correction(
        "Tracepoints are stable.",
        "More stable than functions, but not promised: their fields do change now and then.",
      ),
    ],
  },
  {
    id: "xdp",
    title: "XDP, the eXpress Data Path",
    also: ["xdp_drop", "xdp_pass", "packets", "express data path", "actions"],
    concepts: ["2.10.38 g", "2.10.39 g"],
    lessons: ["01", "14"],
    blocks: () => [
      text(
        "XDP programs run at the earliest point: network card → XDP → network stack. There is no socket buffer yet.",
      ),
      table(
        ["number", "action", "what happens"],
        Object.entries(PROGRAMS.xdp.verdicts ?? {}).map(([number, name]) => [
          number,
          name,
          XDP_MEANING[Number(number)] ?? "",
        ]),
      ),
      heading("Modes"),
      table(
        ["mode", "where"],
        XDP_MODES.map((mode) => [mode, MODE_MEANING[mode]]),
      ),
      heading("The context"),
      table(
        ["field of struct xdp_md", "offset"],
        (PROGRAMS.xdp.context?.fields ?? []).map(({ name, offset }) => [name, String(offset)]),
      ),
      heading("Good for"),
      list("stopping floods at line rate", "load balancing", "forwarding", "looking at packets"),
      heading("The smallest one"),
      code("c", 'SEC("xdp")\nint xdp_drop_all(struct xdp_md *ctx)\n{\n    return XDP_DROP;\n}'),
    ],
  },
  {
    id: "core",
    title: "CO-RE: compile once, run everywhere",
    also: ["co-re", "btf", "relocation", "vmlinux.h", "compile once"],
    concepts: ["2.10.38 h"],
    lessons: ["17"],
    blocks: () => [
      text(
        "Structures of Linux change between releases. CO-RE writes into the object file which field an instruction means; the loader puts in the offset that it has on the running Linux.",
      ),
      heading("BTF"),
      list(
        "BTF is a compact form of C's types. Linux carries its own in /sys/kernel/btf/vmlinux.",
        "Programs carry theirs, with a record for each access (.BTF and .BTF.ext, from clang -g).",
        "The loader compares both by name and mends the instructions.",
      ),
      code("sh", "ls /sys/kernel/btf/vmlinux\nbpftool btf dump file /sys/kernel/btf/vmlinux format c > vmlinux.h"),
      heading("The way"),
      list(
        "clang -g -O2 -target bpf compiles, with BTF",
        "libbpf reads the BTF of the object file",
        "at load time it adjusts offsets to the running Linux",
        "the same object runs on another release",
      ),
      heading("Macros"),
      table(
        ["macro", "what"],
        [
          ["BPF_CORE_READ(src, a, b)", "reads src->a->b, each step relocated"],
          ["BPF_CORE_READ_STR_INTO(dst, src, a)", "the same for a string"],
          ["bpf_core_field_exists(f)", "whether this Linux has the field"],
          ["bpf_core_field_size(f)", "its size here"],
        ],
      ),
      correction(
        "vmlinux.h contains all you need of the headers.",
        "All types, but no macros and constants that are `#define`d: those you write yourself.",
      ),
    ],
  },
];
