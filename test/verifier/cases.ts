/**
 * One program for each message that a learner may meet, with what Linux 6.18 says. Checked against our verifier here and
 * against the running Linux in test/linux.
 */
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { NIGHT_CASES } from "./night-cases.ts";
import { lookup, program } from "./programs.ts";

export interface Case {
  readonly name: string;
  readonly program: ProgramSpec;
  /** Linux's message; undefined: accepted. */
  readonly error?: string;
  readonly errno?: string;
  /** The instruction that is refused. */
  readonly at?: number;
}

const packet = (access: string): string => `
  r2 = *(u32 *)(r1 + 0)
  r3 = *(u32 *)(r1 + 4)
  r4 = r2
  r4 += 14
  if r4 > r3 goto out
  ${access}
out:
  r0 = 2
  exit
`;

export const CASES: readonly Case[] = [
  { name: "least program", program: program("r0 = 0\nexit") },
  {
    name: "DESIGN.md: drop UDP",
    program: program(
      `r2 = *(u32 *)(r1 + 0)
       r3 = *(u32 *)(r1 + 4)
       r4 = r2
       r4 += 34
       if r4 > r3 goto pass
       r5 = *(u8 *)(r2 + 23)
       if r5 != 17 goto pass
       r0 = 1
       exit
     pass:
       r0 = 2
       exit`,
      "xdp",
    ),
  },
  { name: "exit without a value", program: program("exit"), error: "R0 !read_ok", errno: "EACCES", at: 0 },
  { name: "register never set", program: program("r0 = r3\nexit"), error: "R3 !read_ok", errno: "EACCES", at: 0 },
  {
    name: "registers are lost over a call",
    program: program("r2 = 1\ncall get_prandom_u32\nr0 = r2\nexit"),
    error: "R2 !read_ok",
    errno: "EACCES",
    at: 2,
  },
  {
    name: "set on one branch only",
    program: program("r2 = *(u32 *)(r1 + 0)\nif r2 == 0 goto +1\nr0 = 1\nexit"),
    error: "R0 !read_ok",
    errno: "EACCES",
    at: 3,
  },
  {
    name: "the socket of a socket option is never NULL",
    program: program("r2 = *(u64 *)(r1 + 0)\nif r2 == 0 goto +2\nr0 = 1\nexit\nexit", "cgroup_sockopt"),
  },
  {
    name: "the packet is still there behind a tail call that did not happen",
    program: {
      ...program(
        `r6 = *(u32 *)(r1 + 76)
         r7 = *(u32 *)(r1 + 80)
         r8 = r6
         r8 += 4
         if r8 > r7 goto out
         r2 = map[array]
         r3 = 0
         call tail_call
         r0 = *(u8 *)(r6 + 0)
       out:
         r0 = 0
         exit`,
        "sched_cls",
      ),
      maps: [{ type: "prog_array", name: "programs", keySize: 4, valueSize: 4, maxEntries: 4, flags: 0 }],
    },
  },
  { name: "no exit", program: program("r0 = 0"), error: "last insn is not an exit or jmp", errno: "EINVAL" },
  {
    name: "unreachable",
    program: program("goto +1\nr0 = 1\nr0 = 0\nexit"),
    error: "unreachable insn 1",
    errno: "EINVAL",
  },
  {
    name: "jump out of the program",
    program: program("r0 = 0\ngoto +5\nexit"),
    error: "jump out of range from insn 1 to 7",
    errno: "EINVAL",
  },
  {
    name: "r10 written",
    program: program("r10 = 1\nr0 = 0\nexit"),
    error: "frame pointer is read only",
    errno: "EACCES",
    at: 0,
  },
  {
    name: "divided by the constant 0",
    program: program("r0 = 1\nr0 /= 0\nexit"),
    error: "div by zero",
    errno: "EINVAL",
    at: 1,
  },
  {
    name: "shifted too far",
    program: program("r0 = 1\nr0 <<= 64\nexit"),
    error: "invalid shift 64",
    errno: "EINVAL",
    at: 1,
  },

  {
    name: "hash lookup without NULL check",
    program: program(`${lookup("hash")} r0 = *(u64 *)(r0 + 0)\nexit`),
    error: "R0 invalid mem access 'map_value_or_null'",
    errno: "EACCES",
    at: 6,
  },
  {
    name: "array lookup with a constant key in range needs no check",
    program: program(`${lookup("array")} r0 = *(u64 *)(r0 + 0)\nexit`),
  },
  {
    name: "array lookup with an unknown key needs one",
    program: program(
      `call get_prandom_u32\n*(u32 *)(r10 - 4) = r0\nr2 = r10\nr2 += -4\nr1 = map[array]\ncall map_lookup_elem\nr0 = *(u64 *)(r0 + 0)\nexit`,
    ),
    error: "R0 invalid mem access 'map_value_or_null'",
    errno: "EACCES",
    at: 7,
  },
  {
    name: "lookup with NULL check",
    program: program(`${lookup("hash")} if r0 == 0 goto +1\nr0 = *(u64 *)(r0 + 0)\nr0 = 0\nexit`),
  },
  {
    name: "the check covers copies",
    program: program(`${lookup("hash")} r6 = r0\nif r6 == 0 goto +1\nr0 = *(u64 *)(r0 + 0)\nr0 = 0\nexit`),
  },
  {
    name: "the wrong branch",
    program: program(`${lookup("hash")} if r0 != 0 goto +1\nr0 = *(u64 *)(r0 + 0)\nr0 = 0\nexit`),
    error: "R0 invalid mem access 'scalar'",
    errno: "EACCES",
    at: 7,
  },
  {
    name: "arithmetic before the check",
    program: program(`${lookup("hash")} r0 += 4\nr0 = 0\nexit`),
    error: "R0 pointer arithmetic on map_value_or_null prohibited, null-check it first",
    errno: "EACCES",
    at: 6,
  },
  {
    name: "beyond the map value",
    program: program(`${lookup("array")} r0 = *(u64 *)(r0 + 12)\nexit`),
    error: "R0 min value is outside of the allowed memory range",
    errno: "EACCES",
    at: 6,
  },
  {
    name: "index into the map value without bound",
    program: program(`call get_prandom_u32\nr6 = r0\n${lookup("array")} r0 += r6\nr0 = *(u8 *)(r0 + 0)\nexit`),
    error: "math between map_value pointer and register with unbounded min value is not allowed",
    errno: "EINVAL",
    at: 8,
  },
  {
    name: "index with a bound that is too great",
    program: program(
      `call get_prandom_u32\nr6 = r0\nr6 &= 31\n${lookup("array")} r0 += r6\nr0 = *(u8 *)(r0 + 0)\nexit`,
    ),
    error: "R0 max value is outside of the allowed memory range",
    errno: "EACCES",
    at: 10,
  },
  {
    name: "index with a good bound",
    program: program(
      `call get_prandom_u32\nr6 = r0\nr6 &= 15\n${lookup("array")} r0 += r6\nr0 = *(u8 *)(r0 + 0)\nexit`,
    ),
  },
  {
    name: "32-bit index without upper bound",
    program: program(`call get_prandom_u32\nw6 = w0\n${lookup("array")} r0 += r6\nr0 = *(u8 *)(r0 + 0)\nexit`),
    error: "R0 unbounded memory access, make sure to bounds check any such access",
    errno: "EACCES",
    at: 9,
  },
  {
    name: "signed comparison only",
    program: program(
      `call get_prandom_u32\nr6 = r0\nif r6 s> 15 goto out\nif r6 s< -4 goto out\n${lookup("array")} r0 += r6\nr0 = *(u8 *)(r0 + 0)\nout:\nr0 = 0\nexit`,
    ),
    error: "R0 min value is negative, either use unsigned index or do a if (index >=0) check.",
    errno: "EACCES",
    at: 11,
  },
  {
    name: "a number as an address",
    program: program("r2 = 64\nr0 = *(u8 *)(r2 + 0)\nexit"),
    error: "R2 invalid mem access 'scalar'",
    errno: "EACCES",
    at: 1,
  },

  {
    name: "packet without comparison",
    program: program("r2 = *(u32 *)(r1 + 0)\nr0 = *(u8 *)(r2 + 0)\nexit", "xdp"),
    error: "R2 offset is outside of the packet",
    errno: "EACCES",
    at: 1,
  },
  { name: "packet as far as compared", program: program(packet("r0 = *(u16 *)(r2 + 12)"), "xdp") },
  {
    name: "packet one byte too far",
    program: program(packet("r0 = *(u16 *)(r2 + 13)"), "xdp"),
    error: "R2 offset is outside of the packet",
    errno: "EACCES",
    at: 5,
  },
  {
    name: "packet end is no memory",
    program: program(packet("r0 = *(u8 *)(r3 + 0)"), "xdp"),
    error: "R3 invalid mem access 'pkt_end'",
    errno: "EACCES",
    at: 5,
  },

  { name: "stack read", program: program("*(u64 *)(r10 - 8) = 7\nr0 = *(u64 *)(r10 - 8)\nexit") },
  {
    name: "above the stack",
    program: program("*(u64 *)(r10 + 0) = 7\nr0 = 0\nexit"),
    error: "invalid write to stack R10 off=0 size=8",
    errno: "EACCES",
    at: 0,
  },
  {
    name: "below the stack",
    program: program("*(u64 *)(r10 - 520) = 7\nr0 = 0\nexit"),
    error: "invalid write to stack R10 off=-520 size=8",
    errno: "EACCES",
    at: 0,
  },
  {
    name: "misaligned on the stack",
    program: program("*(u64 *)(r10 - 9) = 7\nr0 = 0\nexit"),
    error: "misaligned stack access off 0+0+-9 size 8",
    errno: "EACCES",
    at: 0,
  },
  {
    name: "pointer stored in part",
    program: program("*(u32 *)(r10 - 8) = r1\nr0 = 0\nexit"),
    error: "invalid size of register spill",
    errno: "EACCES",
    at: 0,
  },
  {
    name: "pointer spilled and filled",
    program: program("*(u64 *)(r10 - 8) = r1\nr2 = *(u64 *)(r10 - 8)\nr0 = *(u32 *)(r2 + 0)\nexit"),
  },

  {
    name: "context beyond its end",
    program: program("r0 = *(u32 *)(r1 + 400)\nexit"),
    error: "invalid bpf_context access off=400 size=4",
    errno: "EACCES",
    at: 0,
  },
  {
    name: "context written",
    program: program("*(u32 *)(r1 + 0) = 1\nr0 = 0\nexit"),
    error: "invalid bpf_context access off=0 size=4",
    errno: "EACCES",
    at: 0,
  },
  {
    name: "context pointer moved",
    program: program("r1 += 4\nr0 = *(u32 *)(r1 + 0)\nexit"),
    error: "dereference of modified ctx ptr R1 off=4 disallowed",
    errno: "EACCES",
    at: 1,
  },
  {
    name: "one load for context and stack",
    program: program(
      "r2 = *(u32 *)(r1 + 0)\nr3 = r10\nr3 += -8\nif r2 == 0 goto +1\nr3 = r1\nr0 = *(u32 *)(r3 + 0)\nexit",
    ),
    error: "same insn cannot be used with different pointers",
    errno: "EINVAL",
    at: 5,
  },

  {
    name: "pointers added",
    program: program("r1 += r10\nr0 = 0\nexit"),
    error: "R1 pointer += pointer prohibited",
    errno: "EACCES",
    at: 0,
  },
  {
    name: "pointer cut to 32 bits",
    program: program("w1 += 4\nr0 = 0\nexit"),
    error: "R1 32-bit pointer arithmetic prohibited",
    errno: "EACCES",
    at: 0,
  },
  {
    name: "bits of a pointer",
    program: program("r1 &= 7\nr0 = 0\nexit"),
    error: "R1 bitwise operator &= on pointer prohibited",
    errno: "EACCES",
    at: 0,
  },
  {
    name: "pointer multiplied",
    program: program("r1 *= 8\nr0 = 0\nexit"),
    error: "R1 pointer arithmetic with *= operator prohibited",
    errno: "EACCES",
    at: 0,
  },
  {
    name: "stack pointer minus",
    program: program("r2 = r10\nr2 -= 8\nr0 = 0\nexit"),
    error: "R2 subtraction from stack pointer prohibited",
    errno: "EACCES",
    at: 1,
  },

  { name: "loop with a bound", program: program("r0 = 0\n1: r0 += 1\nif r0 < 100 goto 1b\nexit") },
  {
    name: "loop without progress",
    program: program("r0 = 0\n1: if r0 == 0 goto 1b\nexit"),
    error: "infinite loop detected at insn 1",
    errno: "EINVAL",
    at: 1,
  },
  {
    name: "loop that is too long",
    program: program("r0 = 0\n1: r0 += 1\nif r0 < 1000000 goto 1b\nexit"),
    error: "BPF program is too large. Processed 1000001 insn",
    errno: "E2BIG",
  },

  {
    name: "helper of another type",
    program: program("call xdp_adjust_head\nexit"),
    error: "program of this type cannot use helper bpf_xdp_adjust_head#44",
    errno: "EINVAL",
    at: 0,
  },
  {
    name: "no such helper",
    program: program("call 9999\nexit"),
    error: "invalid func unknown#9999",
    errno: "EINVAL",
    at: 0,
  },
  {
    name: "map argument is no map",
    program: program("r1 = 0\nr2 = r10\nr2 += -4\ncall map_lookup_elem\nexit"),
    error: "R1 type=scalar expected=map_ptr",
    errno: "EACCES",
    at: 3,
  },
  {
    name: "map of the wrong type",
    program: program(`${lookup("stacks")} r0 = 0\nexit`),
    error: "cannot pass map_type 7 into func bpf_map_lookup_elem#1",
    errno: "EINVAL",
    at: 5,
  },
  {
    name: "GPL helper",
    program: program("r1 = r10\nr1 += -8\nr2 = 8\nr3 = 0\ncall probe_read_kernel\nexit", "kprobe", "Proprietary"),
    error: "cannot call GPL-restricted function from non-GPL compatible program",
    errno: "EINVAL",
    at: 4,
  },
  {
    name: "size without bound",
    program: program(
      "call get_prandom_u32\nw2 = w0\nr1 = r10\nr1 += -8\nr3 = 0\ncall probe_read_kernel\nr0 = 0\nexit",
      "kprobe",
    ),
    error: "R2 unbounded memory access, use 'var &= const' or 'if (var < const)'",
    errno: "EACCES",
    at: 5,
  },
  {
    name: "size may be negative",
    program: program(
      "call get_prandom_u32\nr2 = r0\nr1 = r10\nr1 += -8\nr3 = 0\ncall probe_read_kernel\nr0 = 0\nexit",
      "kprobe",
    ),
    error: "R2 min value is negative, either use unsigned or 'var &= const'",
    errno: "EACCES",
    at: 5,
  },
  {
    name: "buffer too small",
    program: program("r1 = r10\nr1 += -8\nr2 = 16\nr3 = 0\ncall probe_read_kernel\nr0 = 0\nexit", "kprobe"),
    error: "invalid write to stack R1 off=-8 size=16",
    errno: "EINVAL",
    at: 4,
  },

  { name: "function", program: program("r1 = 5\ncall f\nexit\nf:\nr0 = r1\nr0 += 1\nexit") },
  {
    name: "recursion",
    program: program("call f\nexit\nf:\ncall f\nexit"),
    error: "the call stack of 9 frames is too deep",
    errno: "E2BIG",
    at: 2,
  },
  {
    name: "stacks too large together",
    program: program("call f\nr0 = 0\n*(u64 *)(r10 - 300) = 0\nexit\nf:\n*(u64 *)(r10 - 304) = 0\nr0 = 0\nexit"),
    error: "misaligned stack access off 0+0+-300 size 8",
    errno: "EACCES",
    at: 2,
  },
  {
    name: "stacks too large together, aligned",
    program: program("call f\nr0 = 0\n*(u64 *)(r10 - 304) = 0\nexit\nf:\n*(u64 *)(r10 - 304) = 0\nr0 = 0\nexit"),
    error: "combined stack size of 2 calls is 608. Too large",
    errno: "EACCES",
  },
  {
    name: "pointer to a dead stack",
    program: program("call f\nexit\nf:\nr0 = r10\nexit"),
    error: "cannot return stack pointer to the caller",
    errno: "EINVAL",
    at: 3,
  },
  {
    name: "packet load in a function",
    program: program("r6 = r1\ncall f\nexit\nf:\nr6 = r1\nr0 = *(u8 *)skb[0]\nexit"),
    error: "LD_ABS is not allowed in subprogs without BTF",
    errno: "EINVAL",
  },
  { name: "packet load", program: program("r6 = r1\nr0 = *(u8 *)skb[12]\nexit") },
  {
    name: "address in an array of several elements",
    program: {
      ...program("r1 = 0 ll\nr0 = 0\nexit"),
      insns: [
        { code: 0x18, dst: 1, src: 2, offset: 0, imm: 0 },
        { code: 0, dst: 0, src: 0, offset: 0, imm: 0 },
        ...program("r0 = 0\nexit").insns,
      ],
    },
    error: "invalid access to map value pointer, value_size=16 off=0",
    errno: "ENOTSUPP",
  },
  {
    name: "atomic on the context",
    program: program("r2 = 1\nlock *(u32 *)(r1 + 0) += w2\nr0 = 0\nexit"),
    error: "BPF_ATOMIC stores into R1 ctx is not allowed",
    errno: "EACCES",
    at: 1,
  },

  // Disagreements that generated programs found; the log is compared with Linux's too.
  {
    name: "le64 changes nothing",
    program: program("call get_prandom_u32\nw6 = w0\nr7 = r6\nif w6 == -1 goto +1\nr6 = le64 r6\nr0 = 0\nexit"),
  },
  {
    name: "a link over 32-bit additions",
    program: program(
      "call get_prandom_u32\nw6 = w0\nr7 = r6\nr8 = r6\nw7 += 4\nr8 += -4\nif r7 > 1000 goto +2\nr1 = r8\nr2 = r6\nr0 = 0\nexit",
    ),
  },
  {
    name: "only one number has the known bits",
    program: program("call get_prandom_u32\nr6 = r0\nr6 &= 8\nif w6 == 0 goto +1\nr0 = r6\nr0 = 0\nexit"),
  },
  {
    name: "a 32-bit range at both ends of the domain",
    program: program(
      "call get_prandom_u32\nr7 = r0\nw7 &= 256\nr7 -= 64\nif w7 s> -3 goto +1\nr1 = r7\nr0 = r7\nr0 = 0\nexit",
    ),
  },
  {
    name: "a loop over a function",
    program: program(
      "r6 = 0\n1: r1 = r6\ncall f\nr6 += 1\nif r6 < 5 goto 1b\nr0 = 0\nexit\nf:\n*(u64 *)(r10 - 8) = r1\nr0 = *(u64 *)(r10 - 8)\nexit",
    ),
  },
  { name: "may_goto: a counting loop", program: program("r0 = 0\nmay_goto +2\nr0 += 1\ngoto -3\nexit") },
  {
    name: "may_goto: what differs from round to round is forgotten, on the stack too",
    program: program(
      `r6 = 0
       *(u64 *)(r10 - 8) = r6
       may_goto +4
       r2 = *(u64 *)(r10 - 8)
       r2 += 1
       *(u64 *)(r10 - 8) = r2
       goto -5
       r0 = 0
       exit`,
    ),
  },
  {
    name: "may_goto: an index that is used stays exact",
    program: program(
      "r6 = 0\nmay_goto +7\nr6 += 1\nr6 &= 15\nr1 = r10\nr1 += -16\nr1 += r6\n*(u8 *)(r1 + 0) = 1\ngoto -8\nr0 = 0\nexit",
    ),
  },
  {
    name: "may_goto: an index without bound",
    program: program(
      "r6 = 0\nmay_goto +6\nr1 = r10\nr1 += -16\nr1 += r6\n*(u8 *)(r1 + 0) = 1\nr6 += 1\ngoto -7\nr0 = 0\nexit",
    ),
    error: "invalid write to stack R1 off=0 size=1",
    errno: "EACCES",
    at: 5,
  },
  {
    name: "may_goto: a loop in a loop",
    program: program(
      "r6 = 0\nr9 = 0\nmay_goto +6\nmay_goto +3\nr6 += 1\nr6 &= 7\ngoto -4\nr9 += 1\ngoto -7\nr0 = 0\nexit",
    ),
  },
  {
    name: "may_goto: a called function has one, too",
    program: program(
      "r6 = 0\nmay_goto +4\nr1 = r6\ncall +4\nr6 += 1\ngoto -5\nr0 = 0\nexit\nr0 = 0\nmay_goto +2\nr0 += 1\ngoto -3\nexit",
    ),
  },
  {
    name: "may_goto: an unknown bound",
    program: program(
      "call get_prandom_u32\nr6 = r0\nr6 &= 0xff\nr7 = 0\nmay_goto +4\nif r7 >= r6 goto +3\nr7 += 1\nr0 = 0\ngoto -5\nr0 = r7\nr0 = 0\nexit",
    ),
  },
  {
    name: "may_goto: to itself",
    program: program("r0 = 0\nmay_goto -1\nexit"),
    error: "infinite loop detected at insn 1",
    errno: "EINVAL",
    at: 1,
  },
  {
    name: "may_goto: a map value in each round",
    program: program(
      `r6 = 0
       next:
       may_goto out
       ${lookup("hash")}
       if r0 == 0 goto out
       r1 = *(u64 *)(r0 + 0)
       r1 += r6
       *(u64 *)(r0 + 0) = r1
       r6 += 1
       goto next
       out:
       r0 = 0
       exit`,
    ),
  },
  {
    name: "precision goes back through a load-acquire",
    program: program(
      `*(u64 *)(r10 - 8) = 16
       r2 = load_acquire((u64 *)(r10 - 8))
       r2 &= 24
       r3 = r10
       r3 += -48
       r3 += r2
       *(u8 *)(r3 + 0) = 1
       r0 = 0
       exit`,
    ),
  },
  ...NIGHT_CASES,
];
