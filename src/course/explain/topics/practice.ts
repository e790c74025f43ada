import { PROGRAMS } from "../../../programs/table.ts";
import { code, correction, heading, list, type Topic, table, text } from "../block.ts";
import { prototypeText } from "./data.ts";

export const PRACTICE: readonly Topic[] = [
  {
    id: "execsnoop",
    title: "Example: tracing execve",
    also: ["execve", "trace_execve", "example"],
    concepts: ["2.10.39 e", "2.10.39 f"],
    lessons: ["11"],
    blocks: () => [
      text("The program prints who starts what. Its parts, each with what this library knows of it:"),
      table(
        ["part", "what"],
        [
          ['SEC("tracepoint/syscalls/sys_enter_execve")', PROGRAMS.tracepoint.doc],
          ["BPF_MAP_TYPE_RINGBUF, 256 * 1024", "records to the reader, in order"],
          [prototypeText("ringbuf_reserve"), "room for a record; NULL if the buffer is full"],
          [prototypeText("get_current_pid_tgid"), "process (upper half) and thread (lower half)"],
          ["BPF_CORE_READ(task, real_parent, tgid)", "the parent, wherever these fields lie on the running Linux"],
          [prototypeText("get_current_comm"), "the name before the new program has begun"],
          [prototypeText("probe_read_user_str"), "the path, from the process's memory"],
          [prototypeText("ringbuf_submit"), "hands the record to the reader"],
          ['char LICENSE[] SEC("license") = "GPL"', "some of these helpers are GPL only"],
        ],
      ),
      list(
        "Every way must submit or discard the record, or the verifier refuses the program.",
        "Only calls are seen here: whether execve worked is known at sys_exit_execve.",
      ),
    ],
  },
  {
    id: "xdp-counter",
    title: "Example: an XDP packet counter",
    also: ["xdp_counter", "xdp_count", "counter"],
    concepts: ["2.10.38 g", "2.10.39 f"],
    lessons: ["14"],
    blocks: () => [
      text("The program counts packets by protocol, in a map with a value for each CPU."),
      code(
        "c",
        `void *data = (void *)(long)ctx->data;
void *data_end = (void *)(long)ctx->data_end;
struct ethhdr *eth = data;
if ((void *)(eth + 1) > data_end)   /* without this the verifier refuses the next line */
    return XDP_PASS;
__u32 key = eth->h_proto;`,
      ),
      code("sh", "ip link set dev eth0 xdp obj xdp_counter.o sec xdp\nip link set dev eth0 xdp off"),
      heading("Look twice"),
      correction(
        "An array with 256 elements is indexed by eth->h_proto.",
        "h_proto has 16 bits in network order: 0x0800 (IPv4) reads as 8, IPv6 (0x86dd) as 0xdd86, beyond 256 elements. The lookup gives NULL and such packets are not counted. Use bpf_ntohs and a hash, or the IP protocol, which has 8 bits.",
      ),
    ],
  },
  {
    id: "use-cases",
    title: "Use cases",
    also: ["observability", "networking", "security", "profiling", "cilium", "falco", "tetragon", "katran", "pixie"],
    concepts: ["2.10.39 g"],
    lessons: ["16", "27"],
    blocks: () => [
      table(
        ["field", "for example", "projects"],
        [
          ["observability", "tracing of whole systems, monitoring of applications", "Pixie, Hubble, Cilium"],
          ["networking", "load balancing, Kubernetes networks, stopping floods, service meshes", "Katran, Cilium"],
          ["security", "runtime detection, network policies, filtering of system calls", "Falco, Tetragon"],
          ["profiling", "CPU, allocations, latency, all the time", "bpftrace, continuous profilers"],
        ],
      ),
      heading("Projects in production"),
      table(
        ["project", "what", "parts that it is built from"],
        [
          [
            "Cilium",
            "Kubernetes networking and security",
            "tc and XDP programs, sockets, hash and LPM maps, tail calls",
          ],
          ["Falco", "runtime security", "tracepoints of system calls, a ring buffer, rules outside"],
          ["Tetragon", "security observability", "kprobes, LSM, signals from the kernel"],
          ["Katran", "layer-4 load balancer of Facebook", "XDP, hashes, IP in IP"],
          ["Pixie", "Kubernetes observability", "kprobes and uprobes on system calls and TLS libraries"],
          ["bpftrace", "tracing", "every kind of probe"],
        ],
      ),
      correction(
        "eBPF filters system calls.",
        "seccomp does, and its filters are classic BPF to this day. eBPF decides through LSM and cgroup hooks, and can make marked functions fail.",
      ),
    ],
  },
  {
    id: "quick-reference",
    title: "Quick reference",
    also: ["reference", "commands", "cheat sheet"],
    concepts: ["2.10.39 b", "2.10.39 d", "2.10.39 e"],
    lessons: ["19", "21", "22"],
    blocks: () => [
      table(
        ["command", "what"],
        [
          ["bpftrace -e 'probe { action }'", "trace with one line"],
          ["execsnoop-bpfcc", "programs that are started"],
          ["opensnoop-bpfcc", "files that are opened"],
          ["bpftool prog list", "loaded programs"],
          ["bpftool map list", "their maps"],
        ],
      ),
      table(
        ["in a cell", "what"],
        [
          ["verify(program)", "what the verifier says, and why"],
          ["m.attach(m.load(program), hook)", "runs it at each event"],
          ['await m.run("10s")', "ten seconds of virtual time"],
          ["m.map(counts)", "what it left"],
          ["plot.histogram(m.map(counts))", "a picture"],
          ['explain("verifier")', "a page like this one"],
        ],
      ),
    ],
  },
];
