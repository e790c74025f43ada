import { HELPERS } from "../../../helpers/table.ts";
import { OPCODES } from "../../../isa/opcodes.ts";
import { MAP_TYPES } from "../../../maps/spec.ts";
import { PROGRAMS } from "../../../programs/table.ts";
import { MAX_INSNS, MAX_PENDING } from "../../../verifier/environment.ts";
import { MAX_STACK } from "../../../verifier/frame-words.ts";
import { MAX_FRAMES } from "../../../verifier/state.ts";
import { MAX_USED_MAPS } from "../../../verifier/structure.ts";
import { MAX_TAIL_CALLS } from "../../../vm/types.ts";
import { code, correction, heading, list, type Topic, table, text } from "../block.ts";
import { said } from "../examples.ts";

/** Program types of Linux, without our own `raw`. */
const linuxTypes = Object.values(PROGRAMS).filter(({ type }) => type !== "raw");
const number = (value: number): string => value.toLocaleString("en-US");

const LOOP = "r0 = 0\nr1 = 10\nagain:\nr0 += r1\nr1 += -1\nif r1 != 0 goto again\nexit";
const PACKET_CHECK = `r2 = *(u32 *)(r1 + 0)
r3 = *(u32 *)(r1 + 4)
r4 = r2
r4 += 14
if r4 > r3 goto out
r5 = *(u16 *)(r2 + 12)
out:
r0 = 2
exit`;

/** What each register is for. */
export const REGISTERS = table(
  ["register", "what it is for"],
  [
    ["r0", "result of a call, and of the program"],
    ["r1 to r5", "arguments of a call; the program starts with its context in r1"],
    ["r6 to r9", "survive calls"],
    ["r10", "end of the stack; cannot be written"],
  ],
);

/** How much Linux lets a program be. */
export const LIMITS = table(
  ["limit", "Linux 6.18"],
  [
    ["instructions of a program (with CAP_BPF; 4,096 without)", number(MAX_INSNS)],
    ["instructions that the verifier goes through, on all ways together", number(MAX_INSNS)],
    ["branches that wait to be followed", number(MAX_PENDING)],
    ["bytes of stack of a function", number(MAX_STACK)],
    ["functions of a call chain", number(MAX_FRAMES)],
    ["tail calls of one run", number(MAX_TAIL_CALLS)],
    ["maps of a program", number(MAX_USED_MAPS)],
  ],
);

/** Programs, and what each shows: shown with what the verifier really says. */
const REFUSED = [
  ["memory that is not known to be yours", "r2 = *(u64 *)(r1 + 8)\nr0 = *(u64 *)(r2 + 0)\nexit", "tracepoint"],
  ["a loop that never ends", "again:\ngoto again", "socket_filter"],
  ["an instruction that no way leads to", "r0 = 0\nexit\nr0 = 1\nexit", "socket_filter"],
  ["no exit at the end", "r0 = 0", "socket_filter"],
  ["a register that nothing was written to", "r0 = r2\nexit", "socket_filter"],
  [`byte ${MAX_STACK + 1} of the stack`, `*(u8 *)(r10 - ${MAX_STACK + 1}) = 1\nr0 = 0\nexit`, "socket_filter"],
  ["8 bytes at an address that 8 does not divide", "*(u64 *)(r10 - 12) = 0\nr0 = 0\nexit", "socket_filter"],
  ["a helper of another program type", "r1 = 1\nr2 = 0\ncall redirect\nr0 = 0\nexit", "tracepoint"],
  ["a wrong argument", "r1 = 0\nr2 = 16\ncall get_current_comm\nr0 = 0\nexit", "tracepoint"],
] as const;

