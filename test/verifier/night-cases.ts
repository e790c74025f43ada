/** What runs of a night found: programs on which our verifier's verdict or log was not Linux's, made short. */
import type { Case } from "./cases.ts";
import { program } from "./programs.ts";

export const NIGHT_CASES: readonly Case[] = [
  {
    name: "actions of traffic control may load from the packet as classic BPF does",
    program: program("r6 = r1\nr7 = 4\nr0 = *(u16 *)skb[61]\nr0 = *(u8 *)skb[r7 + 24]\nr0 = 0\nexit", "sched_act"),
  },
  {
    name: "a byte somewhere in a spilled register leaves only data of it",
    program: program(
      `call get_prandom_u32
       r0 &= 3
       r8 = 1
       *(u64 *)(r10 - 32) = r8
       r3 = r10
       r3 += -32
       r3 += r0
       *(u8 *)(r3 + 0) = r8
       r0 = *(u64 *)(r10 - 32)
       r0 = 0
       exit`,
    ),
  },
  {
    name: "the distance to another number ends with the link to it",
    program: program(
      `call get_prandom_u32
       r7 = r0
       r7 -= -2147483647
       r7 &= 1
       r1 = r10
       r1 += -32
       r1 += r7
       *(u8 *)(r1 + 0) = 1
       r0 = 0
       exit`,
    ),
  },
  {
    name: "compared with itself: signed, 32 bits",
    program: program("call get_smp_processor_id\nif w0 s>= w0 goto +0\nr0 = 0\nexit", "tracepoint"),
  },
  {
    name: "compared with itself: unsigned, 64 bits",
    program: program("call get_smp_processor_id\nif r0 <= r0 goto +0\nr0 = 0\nexit", "tracepoint"),
  },
  {
    name: "compared with itself: ranges that contradict each other are said",
    program: program("call get_prandom_u32\nr0 &= 1\nif w0 >= w0 goto +0\nr0 = 0\nexit"),
  },
  {
    name: "0 or -1, masked: both are followed",
    program: program(
      `call get_prandom_u32
       r0 s>>= 63
       r0 &= -16
       r2 = r10
       r2 += -8
       r2 += r0
       *(u8 *)(r2 + 0) = 1
       r0 = 0
       exit`,
    ),
  },
  {
    name: "0 or -1 in the lower half, with bits set: both are followed",
    program: program("call get_prandom_u32\nif w0 s> 0 goto +2\nif w0 s< -1 goto +1\nr0 |= 7\nr0 = 0\nexit"),
  },
  {
    name: "numbers that are linked are covered by the same ones without a link",
    program: program(
      `call get_prandom_u32
       r8 = r0
       call get_prandom_u32
       r6 = r0
       r6 &= 15
       r7 = r6
       call get_prandom_u32
       if r8 == 3 goto linked
       r7 = r0
       r7 &= 15
     linked:
       r1 = 0
       if r8 == 5 goto +0
       if r8 == 7 goto +0
       r1 = 1
       r1 = 2
       r1 = 3
       r1 = 4
       if r8 == 9 goto +0
       r2 = r10
       r2 += -40
       r2 += r6
       *(u8 *)(r2 + 0) = 1
       r2 = r10
       r2 += -40
       r2 += r7
       *(u8 *)(r2 + 0) = 1
       r0 = 0
       exit`,
    ),
  },
  {
    name: "the class of a packet's socket, not that of the task",
    program: program("r1 = 0\ncall get_cgroup_classid\nr0 = 0\nexit", "sched_cls"),
    error: "R1 type=scalar expected=ctx",
    errno: "EACCES",
  },
  {
    name: "ordered accesses to a packet are aligned to where its header lies",
    program: program(
      `r8 = *(u32 *)(r1 + 0)
       r5 = *(u32 *)(r1 + 4)
       r6 = r8
       r6 += 8
       if r6 > r5 goto out
       r2 = 0
       store_release((u64 *)(r8 + 0), r2)
     out:
       r0 = 1
       exit`,
      "xdp",
    ),
    error: "misaligned packet access off 2+0+0+0 size 8",
    errno: "EACCES",
  },
  {
    name: "a tracepoint is no function that has an address",
    program: program("call get_func_ip\nr0 = 0\nexit", "tracepoint"),
    error: "func bpf_get_func_ip#173 not supported for program type 5",
    errno: "ENOTSUPP",
  },
];
