/** What the syllabus asks for: each concept, and each fact that its program prints, with the lesson and the cell that shows it. */

/** One fact. Without a cell it is planned for the lesson. */
export interface CoverageRow {
  /** Section of the syllabus (`explain` has the same) or, for concepts, their reference. */
  readonly topic: string;
  readonly fact: string;
  readonly lesson: string;
  readonly cell?: string;
}

/** `fact = lesson cell`, a line each. */
function rows(topic: string, lines: string): CoverageRow[] {
  return lines
    .trim()
    .split("\n")
    .map((line) => {
      const [fact, place] = line.split(" = ");
      const [lesson, cell] = place!.trim().split(" ");
      return { topic, fact: fact!.trim(), lesson: lesson!, ...(cell === undefined ? {} : { cell }) };
    });
}

export const CONCEPTS: readonly CoverageRow[] = [
  ...rows(
    "2.10.38",
    `a eBPF = 01 picture
     b in-kernel VM = 02 trace
     c verifier = 05 null
     d JIT = 01 jited
     e maps = 03 who-reads
     f helper functions = 04 opens
     g program types = 01 four-hooks
     h CO-RE = 17 four`,
  ),
  ...rows(
    "2.10.39",
    `a bcc = 22 bcc
     b bpftrace = 19 by-process
     c libbpf = 18 whole
     d bpftool = 21 net
     e common tools = 11 execsnoop-tool
     f custom programs = 00 mended
     g use cases = 27`,
  ),
];

export const FACTS: readonly CoverageRow[] = [
  ...rows(
    "overview",
    `no kernel module is built = 01 releases
     verified before it runs = 01 wild
     compiled to native code = 01 jited
     attached to many hooks = 01 four-hooks
     1992: packet filter = 01 classic
     2014: extended = 01 way-back
     program, verifier, JIT, hook = 01 attached`,
  ),
  ...rows(
    "verifier",
    `loops: refused where they do not end = 01 forever
     loops: accepted where they do = 06 loop
     all paths reach exit = 01 forever
     registers: ranges are tracked = 06 compared
     registers: no access out of bounds = 05 value-end
     memory: bounds = 03 value-end
     memory: alignment = 07 two-short
     helpers: arguments = 04 wrong-kind
     helpers: permission = 04 wrong-type
     a million instructions = 06 loop-too-long
     the complexity limit, as it is = 06 loop-too-long
     512 bytes of stack = 02 too-deep
     33 tail calls = 25 thirty-four
     message: invalid mem access = 05 null
     message: back-edge, and what it is today = 00 exercise-2
     message: unreachable insn, and dead code = 06 dead`,
  ),
  ...rows(
    "jit",
    `r0 returns = 02 add
     r1 to r5 are arguments = 02 clobbered
     r6 to r9 survive calls = 04 opens
     r10 is the stack, read-only = 02 frame-pointer
     struct bpf_insn: code, dst, src, off, imm = 02 table
     bpf_jit_enable: 0, 1, 2 = 01 jit-enabled
     turning the JIT on = 08 on`,
  ),
  ...rows(
    "maps",
    `shared by programs and processes = 03 config
     hash = 03 who-reads
     array = 03 array
     program array = 03 prog-array
     perf event array = 03 perf-array
     ring buffer = 03 ringbuf
     stack trace = 03 stack-trace
     LRU hash = 03 lru
     per-CPU hash = 03 all-types
     per-CPU array = 03 percpu-map
     lookup = 03 value-end
     update = 03 program-errno
     delete = 04 latency
     definition in C = 09 map-declaration`,
  ),
  ...rows(
    "helpers",
    `map helpers = 03 program-errno
     probe_read, and why not = 04 efault
     probe_read_user = 04 opens
     ktime_get_ns = 04 latency
     get_current_pid_tgid = 04 pid-tgid
     get_current_comm = 03 who-reads
     get_current_uid_gid = 04 prototypes
     perf_event_output = 03 perf-array
     ringbuf_output = 03 ringbuf
     trace_printk = 04 printk
     skb_load_bytes = 04 by-type
     skb_store_bytes = 15 port
     redirect = 15 balance
     xdp_adjust_head = 04 by-type
     availability by program type = 04 by-type`,
  ),
  ...rows(
    "program types",
    `kprobe and kretprobe = 01 four-hooks
     tracepoint, more stable = 01 four-hooks
     raw tracepoint = 10 fourteen
     perf event, sampling = 01 four-hooks
     XDP, before sk_buff = 01 picture
     sched_cls, ingress and egress = 15 both-ways
     socket filter, classic BPF = 01 classic-run
     LSM, own policies = 16 no-tmp
     cgroup skb and sock = 16 cgroup`,
  ),
  ...rows(
    "xdp",
    `network card, XDP, stack = 01 decide
     XDP_PASS = 01 picture
     XDP_DROP = 01 decide
     XDP_TX = 14 all-verdicts
     XDP_REDIRECT = 15 send
     XDP_ABORTED = 14 all-verdicts
     native, offloaded, generic = 14 modes
     use cases = 14 protect
     the smallest program = 01 decide`,
  ),
  ...rows(
    "core",
    `structures change between versions = 17 tgid
     BTF in the kernel = 17 btf-file
     checking for BTF = 17 btf-file
     the workflow = 17 before-after
     BPF_CORE_READ and its relatives = 17 source
     vmlinux.h = 17 vmlinux-h`,
  ),
  ...rows(
    "bcc",
    `Python and Lua front ends, C at run time = 22 bcc
     installing = 22 install
     the ten tools = 22 execsnoop
     calling them = 22 calling`,
  ),
  ...rows(
    "bpftrace",
    `probe, filter, action = 19 filter
     kinds of probes = 19 kinds
     builtins = 19 builtins
     system calls by process = 19 by-process
     files that are opened = 19 files
     sizes of reads = 12 sizes
     profile of the CPU = 13 one-line`,
  ),
  ...rows(
    "libbpf",
    `CO-RE, skeletons, a stable interface = 18 typed
     workflow in five steps = 18 loader
     clang -target bpf = 09 without-g
     bpftool gen skeleton = 18 gen
     open, load, attach, destroy = 18 states`,
  ),
  ...rows(
    "bpftool",
    `prog list, prog show = 21 prog-list
     prog dump xlated = 21 xlated
     prog dump jited = 21 jited
     map list, map dump = 21 map-list
     map lookup, map update = 21 update
     btf list, btf dump = 21 btf
     feature probe = 21 feature`,
  ),
  ...rows(
    "execsnoop",
    `a record in a ring buffer = 11 syllabus
     reserve and submit = 11 own
     the parent through CO-RE = 11 own
     the path by probe_read_user_str = 11 wrong-memory
     license GPL = 04 gpl`,
  ),
  ...rows(
    "xdp-counter",
    `a per-CPU array = 03 percpu-map
     data, data_end, bounds check = 05 careful
     counting by protocol = 14 syllabus
     ip link ... xdp = 14 ip-link`,
  ),
  ...rows(
    "use-cases",
    `observability = 27
     networking = 27
     security = 16 detector
     profiling = 13 tool
     projects in production = 27`,
  ),
  ...rows(
    "quick-reference",
    `bpftrace -e = 19 command-line
     execsnoop-bpfcc = 11 execsnoop-tool
     opensnoop-bpfcc = 22 opensnoop
     bpftool prog list = 21 prog-list
     bpftool map list = 21 map-list`,
  ),
];