export const FOUNDATIONS: readonly Topic[] = [
  {
    id: "overview",
    title: "eBPF: programs of yours inside Linux",
    also: ["ebpf", "bpf", "history", "architecture"],
    concepts: ["2.10.38 a", "2.10.38 b"],
    lessons: ["00", "01"],
    blocks: () => [
      text(
        "eBPF runs programs of yours in Linux's kernel, in a virtual machine that can do no harm: no module is built, every program is verified before it runs, compiled to native code, and attached to a place where something happens.",
      ),
      table(
        ["year", "what"],
        [
          ["1992", "BPF, the packet filter of McCanne and Jacobson, for tcpdump"],
          ["2014", "eBPF in Linux 3.18: the system call bpf, maps, the verifier"],
          ["2016", "XDP (Linux 4.8), tracepoints and perf events (4.7, 4.9)"],
          ["2018", "calls between functions (4.16), BTF (4.18)"],
          ["2019", "bounded loops (5.3), a million instructions (5.2), fentry (5.5, January 2020)"],
          ["2020", "LSM programs (5.7), the ring buffer (5.8)"],
        ],
      ),
      heading("The way of a program"),
      code(
        "text",
        `your program ── bpf(BPF_PROG_LOAD) ──► verifier ──► rewriting (xlated) ──► JIT ──► attached to a hook
      ▲                                                                                  │ runs at each event
      └────────────────────────── maps ◄─────────────────────────────────────────────────┘`,
      ),
      text(
        `The library you use has ${OPCODES.length} forms of instructions, ${linuxTypes.length} program types, ${Object.keys(MAP_TYPES).length} map types and the prototypes of all ${HELPERS.length} helpers of Linux 6.18, one row each. These pages are made from them.`,
      ),
    ],
  },
  {
    id: "verifier",
    title: "The verifier",
    also: ["checks", "limits", "safety", "loops", "messages"],
    concepts: ["2.10.38 c"],
    lessons: ["00", "05", "06", "07"],
    blocks: () => [
      text(
        "The verifier follows every way through a program and keeps book of what each register and each byte of stack can hold. What it cannot prove it refuses.",
      ),
      heading("What it checks"),
      list(
        "Ways: every instruction can be reached, every way ends with exit.",
        "Registers: what each holds (a number in a range, a pointer of a kind), and that it was written before it is read.",
        "Memory: each access lies within what the pointer points to, and is aligned.",
        "Calls: the helper belongs to the program type, its arguments are what it takes, and what it hands out is given back.",
      ),
      heading("Limits"),
      LIMITS,
      heading("What it says (verified as this page was made)"),
      table(
        ["a program with ...", "the verifier says"],
        REFUSED.map(([what, program, type]) => [what, said(program, type)]),
      ),
      heading("What has changed"),
      correction(
        "A program is a directed acyclic graph: no loops.",
        `Since Linux 5.3 (2019) a loop is fine if the verifier sees it end. This one adds up 10 + 9 + ... + 1: ${said(LOOP)}. The message "back-edge from insn" is left for users without CAP_BPF; others read "infinite loop detected", or "BPF program is too large" for a loop that ends too late.`,
      ),
      correction(
        "The complexity limit is about 10 million.",
        `There is no such limit. The verifier goes through at most ${number(MAX_INSNS)} instructions (since 5.2; 131,072 from 4.14, fewer before), counted each time it comes by.`,
      ),
      correction(
        "Unreachable code is always refused.",
        `An instruction that no jump leads to still is: ${said("r0 = 0\nexit\nr0 = 1\nexit")}. But code behind a condition that is never true is accepted and removed: ${said("r1 = 0\nr0 = 0\nif r1 == 0 goto out\nr0 = 1\nout:\nexit")}.`,
      ),
      correction(
        '"R1 invalid mem access" means out of bounds.',
        `It means that the register is no pointer that may be used so (R1 invalid mem access 'scalar', 'map_value_or_null'). Out of bounds reads otherwise: ${said(".map m, array, key 4, value 8, entries 1\n*(u32 *)(r10 - 4) = 0\nr2 = r10\nr2 += -4\nr1 = map[m]\ncall map_lookup_elem\nif r0 == 0 goto out\nr1 = *(u64 *)(r0 + 4)\nout:\nr0 = 0\nexit")}; for packets: ${said(PACKET_CHECK.replace("r5 = *(u16 *)(r2 + 12)", "r5 = *(u16 *)(r2 + 13)"), "xdp")}.`,
      ),
    ],
  },
  {
    id: "jit",
    title: "Registers, instructions, JIT",
    also: ["registers", "instructions", "bytecode", "vm", "encoding"],
    concepts: ["2.10.38 b", "2.10.38 d"],
    lessons: ["01", "02", "08"],
    blocks: () => [
      text("Linux compiles a verified program to native code when it is loaded (just in time)."),
      REGISTERS,
      text(`${OPCODES.length} forms of instructions, each of 8 bytes (a 64-bit constant takes two of them):`),
      code(
        "c",
        `struct bpf_insn {
    __u8  code;       // operation, operand size, class
    __u8  dst_reg:4;  // the register that changes
    __u8  src_reg:4;  // the register that is read
    __s16 off;        // offset, for memory and jumps
    __s32 imm;        // a constant
};`,
      ),
      heading("Is it on?"),
      code("sh", "cat /proc/sys/net/core/bpf_jit_enable    # 0 off, 1 on, 2 on and writes code to the kernel log"),
      correction(
        "Turn it on with: echo 1 > /proc/sys/net/core/bpf_jit_enable.",
        "On today's x86-64 and arm64 it is on from the start, and where Linux was built with CONFIG_BPF_JIT_ALWAYS_ON, as most distributions do, it cannot be turned off: there is no interpreter. For 2 there is `bpftool prog dump jited`, which needs no debugging log.",
      ),
    ],
  },
];
